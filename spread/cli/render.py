"""What a command prints: tables of 80 columns for people, JSON and CSV for programs."""

import contextlib
import itertools
import math
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

WIDTH = 80
MOST_LABEL_WIDTH = 48
INDENT = "  "
STDOUT = "stdout"
Row = Mapping[str, Any]


def print_rows(rows: Sequence[Row], *, columns: Mapping[str, str], form: str, right: Iterable[str] = ()) -> None:
    """Print rows of named values.

    Parameters
    ----------
    rows
        What to print.
    columns
        Which values, in order, and their headings in the table.
    form
        ``table``, ``json`` or ``csv``.
    right
        Columns of numbers, set to the right in the table.
    """
    from spread import cells

    if form == "json":
        print_text(cells.json_text([{name: row.get(name) for name in columns} for row in rows]))
    elif form == "csv":
        print_text(cells.csv_text(tuple(columns), [[row.get(name) for name in columns] for row in rows]))
    else:
        texts = [[_shown(row.get(name)) for name in columns] for row in rows]
        print_table(texts, headings=tuple(columns.values()), right=[name in set(right) for name in columns])


def print_table(texts: Sequence[Sequence[str]], *, headings: Sequence[str], right: Sequence[bool]) -> None:
    """Print a table that fits 80 columns: text is wrapped, numbers (set to the right) are not."""
    from rich import box, table

    grid = table.Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for heading, is_right in zip(headings, right, strict=True):
        grid.add_column(
            heading, justify="right" if is_right else "left", no_wrap=is_right, overflow="fold", vertical="top"
        )
    for cells in texts:
        grid.add_row(*cells)
    _print(grid)


def print_blocks(blocks: Sequence[tuple[str, Sequence[str]]], *, headings: Sequence[str]) -> None:
    """Print (title, cells of one or more lines): titles have the whole width to themselves, cells stand below."""
    columns = zip(headings, *(cells for _, cells in blocks), strict=True)
    widths = [max(len(line) for cell in column for line in cell.split("\n")) for column in columns]
    print_text(_beside(headings, widths))
    print_text("─" * WIDTH)
    for number, (title, cells) in enumerate(blocks):
        print_text(("\n" if number else "") + wrap(title))
        lines = itertools.zip_longest(*(cell.split("\n") for cell in cells), fillvalue="")
        print_text("\n".join(_beside(line, widths) for line in lines))


def _beside(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
    return (INDENT + "  ".join(padded)).rstrip()


def wrap(text: str) -> str:
    """A text in lines of 80 columns at most, later ones set in."""
    set_in = text[: len(text) - len(text.lstrip())] + INDENT
    return textwrap.fill(text, WIDTH, subsequent_indent=set_in, break_on_hyphens=False)


def print_sections(statements: Sequence[tuple[str, str, str]]) -> None:
    """Print (section, label, value) line by line under their sections, values below each other."""
    width = min(MOST_LABEL_WIDTH, max((len(label) for _, label, _ in statements), default=0) + 4)
    indent = " " * width
    section = None
    for its_section, label, value in statements:
        if its_section != section:
            print_text(("" if section is None else "\n") + its_section)
            section = its_section
        start = f"  {label}  ".ljust(width)
        wrapped = textwrap.fill(value, WIDTH, initial_indent=start, subsequent_indent=indent, break_long_words=False)
        print_text(wrapped)


def _print(content: object) -> None:
    from rich import console

    screen = console.Console(file=sys.stdout, width=min(WIDTH, console.Console().width), highlight=False, markup=False)
    with screen.capture() as printed:
        screen.print(content)
    print_text("\n".join(line.rstrip() for line in printed.get().splitlines()))


def print_text(text: str) -> None:
    """Print text to stdout as it is.

    Raises
    ------
    OSError
        When nobody reads it any more, or what it goes to is full; it names stdout.
    """
    try:
        click.echo(text, nl=not text.endswith("\n"))
    except OSError as error:
        error.filename = STDOUT
        raise


def say(text: str, *, quiet: bool = False) -> None:
    """Talk: to stderr, unless asked to be quiet; where nobody can hear it, the work goes on."""
    if not quiet:
        with contextlib.suppress(OSError):
            click.echo(text, err=True)


def _shown(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)

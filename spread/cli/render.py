"""What a command prints: tables of 80 columns for people, JSON and CSV for programs."""

import math
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

WIDTH = 80
LABEL_WIDTH = 48
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
    from spread.runs import cells

    if form == "json":
        print_text(cells.json_text([{name: row.get(name) for name in columns} for row in rows]))
    elif form == "csv":
        print_text(cells.csv_text(rows, columns=tuple(columns)))
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


def print_sections(statements: Sequence[tuple[str, str, str]]) -> None:
    """Print (section, label, value) line by line under their sections, values below each other."""
    indent = " " * LABEL_WIDTH
    section = None
    for its_section, label, value in statements:
        if its_section != section:
            print_text(("" if section is None else "\n") + its_section)
            section = its_section
        start = f"  {label}  ".ljust(LABEL_WIDTH)
        wrapped = textwrap.fill(value, WIDTH, initial_indent=start, subsequent_indent=indent, break_long_words=False)
        print_text(wrapped)


def _print(content: object) -> None:
    from rich import console

    screen = console.Console(file=sys.stdout, width=min(WIDTH, console.Console().width), highlight=False, markup=False)
    screen.print(content)


def print_text(text: str) -> None:
    """Print text to stdout as it is."""
    click.echo(text, nl=not text.endswith("\n"))


def say(text: str, *, quiet: bool = False) -> None:
    """Talk: to stderr, unless asked to be quiet."""
    if not quiet:
        click.echo(text, err=True)


def _shown(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)

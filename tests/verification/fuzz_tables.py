"""Ways to spoil a comma-separated table: its cells, rows and columns, and those of another."""

import csv
import io
import random
from collections.abc import Callable
from typing import Any

from tests.verification import fuzz_bytes
from tests.verification.fuzz_bytes import NASTY_TEXTS

Grid = list[list[str]]
MOST_ROWS = 3000


def table(luck: random.Random, data: bytes, other: bytes) -> bytes:
    """Spoil the cells, rows or columns of a comma-separated table, once or a few times."""
    grid, another = _grid(data), _grid(other)
    if not grid or not grid[0]:
        return fuzz_bytes.spoil(luck, data, other)
    for _ in range(luck.choice((1, 1, 1, 1, 1, 2, 4))):
        luck.choice(_TABLE_WAYS)(luck, grid, another)
    return _written(luck, grid)


def _grid(data: bytes) -> Grid:
    text = data.decode("utf-8-sig", "replace").replace("\0", "")
    try:
        return list(csv.reader(io.StringIO(text, newline="")))[:MOST_ROWS]
    except csv.Error:
        return []


def _written(luck: random.Random, grid: Grid) -> bytes:
    text = io.StringIO()
    way: dict[str, Any] = luck.choice(({}, {}, {}, {"quoting": csv.QUOTE_ALL}, {"delimiter": luck.choice(";\t| ")}))
    csv.writer(text, lineterminator=luck.choice(("\n", "\n", "\r\n")), **way).writerows(grid)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _cell(luck: random.Random, grid: Grid, _another: Grid) -> None:
    row = luck.choice(grid[1:] or grid)
    if row:
        row[luck.randrange(len(row))] = luck.choice(NASTY_TEXTS)


def _own_cell(luck: random.Random, grid: Grid, another: Grid) -> None:
    """A cell that stands elsewhere, here or in the other table."""
    row, from_row = luck.choice(grid), luck.choice(another or grid)
    if row and from_row:
        row[luck.randrange(len(row))] = luck.choice(from_row)


def _number_cell(luck: random.Random, grid: Grid, _another: Grid) -> None:
    row = luck.choice(grid[1:] or grid)
    if row:
        number = luck.choice((luck.uniform(-2, 2), luck.randint(-9, 99), f"1e{luck.randint(-400, 400)}"))
        row[luck.randrange(len(row))] = str(number)


def _date_cell(luck: random.Random, grid: Grid, _another: Grid) -> None:
    row = luck.choice(grid[1:] or grid)
    if row:
        year = luck.choice((2021, 2021, 2022, 1, 1899, 9999))
        row[luck.randrange(len(row))] = f"{year:04d}-{luck.randint(0, 13):02d}-{luck.randint(0, 32):02d}"


def _header_cell(luck: random.Random, grid: Grid, another: Grid) -> None:
    place = luck.randrange(len(grid[0])) if grid[0] else 0
    if not grid[0]:
        return
    name = grid[0][place]
    others = another[0] if another else []
    grid[0][place] = luck.choice((
        name.upper(), name + " ", name[:-1], name[1:], name + "x", name.replace("_", " "), luck.choice(NASTY_TEXTS),
        luck.choice(grid[0]), luck.choice(others or grid[0]), "",
    ))  # fmt: skip


def _drop_column(luck: random.Random, grid: Grid, _another: Grid) -> None:
    place = luck.randrange(max(map(len, grid)) or 1)
    for row in grid:
        del row[place : place + 1]


def _double_column(luck: random.Random, grid: Grid, _another: Grid) -> None:
    place = luck.randrange(max(map(len, grid)) or 1)
    for row in grid:
        row.extend(row[place : place + 1])


def _new_column(luck: random.Random, grid: Grid, _another: Grid) -> None:
    for number, row in enumerate(grid):
        row.append(luck.choice(NASTY_TEXTS) if number else luck.choice((*NASTY_TEXTS, "extra", "zone", "time_unit")))


def _reorder_columns(luck: random.Random, grid: Grid, _another: Grid) -> None:
    order = list(range(max(map(len, grid))))
    luck.shuffle(order)
    for row in grid:
        row[:] = [row[place] for place in order if place < len(row)]


def _drop_row(luck: random.Random, grid: Grid, _another: Grid) -> None:
    if len(grid) > 1:
        del grid[luck.randrange(len(grid))]


def _double_row(luck: random.Random, grid: Grid, _another: Grid) -> None:
    row = list(luck.choice(grid))
    for _ in range(luck.choice((1, 1, 1, 3))):
        grid.insert(luck.randrange(1, len(grid) + 1), list(row))


def _many_rows(luck: random.Random, grid: Grid, _another: Grid) -> None:
    row = luck.choice(grid)
    kinds = [luck.choice((str(luck.random()), f"s{luck.random()}", cell, cell, cell)) for cell in row]
    vary = [luck.random() < 0.5 for _ in kinds]
    grid.extend(
        [f"{cell}{n}" if v else cell for cell, v in zip(kinds, vary, strict=True)]
        for n in range(luck.choice((50, 400)))
    )


def _ragged(luck: random.Random, grid: Grid, _another: Grid) -> None:
    row = luck.choice(grid)
    if luck.random() < 0.5:
        row.append(luck.choice(NASTY_TEXTS))
    elif row:
        row.pop()


def _header_again(luck: random.Random, grid: Grid, another: Grid) -> None:
    header = luck.choice((grid[0], another[0] if another else grid[0]))
    grid.insert(luck.randrange(len(grid) + 1), list(header))


def _rows_of_other(luck: random.Random, grid: Grid, another: Grid) -> None:
    grid.extend(another[luck.choice((0, 1)) :])


def _columns_of_other(_luck: random.Random, grid: Grid, another: Grid) -> None:
    for row, more in zip(grid, another, strict=False):
        row.extend(more)


def _only_header(_luck: random.Random, grid: Grid, _another: Grid) -> None:
    del grid[1:]


_TABLE_WAYS: tuple[Callable[[random.Random, Grid, Grid], None], ...] = (
    *[_cell] * 12, *[_own_cell] * 6, *[_number_cell] * 4, *[_date_cell] * 3, *[_header_cell] * 4, _drop_column,
    _double_column, _new_column, _new_column, _reorder_columns, _drop_row, _drop_row, _double_row, _double_row,
    _many_rows, _ragged, _header_again, _rows_of_other, _columns_of_other, _only_header,
)  # fmt: skip

"""Ways to spoil a file knowing what it is, by its shape.

Every one takes a source of luck, a file and another of its kind, and gives a spoilt file; one that cannot be read as
what it should be is left to `fuzz_bytes`.
"""

from tests.verification import fuzz_books, fuzz_tables, fuzz_trees
from tests.verification.fuzz_bytes import Spoiler

BY_SHAPE: dict[str, Spoiler] = {
    "csv": fuzz_tables.table,
    "toml": fuzz_trees.toml,
    "json": fuzz_trees.json_tree,
    "graphml": fuzz_trees.xml,
    "xlsx": fuzz_books.workbook,
}

"""Files made to exhaust their reader are refused in one message, before they are parsed."""

import re

import pytest

from spread import errors
from spread.network import archives, own_world, returns
from spread.report import deck_paper
from spread.scenarios import schema
from tests.network import bombs

QUICK = (
    "lying-about-size", "parts", "cells", "laughs-in-sheet", "laughs-in-utf-16",
    "laughs-in-utf-7", "laughs-after-a-megabyte", "entity-outside", "last-row", "row-beyond", "last-column",
    "large-number", "laughs.graphml", "nodes.graphml", "nested.json", "lists.json", "half.json", "columns.csv",
    "quoted.csv", "tags", "laughs",
)  # fmt: skip


def read(kind, path):
    if kind == "return .xlsx":
        returns.read_return(path)
    elif kind == "--template .pptx":
        deck_paper.make_paper(path)
    else:
        own_world.build_from_files(schema.World(population="files", **{"graph" if kind == "graph" else "sites": path}))


EVERY = [(kind, bomb) for kind, those in bombs.EVERY.items() for bomb in those]


@pytest.mark.parametrize(
    ("kind", "bomb"),
    [pytest.param(*one, marks=[] if one[1].name in QUICK else pytest.mark.slow, id=f"{one[0]} {one[1].name}")
     for one in EVERY],
)  # fmt: skip
def test_a_hostile_file_is_refused_in_one_message(kind, bomb, tmp_path):
    path = tmp_path / bombs.name_of(kind, bomb)
    path.write_bytes(bomb.content())
    with pytest.raises(errors.InputError, match=re.escape(bomb.said)) as refused:
        read(kind, path)
    (fault,) = refused.value.faults
    assert path.name in fault.place


@pytest.mark.parametrize("end", [0, 1, 2, 9, 14])
def test_a_document_type_is_found_where_one_piece_ends_and_the_next_begins(end, tmp_path):
    padding = "x<" * ((archives.PIECE_BYTES - 4) // 2) + "x" * end
    path = tmp_path / "r.xlsx"
    path.write_bytes(bombs.workbook(sheet="<!--" + padding + bombs.OUTSIDE))
    limits = archives.Limits(100, 300, 100, 10**9)
    assert "document type" in archives.fault_of(path, limits, "workbook")


def test_ordinary_files_are_read(tmp_path):
    (tmp_path / "plain.xlsx").write_bytes(bombs.workbook())
    (tmp_path / "plain.pptx").write_bytes(bombs.slides())
    limits = deck_paper.LIMITS
    assert archives.fault_of(tmp_path / "plain.xlsx", limits, "workbook") == ""
    assert deck_paper.make_paper(tmp_path / "plain.pptx").presentation is not None

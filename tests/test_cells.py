"""What is put into files that others open: no formula in CSV, no NaN in JSON, numbers untouched."""

import csv
import io
import json
import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from spread import cells
from spread.outcomes import tables
from tests.verification import payloads

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_cell_can_start_a_formula(text):
    held = pd.DataFrame({text: [text, f"a{text}"], "number": [-1.5, 2.0]})
    for written in (cells.csv_text([text, "number"], held.to_numpy()), tables.csv_text(held)):
        rows = list(csv.reader(io.StringIO(written, newline="")))
        assert [row[1] for row in rows] == ["number", "-1.5", "2.0"]
        assert [row[0][0] for row in rows] == ["'", "'", "a"]


@pytest.mark.parametrize("number", range(len(payloads.PAYLOADS)))
def test_nothing_is_a_formula_whatever_separator_a_program_was_told_of(number):
    text = payloads.text_of(number, "cell")
    held = pd.DataFrame({"first": [text, "a"], text: ["a", text], "number": [-1.5, 2.0]})
    for written in (cells.csv_text(list(held), held.to_numpy()), tables.csv_text(held)):
        assert payloads.formulas_in_csv(written) == []
        assert [row[2] for row in csv.reader(io.StringIO(written, newline=""))] == ["number", "-1.5", "2.0"]
    assert cells.neutral(cells.neutral(text)) == cells.neutral(text)


def test_these_texts_are_formulas_before_they_are_neutral():
    plain = [payloads.formulas_in_csv(f"{text}\n") for text in payloads.PAYLOADS]
    assert sum(map(bool, plain)) > 180


@pytest.mark.parametrize("text", ["+Alder", "=1+1", "@x", "-", "\t=1", "a; -b", "Alder", "'quoted'", "a\n+b"])
def test_what_was_meant_comes_back(text):
    assert cells.as_meant(cells.neutral(text)) == text


def test_very_many_signs_and_separators_are_neutral_at_once():
    for text in (";" * 100_000, "\t" * 100_000 + "=", " " * 100_000 + "=1", ";=" * 50_000):
        assert not payloads.starts_formula(cells.neutral(text))


def test_text_that_no_file_could_hold_is_written_nevertheless():
    text = "a\ud800b\x0b\0"
    cells.csv_text([text], [[text]]).encode()
    cells.json_text({"a": text}).encode()
    assert cells.sheet_text(text) == "a\ufffdb  "
    assert len(cells.sheet_text("=" * 40_000)) == cells.LONGEST_SHEET_CELL


@pytest.mark.parametrize("cell", [-1.5, -1, None, "fine", "a=b", ""])
def test_numbers_and_harmless_text_are_left_as_they_are(cell):
    assert cells.neutral(cell) == cell


def test_what_is_missing_is_an_empty_cell_and_dates_are_iso():
    rows = [[None, math.nan, np.float64(-0.1)], [date(2021, 3, 31), pd.NaT, np.int64(-2)]]
    assert cells.csv_text(["a", "b", "c"], rows) == "a,b,c\n,,-0.1\n2021-03-31,,-2\n"


def test_json_says_null_for_what_is_missing_or_infinite():
    content = {"a": math.nan, "b": pd.NaT, "c": pd.Timestamp("2021-03-31"), "d": [math.inf, True, None]}
    assert json.loads(cells.json_text(content)) == {"a": None, "b": None, "c": "2021-03-31", "d": [None, True, None]}

"""Few of the payloads, through the whole of the command line (all: ``python -m tests.verification.payloads``)."""

import contextlib

import pytest

from tests.verification import payloads

NAMES = ("../../out", "NUL.txt", "a\nb")
READ = [number for number, text in enumerate(payloads.PAYLOADS) if text.isprintable()][::8]


def test_a_world_of_formulas_is_run_and_written_and_none_gets_through(tmp_path):
    kept = {field: READ for field in payloads.OF_SITES}
    told = payloads.rotated({field: READ for field in payloads.OF_SCENARIOS}, 3)
    rows = [
        payloads.site_row(
            n, **{field: payloads.text_of(n, field) for field in kept if field not in ("services", "psc")}
        )
        for n in READ
    ]
    with contextlib.chdir(tmp_path):
        (tmp_path / "sites.csv").write_text(payloads.table_text(rows), newline="")
        groups = '[report]\ngroups = ["organisation", "ics", "attribute:ward"]\n'
        (tmp_path / "wide.toml").write_text(payloads.scenario_text("wide", told, more=groups))
        calls = payloads.write_everything("wide", quick=True)
    given = frozenset(tmp_path / name for name in ("sites.csv", "wide.toml"))
    found = payloads.look_through(tmp_path, given, calls)
    assert [one.code for one in calls] == [0] * len(calls), calls[-1].err
    assert (found.through, found.crashes) == ([], [])
    assert found.kinds[".csv"] > 8
    assert found.kinds[".xlsx"] == 2
    assert {"site", "name", "organisation", "organisationname", "ics", "ward", "title", "ambition"} <= set(
        found.reached
    )


def test_no_name_leads_out_of_the_results_folder(tmp_path):
    told = payloads.try_names(tmp_path, NAMES, with_runs=False)
    assert (told.through, told.crashes) == ([], [])
    assert told.refused > told.tried / 2


@pytest.mark.parametrize(
    ("cell", "is_formula"),
    [
        ("=1", True),
        (" \ufeff\uff1d1", True),
        ('"+1+1', True),
        ('"+1', False),
        ("-1.5", False),
        ("'=1", False),
        ("a=1", False),
        ("-", True),
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_known(cell, is_formula):
    assert payloads.starts_formula(cell) is is_formula


def test_what_got_through_would_be_found(tmp_path):
    (tmp_path / "bad.csv").write_text("a,b\nx,=1+1\n")
    (tmp_path / "split.csv").write_text("a,b\nx,y;=1+1\n")
    (tmp_path / "page.html").write_text("<p onclick=alert(1)>x</p>")
    assert len(payloads.look_through(tmp_path, frozenset(), []).through) == 3
    assert not payloads.is_in_its_place(tmp_path / "0" / "deep" / "x", tmp_path)
    assert not payloads.is_in_its_place(tmp_path / "0" / "deep" / "here" / "results" / "nul.txt", tmp_path)

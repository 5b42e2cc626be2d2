"""What an answer rests on, and how good past forecasts were, from answers kept beside a run."""

import json
from types import SimpleNamespace

import pytest

from spread.report import chapters_trust, content, folders

SCORED = {
    "series": "signs", "cut": "2020-12-31", "ahead": 2, "scaled": 0.8, "held_50": 0.5, "held_80": 1.0, "held_95": 1.0,
}  # fmt: skip
LOOKED_BACK = {
    "cuts": ["2020-12-31"],
    "scored": [{**SCORED, "who": "spread"}, {**SCORED, "who": "last_value", "scaled": 1.0}],
    "words": ["the model was better than the last value"],
    "notes": ["one site could not be placed"],
}
INFLUENCE = {
    "split": [{"source": "luck", "share": 0.02}, {"source": "parameters", "share": 0.98}],
    "parameters": [{"name": "push", "output": "value", "mu_star": 0.226}],
    "indices": [
        {
            "name": "push",
            "output": "value",
            "meaning": "Log hazard ratio of push.",
            "basis": "judgement",
            "total": 0.34,
        },
        {"name": "nothing", "output": "value", "meaning": "Nothing", "basis": "exact", "total": 0.0},
    ],
}


FITTED = {
    "key": "0123456789", "name": "tiny", "points": 4, "first_date": "2020-06-30", "last_date": "2020-12-31",
    "within_90": 0.75, "directions": 1, "confounded": [], "scenario": "tiny", "sources": [],
    "learned": [{
        "name": "kappa", "meaning": "Weight of peers.", "unit": "", "basis": "judgement", "shrinkage": 0.4,
        "shift": 0.2, "zero_before": None, "zero_after": None, "is_informed": True, "before_q05": 1.0,
        "before_q50": 2.0, "before_q95": 4.0, "after_q05": 1.5, "after_q50": 2.0, "after_q95": 3.0,
    }],
}  # fmt: skip


def put_answer(folder, kind, document):
    folder.mkdir(parents=True)
    (folder / f"{kind}.json").write_text(json.dumps(document))
    (folder / "scenario.toml").write_text('name = "tiny"\n')


def test_the_fit_that_a_run_rests_on_is_told_and_no_other(tmp_path):
    put_answer(tmp_path / "tiny" / "fit-0123456789", "fit", {**FITTED, "digest": "d1"})
    put_answer(tmp_path / "tiny" / "fit-9876543210", "fit", {**FITTED, "digest": "d2", "points": 9})
    run = folders.Run(tmp_path / "tiny" / "9307b8d2f1", {"posterior": "d1"}, None)
    put_answer(run.folder, "run", {})
    kept = folders.kept_beside(run)
    assert kept.left_out == 1
    assert folders.kept_beside(folders.Run(run.folder, {}, None)).of("fit") == ()
    section = chapters_trust.record(kept)
    assert section.parts[0].startswith("Fitted to 4 observations from 30 June 2020 to 31 December 2020; 75")
    assert [part.name for part in section.parts[1:]] == ["fit-1", "fit-1-numbers"]


@pytest.mark.parametrize(
    ("kind", "changed", "is_told"),
    [
        ("find", {}, True),
        ("find", {"posterior": "d1"}, False),
        ("find", {"model_version": "2"}, False),
        ("find", {"data_files": {"sites": "s2", "stages": "t1"}}, False),
        ("target", {"data_files": {"sites": "s1", "stages": "t2"}}, False),
        ("sensitivity", {"data_files": {"sites": "s1", "stages": "t1", "ties": "k1"}}, False),
        ("hindcast", {"model_version": "2", "data_files": {"sites": "s1"}}, True),
        ("hindcast", {"data_files": {"sites": "s2"}}, False),
    ],
)
def test_an_answer_is_told_of_a_run_that_rests_on_the_same(tmp_path, kind, changed, is_told):
    rests = {"model_version": "1", "data_files": {"sites": "s1", "stages": "t1"}}
    put_answer(tmp_path / "tiny" / f"{kind}-0123456789", kind, {"key": "0123456789", **rests})
    run = folders.Run(tmp_path / "tiny" / "9307b8d2f1", {**rests, **changed}, None)
    put_answer(run.folder, "run", {})
    kept = folders.kept_beside(run)
    assert (len(kept.of(kind)), kept.left_out) == ((1, 0) if is_told else (0, 1))


def test_past_forecasts_stand_beside_rivals_in_plain_words():
    section = chapters_trust.record(folders.Kept({"hindcast": (LOOKED_BACK,)}))
    (table,) = section.tables()
    assert [row[2] for row in table.rows] == ["this model", "no change"]
    assert table.rows[0][1:] == ("31 December 2020", "this model", "2", "0.80", "50/100/100")
    assert content.Points(("The model was better than the last value",)) in section.parts
    assert section.parts[-1] == "Note: one site could not be placed."


def test_without_a_fit_or_a_look_back_there_is_no_such_chapter():
    assert chapters_trust.record(folders.Kept({})) is None


def test_assumptions_come_by_influence_with_basis_and_source_and_without_jargon():
    source = SimpleNamespace(source="Judgement on the hazard.")
    table = chapters_trust._ranked(INFLUENCE, SimpleNamespace(parameters={"push": source}), 1)
    assert table.rows == (
        ("Log ratio of speeds of push.", "34 %", "23 points", "judgement", "Judgement on the speed."),
    )


def test_the_parts_of_the_uncertainty_are_said_in_plain_words():
    said = chapters_trust._say_sources(INFLUENCE).replace("\N{NO-BREAK SPACE}", " ")
    assert said.endswith("luck 2 % and not knowing the assumptions 98 %.")

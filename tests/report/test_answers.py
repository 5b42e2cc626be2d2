"""Six sentences for a director: what is known, what is not, and nothing promised."""

from types import SimpleNamespace

import pandas as pd
import pytest

from spread.report import answers, content, folders, words

ROW = {
    "ambition": "aim", "interventions": "a", "together": "all", "measure": "stage>=5", "threshold": 0.9,
    "deadline": "2024-03-31", "scope": "national", "n": 10, "chance": 0.26, "chance_p10": 0.001, "chance_p90": 0.62,
    "value_now": 0.31, "data_date": "2023-09-30", "value_q05": 0.4, "value_q50": 0.6, "value_q95": 0.8,
    "shortfall_q50": 30.0, "needed_per_month": 12.0, "recent_per_month": 4.0, "met_q50": None,
    "furthest_behind_psc": "WM", "furthest_behind_short": 4.2, "basis": "not fitted to data",
    "conditioned_on": "sites as at 2023-09-30 (3 of 121 not reported, imputed, 10 carried forward from an earlier "
                      "quarter, the latest there was on 2023-12-31)",
}  # fmt: skip
BOTTLENECK = {
    "intervention": "a", "deadline": "2024-03-31", "psc": "WM", "eligible": 19, "not_available": 0.0,
    "not_reached": 0.0, "undecided": 3.2, "waiting_slot": 0.0, "waiting_coach": 1.9, "testing": 0.9, "stopped": 0.0,
    "lapsed": 0.0,
}  # fmt: skip
NOTHING = folders.Kept({})


def scenario():
    aim = SimpleNamespace(title="Nine in ten sites", programme="", organisation_share=None)
    thing = SimpleNamespace(title="Bedhead signs")
    return SimpleNamespace(
        ambitions={"aim": aim}, interventions={"a": thing}, programmes={}, start_from=None,
        world=SimpleNamespace(population="england"),
    )  # fmt: skip


def run(**row):
    sites = pd.DataFrame({"intervention": "a", "site": [f"S{number}" for number in range(121)], "psc": "WM"})
    values = pd.DataFrame({"ambition": "aim", "deadline": "2024-03-31", "scope": "national",
                           "value": [0.50, 0.55, 0.60, 0.65, 0.70]})  # fmt: skip
    tables = {"sites": sites, "run_values": values, "bottlenecks": pd.DataFrame([BOTTLENECK])}
    return folders.Run(folder=None, manifest={}, scenario=scenario(), _tables=tables)


def brief(kept=NOTHING, **cells):
    return answers.make_brief(run(), {**ROW, **cells}, kept, grade=words.LOW)


def test_where_we_are_has_sites_of_sites_the_day_and_who_has_not_returned():
    assert brief().now.replace("\N{NO-BREAK SPACE}", " ") == (
        "On 30 September 2023 an estimated 38 of 121 sites (31 %) were there; 3 of 121 sites have not returned and are "
        "estimated from others like them and 10 are carried forward from an earlier quarter (the latest returns there "
        "were on 31 December 2023)."
    )


def test_a_start_without_a_return_is_called_an_assumption():
    assert "this start is an assumption" in brief(conditioned_on="nothing (programme start)").now


def test_the_projection_is_the_middle_run_and_where_eight_runs_in_ten_lie():
    said = brief().projection.replace("\N{NO-BREAK SPACE}", " ")
    assert "60 % of sites there by 31 March 2024" in said
    assert "8 runs in 10 lie between 52 % and 68 %" in said
    assert said.endswith("The target is 90 %.")


@pytest.mark.parametrize(
    ("chance", "words_of_it"),
    [
        (0.0, "only a remote chance"),
        (0.26, "It is unlikely that"),
        (0.5, "a realistic possibility"),
        (1.0, "almost certain"),
    ],
)
def test_the_chance_is_said_in_words_and_never_as_nothing_or_all(chance, words_of_it):
    said = brief(chance=chance).chance
    assert words_of_it in said
    assert "0 in" not in said.replace("10 in", "")
    assert "100 %" not in said
    assert "evidence: low" in said


def test_a_range_that_is_one_number_is_not_said_as_a_range():
    assert "depending" not in brief(chance=0.0, chance_p10=0.0, chance_p90=0.0).chance


def test_the_pace_needed_stands_beside_the_recent_one():
    assert brief().pace == (
        "The target needs 12 more sites a month from now on, 3.0 times as fast; over the six months before it was 4.0 "
        "a month."
    )
    assert brief(recent_per_month=0.0).pace.endswith("before it was none.")
    assert "no recent pace is known" in brief(recent_per_month=float("nan")).pace


def test_who_is_behind_is_named_with_what_keeps_its_sites():
    assert brief().behind == (
        "Furthest behind is Health Innovation West Midlands, 4 sites short on average. Of its 19 sites, 6 would not be "
        "using bedhead signs: 3 undecided, 2 waiting for a coach, 1 still testing."
    )


@pytest.mark.parametrize(
    ("sites", "share", "said"),
    [(9, 0.13, "1.2 of 9 sites (13 %)"), (9, 1 / 9, "1 of 9 sites (11 %)"), (121, 0.3105, "38 of 121 sites (31 %)")],
)
def test_a_mean_of_few_sites_is_not_rounded_to_another_share(monkeypatch, sites, share, said):
    monkeypatch.setattr(folders, "eligible", lambda run, row: sites)
    assert said in brief(value_now=share).now.replace("\N{NO-BREAK SPACE}", " ")


def test_what_cannot_be_said_is_said_whatever_would_help():
    target = {"ambition": "aim", "deadline": "2024-03-31", "amount": "1 WTE of coaches", "counts": "sites", "gains": [
        {"name": "Health Innovation Wessex", "is_clear": True, "sites": 1.4}], "draws": 9, "replicates": 2}  # fmt: skip
    assert "asked of 18 runs and the chance of 1,000" in brief(folders.Kept({"target": (target,)}), n=1000).help
    others = ({**target, "draws": 99, "from": "2024-01-01", "amount": "later"}, {**target, "draws": 8, "amount": "few"})
    for asked in ((target, *others), (*others, target)):
        assert "The next unit (1 WTE of coaches)" in brief(folders.Kept({"target": asked})).help
    for kept in (NOTHING, folders.Kept({"target": (target,)})):
        assert brief(kept).help.endswith(f"{answers.CANNOT}.")
    assert "does most in Wessex: 1.4 more sites" in brief(folders.Kept({"target": (target,)})).help
    about_another_day = folders.Kept({"target": ({**target, "deadline": "2023-03-31"},)})
    assert answers.NOT_ASKED in brief(about_another_day).help
    assert answers.NOT_ASKED in brief().help


def test_the_answer_is_one_sentence_with_chance_projection_and_what_is_missing():
    said = answers.say_answer(scenario(), ROW).replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "Unlikely: the chance that the target is met by 31 March 2024 is about 3 in 10; the middle run has 60 % of "
        "sites there, 30 sites short of the target of 90 %."
    )


def test_evidence_is_graded_by_what_was_observed():
    grades = [
        words.grade(basis, known, is_tested=tested)
        for basis, known, tested in (
            ("not fitted to data", "nothing", False), ("not fitted to data", "sites as at 2023-09-30", True),
            ("20 counts to 2023-09-30", "nothing", False), ("20 counts to 2023-09-30", "nothing", True),
        )
    ]  # fmt: skip
    assert grades == [words.VERY_LOW, words.LOW, words.MODERATE, words.GOOD]


def test_a_look_back_counts_only_when_it_beat_no_change():
    def kept(skill):
        return folders.Kept({"hindcast": ({"against": [{"rival": "last_value", "of": "crps", "skill": skill}]},)})

    assert answers.is_tested(kept(0.2))
    assert not answers.is_tested(kept(-0.1))
    assert not answers.is_tested(NOTHING)


def test_titles_lose_what_all_begin_with_up_to_a_comma():
    assert words.told_apart(["Safer care, no support", "Safer care, light support"]) == ["No support", "Light support"]
    assert words.told_apart(["Safer care", "Safer wards"]) == ["Safer care", "Safer wards"]
    assert words.told_apart(["Same, a", "Same, a"]) == ["Same, a", "Same, a"]


def test_brief_has_a_label_for_each_of_six_sentences():
    assert len(brief().labelled) == len(content.BRIEF_LABELS) == 6


def found(draws, said):
    """An answer of `spread find` that says how far a setting is from enough."""
    scale = {"lever": "coaches", "label": "Coaches", "by": "psc", "kind": "number", "rises": True}
    limit = {"said": said, "chance": 0.2, "low": 0.1, "high": 0.3}
    return {"ambition": "aim", "deadline": "2024-03-31", "scope": "national", "status": "beyond", "wanted": 0.5,
            "draws": draws, "replicates": 2, "scale": scale, "limit": limit, "low": None}  # fmt: skip


def test_of_answers_that_of_most_runs_is_told_and_that_it_has_fewer_than_the_chance():
    few, more = found(30, "5 WTE"), found(60, "6 WTE")
    enough = {**found(10, "7 WTE"), "status": "reached", "answer": {"said": "4 WTE"}, "high": None,
              "compatible": None}  # fmt: skip
    assert "4 WTE is the" in brief(folders.Kept({"find": (more, enough)})).help
    for asked in ((few, more), (more, few)):
        told = brief(folders.Kept({"find": asked}), n=1000).help
        assert "At its limit, 6 WTE, the chance is" in told
        assert "asked of 120 runs and the chance of 1,000" in told
        assert "5 WTE" not in told
    assert "need not agree" not in brief(folders.Kept({"find": (more,)}), n=120).help

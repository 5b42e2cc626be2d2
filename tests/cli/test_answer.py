"""What a run's answer says: never certain, in managers' words, in 80 columns."""

import json
import math

import click
import pytest

from spread.cli import answer, options
from spread.report import holding_back

ROW = {
    "ambition": "safe", "interventions": "a+b", "together": "all", "measure": "stage>=5", "threshold": 0.9,
    "deadline": "2021-03-31", "scope": "national", "chance": 0.343, "chance_p10": 0.001, "chance_p90": 0.71,
    "value_q05": 0.52, "value_q50": 0.782, "value_q95": 0.93, "shortfall_q50": 21.0, "data_date": None,
    "furthest_behind_psc": "WX", "furthest_behind_short": 3.6, "conditioned_on": "nothing",
    "basis": "not fitted to data",
}  # fmt: skip
SUMMARY = {
    "date": "2021-03-31", "intervention": "a", "group_kind": "setting", "group": "acute", "measure": "stage>=5",
    "q05": 0.4, "q50": 0.6, "q95": 0.8,
}  # fmt: skip
ABOUT = {
    "title": "Tiny (tiny)",
    "whole": "England",
    "runs": 1000,
    "origin": "2020-04-01",
    "titles": {"safe": "Safe care at every site"},
    "of_organisations": ["whole"],
    "names": {"WX": "Wessex"},
}
TABLES = {"ambitions": [ROW, {**ROW, "scope": "psc:WX", "chance": 0.9}], "summary": [SUMMARY]}


def printed(capsys, *, view=None, form="table", tables=TABLES):
    answer.print_answer(tables, about=ABOUT, view=view or options.View(), form=form)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "<1 %"), (0.004, "<1 %"), (0.006, "1 %"), (0.5, "50 %"), (0.994, "99 %"), (1.0, ">99 %"), (math.nan, "-")],
)
def test_a_chance_is_a_whole_percentage_and_never_certain(share, said):
    assert answer.percent(share) == said


def test_the_answer_says_first_what_it_rests_on_and_fits_80_columns(capsys):
    text = printed(capsys)
    assert text.startswith("Not fitted to data")
    assert max(len(line) for line in text.splitlines()) <= 80
    for words in (
        "34 %",
        "(<1 to 71 %)",
        "78 %",
        "90 %",
        "21 sites",
        "Wessex",
        "(by 4 sites)",
        "Mar 2021",
        "1,000 runs",
    ):
        assert words in text


def test_the_answer_is_laid_out_for_a_manager(capsys):
    lines = printed(capsys).splitlines()
    assert lines[:4] == [
        "Not fitted to data: what follows rests on published figures and judgement.", "",
        "Tiny (tiny)", "England; 1,000 runs; from 1 April 2020",
    ]  # fmt: skip
    assert lines[5:10] == [
        "  Chance        Projected     Target  Short by  Furthest behind",
        "─" * 80,
        "Safe care at every site, by Mar 2021",
        "  34 %          78 %          90 %    21 sites  Wessex",
        "  (<1 to 71 %)  (52 to 93 %)                    (by 4 sites)",
    ]


def test_every_deadline_of_an_ambition_has_its_own_block_and_long_titles_wrap(capsys):
    about = {**ABOUT, "titles": {"safe": "Very long and careful wording of what everybody wants " * 3}}
    rows = [ROW, {**ROW, "deadline": "2022-03-31", "chance": 0.5}]
    answer.print_answer({**TABLES, "ambitions": rows}, about=about, view=options.View(), form="table")
    text = capsys.readouterr().out
    assert (text.count("by Mar 2021"), text.count("by Mar 2022")) == (1, 1)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_a_start_from_data_is_said_with_its_date_and_gaps(capsys):
    known = "sites as at 2020-09-30 (3 of 30 not reported, 1 of 30 reported in part)"
    text = printed(capsys, tables={**TABLES, "ambitions": [{**ROW, "conditioned_on": known}]})
    assert "given sites as at 30 September 2020 (3 of 30 not" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_run_fitted_to_data_says_so(capsys):
    fitted = {**ROW, "basis": "returns up to 2020/21 Q2"}
    assert printed(capsys, tables={**TABLES, "ambitions": [fitted]}).startswith("Fitted to data: returns up to")


def test_a_view_shows_the_collaborative_asked_for(capsys):
    text = printed(capsys, view=options.View("psc", "WX"))
    assert "Wessex; 1,000 runs" in text
    assert "90 %" in text


def test_a_group_without_a_chance_gets_its_projected_share(capsys):
    text = printed(capsys, view=options.View("setting", "acute"))
    assert "60 %" in text
    assert "(40 to 80 %)" in text


def test_programs_get_every_column_of_the_rows_in_view(capsys):
    rows = json.loads(printed(capsys, form="json"))
    assert [row["chance"] for row in rows] == [0.343]
    assert set(rows[0]) == {*ROW, "holding_back"}
    assert printed(capsys, form="csv").splitlines()[0] == ",".join((*ROW, "holding_back"))


CAUSES = ("not_available", "not_reached", "undecided", "waiting_slot", "waiting_coach", "testing", "stopped", "lapsed")


def held_up(intervention, *sites, scope="national", eligible=50, deadline="2021-03-31"):
    causes = dict(zip(CAUSES, sites, strict=True))
    return {"intervention": intervention, "deadline": deadline, "psc": scope, "eligible": eligible, **causes}


BOTTLENECKS = [
    held_up("a", 0.0, 0.3, 12.4, 0.0, 7.6, 4.5, 0.2, 0.0),
    held_up("b", 0.0, 0.0, 30.2, 0.0, 0.0, 0.0, 0.0, 0.0),
    held_up("a", 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0, scope="WX", eligible=5),
    held_up("a", 0.0, 0.0, 9.0, 0.0, 0.0, 0.0, 0.0, 0.0, deadline="2022-03-31"),
]


def test_what_holds_an_ambition_back_is_said_in_whole_sites_that_add_up_most_missing_first(capsys):
    about_two = {**TABLES, "bottlenecks": BOTTLENECKS}
    text = printed(capsys, tables=about_two)
    start = text.index("What holds it back")
    assert text[start:].split("\n\n")[0].splitlines() == [
        "What holds it back: sites not using it at the deadline (mean of all runs)",
        "  b, 30 of 50 sites: 30 undecided",
        "  a, 25 of 50 sites: 12 undecided, 8 waiting for a coach, 5 still testing",
    ]
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_view_is_told_what_holds_its_own_sites_back(capsys):
    text = printed(capsys, view=options.View("psc", "WX"), tables={**TABLES, "bottlenecks": BOTTLENECKS})
    assert "  a, 3 of 5 sites: 3 undecided\n" in text
    assert "  b," not in text


def test_nothing_is_said_where_nobody_is_missing_or_it_was_not_counted(capsys):
    everybody = [held_up("a", *[0.05] * 8)]
    for tables in (TABLES, {**TABLES, "bottlenecks": everybody}):
        assert "holds it back" not in printed(capsys, tables=tables)


def test_of_many_interventions_the_three_with_most_sites_missing_are_named(capsys):
    names = "abcde"
    rows = [held_up(name, *[0.0, 10.0 + place, *[0.0] * 6]) for place, name in enumerate(names)]
    about = {"ambitions": [{**ROW, "interventions": "+".join(names)}], "summary": [SUMMARY], "bottlenecks": rows}
    text = printed(capsys, tables=about)
    assert [line[2] for line in text.splitlines() if " of 50 sites" in line] == ["e", "d", "c"]
    assert "  and 2 more in bottlenecks.csv" in text


def test_programs_are_told_what_holds_back_too(capsys):
    tables = {**TABLES, "bottlenecks": BOTTLENECKS}
    (row,) = json.loads(printed(capsys, form="json", tables=tables))
    assert row["holding_back"]["a"]["waiting_coach"] == 7.6
    assert "a: 12 undecided, 8 waiting for a coach, 5 still testing; b: 30 undecided" in printed(
        capsys, form="csv", tables=tables
    )


@pytest.mark.parametrize(
    ("numbers", "whole"), [((0.4, 0.4, 0.4), (1, 0, 0)), ((2.5, 2.6), (2, 3)), ((0.0, 3.0), (0, 3))]
)
def test_numbers_rounded_together_add_up_to_their_rounded_sum(numbers, whole):
    named = dict(zip("xyz", numbers, strict=False))
    assert tuple(holding_back.round_together(named).values()) == whole


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("safe>=0.8", options.Gate("safe", None, 0.8)),
        ("safe@2021-03>=0.8", options.Gate("safe", "2021-03", 0.8)),
        (" safe @ 2020/21 Q4 >= 1 ", options.Gate("safe", "2020/21 Q4", 1.0)),
    ],
)
def test_a_gate_names_an_ambition_a_date_and_a_chance(text, gate):
    assert options.parse_gate(text) == gate


@pytest.mark.parametrize("text", ["safe", "safe>0.8", "safe>=80", "safe>=1.2.3", ">=0.5", ""])
def test_a_gate_that_is_none_is_refused(text):
    with pytest.raises(click.BadParameter):
        options.parse_gate(text)


# --- rates, milestones, organisations, and ambitions together ---------------------------------------


def row_of(**changes):
    return {**ROW, "furthest_behind_psc": "WX", **changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"measure": "change", "value_q05": -0.31, "value_q50": -0.121, "value_q95": 0.04, "threshold": -0.5,
          "shortfall_q50": 0.379, "furthest_behind_short": 0.4},
         ["-12 %", "(-31 to +4 %)", "-50 %", "38 points", "(by 40 points)"]),
        ({"measure": "level", "value_q05": 0.9, "value_q50": 0.913, "value_q95": 0.921, "threshold": 0.94,
          "shortfall_q50": 0.027, "furthest_behind_short": 0.031},
         ["91.3 %", "(90.0 to 92.1 %)", "94 %", "2.7 points", "(by 3.1 points)"]),
        ({"measure": "milestone", "threshold": 1.0, "shortfall_q50": 0.0, "furthest_behind_psc": ""},
         ["34 %", "by then"]),
        ({"ambition": "whole", "shortfall_q50": 18.0}, ["18 organisations", "(by 4 organisations)"]),
        ({"shortfall_q50": 12871.0}, ["12,871 sites"]),
    ],
)  # fmt: skip
def test_each_measure_is_said_in_its_own_unit(capsys, changes, said):
    out = printed(capsys, tables={"ambitions": [row_of(**changes)], "summary": [SUMMARY]})
    for words in said:
        assert words in out
    assert max(len(line) for line in out.splitlines()) <= 80


def joint(*chances):
    return [
        {"met_at_least": number + 1, "of": len(chances), "chance": chance, "if_independent": 0.125}
        for number, chance in enumerate(chances)
    ]


def test_how_many_ambitions_are_met_together_is_said_for_england(capsys):
    tables = {**TABLES, "joint": joint(0.97, 0.6, 0.2)}
    said = " ".join(printed(capsys, tables=tables).split())
    assert "in the middle run 2 of the 3 ambitions with a target are met, in nine runs of ten 1 to 3" in said
    assert "All of them: 20 %; if they had nothing in common: 12 %." in said
    assert "Together" not in printed(capsys, tables=tables, view=options.View("psc", "WX"))


def test_nothing_is_said_of_one_ambition_together(capsys):
    assert "Together" not in printed(capsys, tables={**TABLES, "joint": []})

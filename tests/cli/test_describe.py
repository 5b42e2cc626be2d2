"""`spread describe`: the parts of ODD, STRESS and an assumptions log that belong to one scenario or run."""

import hashlib
import json
import re

import pytest

from spread.report import described
from tests.cli.worlds import SCENARIO, SITES

HOSTILE = "<script>alert(1)</script> | [x](javascript:alert(2)) `code` *bold* $x$ {role}"


def test_all_three_are_written_unless_some_are_named(spread, tiny):
    whole = spread("describe", "tiny.toml")
    assert whole.code == 0
    headings = re.findall(r"^## (.*)$", whole.out, flags=re.MULTILINE)
    assert [title.split()[0] for title in headings] == ["ODD:", "STRESS:", "Assumptions"]
    only = spread("describe", "tiny.toml", "--stress")
    assert re.findall(r"^## (\w+)", only.out, flags=re.MULTILINE) == ["STRESS"]
    both = spread("describe", "tiny.toml", "--assumptions", "--odd")
    assert re.findall(r"^## (\w+)", both.out, flags=re.MULTILINE) == ["ODD", "Assumptions"]


def test_entities_are_counted_and_files_hashed(spread, tiny):
    text = spread("describe", "tiny.toml", "--odd").out
    assert "| sites | 5 |" in text
    assert "| units (site and intervention) | 15 |" in text
    assert "| organisations | 4 |" in text
    assert "| tracheostomy_bedhead_signs | simple | 1 | 5 | 4 | 2 |" in text
    assert f"| sites | sites.csv | {hashlib.sha256(SITES.encode()).hexdigest()} |" in text
    assert "| 2021-03-31 | deadline of tracheostomy_march_2021 |" in text


def test_only_parameters_that_differ_from_the_catalogue_are_listed_as_such(spread, tiny):
    (tiny / "own.toml").write_text(SCENARIO + "\n[parameters]\nkappa = 0\n")
    usual, own = (spread("describe", name, "--assumptions").out for name in ("tiny.toml", "own.toml"))
    differing = [row for row in own.splitlines() if row not in usual.splitlines() and row.startswith("| kappa |")]
    assert differing == ["| kappa | 0 | 2 (0.2 to 6, log; exactly zero with chance 0.3) | ratio | judgement | "
                         "set in the scenario file |"]  # fmt: skip
    assert "| kappa |" not in usual


def test_an_observed_state_is_told_by_stage(spread, tiny):
    (tiny / "begun.toml").write_text(SCENARIO + '\n[start_from]\nstages = "stages.csv"\nas_of = 2020-09-30\n')
    text = spread("describe", "begun.toml", "--odd").out
    assert "From stages.csv, as of 2020-09-30" in text
    assert "| tracheostomy_emergency_equipment | spread | 1 |" in text


def test_a_run_tells_its_size_luck_versions_and_what_it_came_to(spread, tiny):
    assert spread("run", "tiny.toml", "--draws", 3, "--seed", 7, "-q").code == 0
    text = spread("describe", tiny / "results" / "tiny").out
    manifest = json.loads(next((tiny / "results").glob("tiny/*/manifest.json")).read_text())
    assert "3 parameter sets of 2 replicates, seed 7, not fitted to data." in text
    for told in (manifest["key"], manifest["content_hash"], manifest["versions"]["numpy"]):
        assert told in text
    assert "| sites | 5 |" in text


def test_a_run_whose_files_have_changed_is_described_without_counting(spread, tiny):
    assert spread("run", "tiny.toml", "--draws", 1, "-q").code == 0
    (tiny / "sites.csv").write_text("".join(SITES.splitlines(keepends=True)[:-1]))
    changed = spread("describe", tiny / "results" / "tiny", "--odd")
    (tiny / "sites.csv").unlink()
    gone = spread("describe", tiny / "results" / "tiny", "--odd")
    assert "are not those of the run any more" in changed.out
    assert "| units" not in changed.out
    assert hashlib.sha256(SITES.encode()).hexdigest() in changed.out
    assert (gone.code, gone.out, "sites.csv" in gone.err) == (2, "", True)


def test_names_from_files_are_shown_and_never_taken_for_marks(spread, tiny):
    title = json.dumps(HOSTILE)
    (tiny / "hostile.toml").write_text(SCENARIO.replace('name = "tiny"', f'name = "tiny"\ntitle = {title}'))
    text = spread("describe", "hostile.toml").out
    assert "<script>" not in text.replace(r"\<script\>", "")
    assert r"\[x\](javascript:alert(2)) \`code\` \*bold\* \$x\$ \{role\}" in text
    headings = [line.count(" | ") for line in text.splitlines() if line.startswith("| ambition |")]
    rows = [line for line in text.splitlines() if line.startswith("| tracheostomy_march_2021 |")]
    assert {len(re.findall(r"(?<!\\)\| ", row)) - 1 for row in rows} == set(headings)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+1", "'+1"), ("@x", "'@x"), ("-cmd", "'-cmd"), ("-0.4", "-0.4"),
        ("-0.4 (-0.9 to 0, identity)", "-0.4 (-0.9 to 0, identity)"), ("a\n# b\u2028c", r"a \# b c"),
        ("a_b_c _d_", r"a_b_c \_d\_"), ("\ud800", "\ufffd"),
    ],
)  # fmt: skip
def test_a_text_becomes_one_line_without_marks(given, shown):
    assert described.escape(given) == shown


def test_a_paragraph_never_begins_a_list():
    assert described.paragraph("1. one") == "1\\. one\n"


def test_it_is_written_to_a_file_once_and_as_json(spread, tiny):
    assert spread("describe", "tiny.toml", "-o", "told.md").code == 0
    assert (tiny / "told.md").read_text().startswith("# ")
    refused = spread("describe", "tiny.toml", "-o", "told.md")
    assert (refused.code, "--force" in refused.err) == (2, True)
    assert spread("describe", "tiny.toml", "-o", "told.json", "-q").err == ""
    told = json.loads((tiny / "told.json").read_text())
    assert [chapter["standard"] for chapter in told["chapters"]] == ["odd", "stress", "assumptions"]
    printed = json.loads(spread("describe", "tiny.toml", "--format", "json").out)
    assert printed == told
    entities = next(item for item in told["chapters"][0]["items"] if item["item"] == "2")
    assert {"entity": "sites", "how many": "5"} in entities["tables"][0]
    assert spread("describe", "tiny.toml", "-o", "other.md", "--format", "json").code == 2


def test_what_only_a_person_can_say_is_marked(spread, tiny):
    text = spread("describe", "tiny.toml", "--stress").out
    assert text.count("**Needs a person:**") == 4


@pytest.mark.parametrize("which", ["nowhere.toml", "tracheostomy-standrad", ".", ""])
def test_bad_input_is_one_message_and_exit_code_2(spread, tiny, which):
    ended = spread("describe", which)
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.strip().splitlines()) == 1
    assert "Traceback" not in ended.err


def test_every_scenario_of_the_catalogue_can_be_described():
    from spread.report import describing, subjects
    from spread.scenarios import catalogue

    for name in catalogue.base_names()[:3]:
        told = describing.describe(subjects.read_scenario(name))
        assert described.as_markdown(told).count("\n## ") == 3

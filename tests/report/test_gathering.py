"""What a report says is what the run folders and the answers beside them hold."""

import re
import shutil

import pytest

from spread import errors
from spread.report import content, folders, gathering, html, responses
from tests.report import page

JARGON = re.compile(r"\b(P(?! =)|draws?|hazards?|frailty|replicates?)\b")


@pytest.fixture(scope="module")
def report(made):
    return gathering.gather(made.plans)


def texts(report):
    for section in report.sections:
        for part in section.parts:
            if isinstance(part, str):
                yield part
            elif isinstance(part, content.Points):
                yield from part.items
            elif isinstance(part, content.Table):
                yield from (part.caption, part.note, *part.columns, *(cell for row in part.rows for cell in row))
            else:
                yield from (part.title, part.alt)


def test_chapters_come_in_the_order_of_a_reader(report):
    names = [section.name for section in report.sections]
    assert names == [
        "chances", "progress", "behind", "compared", "least", "fairness", "cost", "evidence", "use", "assurance",
        "reproduce",
    ] or names == [name for name in names if name != "fairness"]  # fmt: skip
    assert report.basis.startswith("Not fitted to data")


def test_names_of_tables_and_figures_are_unique(report):
    names = [part.name for part in (*report.tables(), *report.pictures())]
    assert len(names) == len(set(names))


def test_every_figure_is_followed_by_a_table_of_its_numbers(report):
    for section in report.sections:
        for part, later in zip(section.parts, (*section.parts[1:], None), strict=True):
            if isinstance(part, content.Picture):
                assert isinstance(later, content.Table), part.name


def test_managers_read_no_word_of_the_trade(report):
    said = [text for text in texts(report) if JARGON.search(text) and "spread " not in text]
    assert said == []


def test_no_chance_is_nothing_or_certain(report):
    for table in report.tables():
        for place, heading in enumerate(table.columns):
            if "Chance" in heading or "chance" in heading:
                cells = [row[place] for row in table.rows]
                assert not {"0 %", "100 %", "0\N{NO-BREAK SPACE}%", "100\N{NO-BREAK SPACE}%"} & set(cells)


def test_single_sites_are_named_only_where_asked_for(made, report):
    assert not [text for text in texts(report) if re.search(r"\bS[1-5]\b", text)]


def test_an_answer_about_another_plan_is_left_out_and_that_is_said(made, tmp_path):
    copy = tmp_path / "results" / "tiny"
    shutil.copytree(made.plans[0].parent, copy)
    for answer in copy.glob("find-*"):
        text = (answer / "scenario.toml").read_text()
        (answer / "scenario.toml").write_text(text.replace("co_design = 0.5", "co_design = 0.4"))
    told = gathering.gather([copy / made.plans[0].name])
    assert [section.name for section in told.sections if section.name in ("least", "help")] == ["help"]
    assert "Left out: 2 answers" in " ".join(texts(told))


def test_sliders_hold_what_was_simulated_and_the_plan_itself(made, report):
    (ambition,) = report.sliders["ambitions"]
    coaches, start = sorted(ambition["levers"], key=lambda lever: lever["lever"])
    assert (coaches["lever"], coaches["planned"]) == ("coaches", 1.5)
    positions = [setting["position"] for setting in coaches["settings"]]
    assert positions == sorted(positions)
    planned = next(setting for setting in coaches["settings"] if setting["position"] == 1.5)
    assert planned["chance"] == round(report.answers[0].numbers["chance"], responses.DECIMALS)
    assert all(setting["curve"] for setting in (*coaches["settings"], *start["settings"]))
    assert [plan["name"] for plan in ambition["plans"]] == ["tiny", "tiny-light"]
    assert ambition["planLabel"].startswith("Support level")


def test_curves_of_a_lever_reach_the_plans_own_at_its_setting(made, report):
    """On the same luck, the settings beside the plan's lie close to it, also where few runs were made."""
    (ambition,) = report.sliders["ambitions"]
    own = ambition["plans"][0]["curve"]
    for lever in ambition["levers"]:
        for setting in lever["settings"]:
            assert setting["curve"]["days"] == own["days"]
            assert all(low <= middle <= high for low, middle, high in
                       zip(*(setting["curve"][name] for name in ("low", "middle", "high")), strict=True))  # fmt: skip


def test_a_place_without_an_ambition_is_refused_with_its_name(made):
    with pytest.raises(errors.InputError, match="--for psc:KSS"):
        gathering.gather([made.plans[0]], scope="psc:KSS")


def test_a_collaborative_has_a_report_of_its_own(made):
    told = gathering.gather([made.plans[0]], scope="psc:WX")
    assert told.place == "Health Innovation Wessex"
    assert "fairness" not in [section.name for section in told.sections]


def test_the_page_is_one_file_under_its_policy(made, report):
    text = made.page.read_text(encoding="utf-8")
    assert len(text) < 3_000_000
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#|data:)""", text)
    assert not re.search(r"<[^>]*\sstyle=", re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src &#39;none&#39;") or policy.startswith("default-src 'none'")
    for kind in ("style", "script"):
        inline = re.search(rf"<{kind}>(.*?)</{kind}>", text, flags=re.DOTALL)[1]
        assert html._hash(inline) in policy


def test_data_for_the_script_cannot_end_its_element():
    for payload in page.PAYLOADS:
        assert not set("<>&'") & set(html.json_in_page({payload: payload}))


def test_a_run_reads_its_tables_once(made):
    run = folders.read_run(made.plans[0])
    assert run.table("ambitions") is run.table("ambitions")
    assert run.table("events").empty

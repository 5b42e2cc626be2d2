"""How results look in a session and in a notebook."""

import html.parser

import pytest

from spread.runs import answers
from spread.scenarios import reading
from tests.cli import worlds

WICKED = "<script>alert(1)</script>"


class Cells(html.parser.HTMLParser):
    """The tags of a page, and the text of its cells."""

    def __init__(self):
        super().__init__()
        self.tags, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def results(tmp_path):
    (tmp_path / "sites.csv").write_text(worlds.SITES)
    (tmp_path / "tiny.toml").write_text(worlds.SCENARIO)
    return answers.run(reading.read_scenario(tmp_path / "tiny.toml"), draws=3)


def test_results_end_a_cell_with_a_line_not_with_every_table(results):
    assert repr(results) == "<Results of tiny: 6 runs; .ambitions() has the answer>"
    failed = results._replace(failures=("one",))
    assert repr(failed) == "<Results of tiny: 5 runs, 1 failed; .ambitions() has the answer>"


def test_a_notebook_shows_the_chance_of_each_national_ambition(results):
    shown = Cells()
    shown.feed(results._repr_html_())
    national = results.ambitions().query("scope == 'national'")
    assert shown.tags.count("tr") == len(national) + 1
    assert f"{national['chance'].iloc[0]:.3f}" in shown.texts
    assert {"chance", "low", "high"} <= set(shown.texts)


def test_a_title_is_text_whatever_stands_in_it(results):
    name, ambition = next(iter(results.scenario.ambitions.items()))
    named = results.scenario.model_copy(
        update={"ambitions": {name: ambition.model_copy(update={"title": WICKED})}, "name": WICKED}
    )
    shown = Cells()
    shown.feed(results._replace(scenario=named)._repr_html_())
    assert "script" not in shown.tags
    assert WICKED in "".join(shown.texts)

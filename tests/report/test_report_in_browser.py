"""The page as a reader meets it: in a browser, by keyboard, on paper, with names that try to break out of it."""

import itertools
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from spread.report import gathering, html
from tests.report import page as pages

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the system's chromium: apt-get install chromium")
PAPER_WIDTH = 688  # pixels between the margins of A4
LONGEST_TAB_ROUND = 400


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def opened(browser, made):
    """The page, open, with everything it said and asked for."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.said, tab.asked = [], []
    tab.on("console", lambda message: tab.said.append(message.text))
    tab.on("pageerror", lambda error: tab.said.append(str(error)))
    tab.on("dialog", lambda dialog: (tab.said.append(dialog.message), dialog.dismiss()))
    tab.on("request", lambda request: tab.asked.append(request.url))
    tab.goto(made.page.as_uri())
    yield tab
    tab.close()


def test_the_page_says_nothing_to_the_console_and_asks_nobody_for_anything(opened, made):
    outside = [url for url in opened.asked if not url.startswith("data:") and url != made.page.as_uri()]
    assert (opened.said, outside) == ([], [])
    assert opened.locator("figure img").count() >= 5
    assert opened.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


@pytest.mark.parametrize("width", [1280, 390])
def test_no_rule_of_accessibility_is_broken(browser, made, width):
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900})  # axe is put into the page
    tab = context.new_page()
    tab.goto(made.page.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_headings_come_in_order_and_the_language_is_stated(opened):
    levels = opened.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => Number(one.tagName[1]))")
    assert levels.count(1) == 1 == levels[0]
    assert all(later <= before + 1 for before, later in itertools.pairwise(levels))
    assert opened.locator("html").get_attribute("lang") == "en-GB"


def test_the_keyboard_reaches_everything_and_the_focus_can_be_seen(opened):
    wanted = opened.evaluate(
        "[...document.querySelectorAll('a[href], summary, select, input, button')]"
        ".filter(one => one.checkVisibility()).map((one, place) => one.dataset.stop = String(place))"
    )
    reached, unseen = set(), []
    opened.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    for _ in range(LONGEST_TAB_ROUND):
        opened.keyboard.press("Tab")
        stop, outline = opened.evaluate(
            "[document.activeElement.dataset.stop ?? '', getComputedStyle(document.activeElement).outlineStyle]"
        )
        unseen += [stop] if stop and outline == "none" else []
        if stop in reached and reached >= set(wanted):
            break
        reached |= {stop} - {""}
    assert reached == set(wanted)
    assert unseen == []


def test_sliders_answer_and_say_what_their_answer_is(opened):
    def told():
        return [opened.locator(f"[data-{name}]").first.text_content() for name in ("chance", "basis")]

    planned = told()
    assert planned[0].startswith("The chance is ")
    assert planned[1] == "Simulated: the plan as it is."
    coaches = opened.locator("input[data-lever]").first
    coaches.focus()
    opened.keyboard.press("Home")
    assert told()[1] == "Simulated."
    opened.keyboard.press("ArrowRight")
    moved = told()
    assert moved[1].startswith("Interpolated: on a straight line between ")
    assert opened.locator("[data-chart] svg").count() == 1
    assert "--set coaches=" in opened.locator("[data-command]").text_content()
    opened.locator("[data-plan]").select_option("1")
    assert told()[1].startswith("Estimated: ")
    opened.locator("button[type=reset]").click()
    opened.wait_for_function("document.querySelector('[data-basis]').textContent.startsWith('Simulated: the plan')")
    assert told() == planned


def test_the_chance_in_the_script_is_said_as_in_the_text(opened, made):
    report = gathering.gather([made.plans[0]])
    (answer,) = report.answers
    assert answer.chance_words in opened.locator("[data-chance]").first.text_content()


def test_on_paper_no_table_is_cut_and_everything_is_open(browser, made, tmp_path):
    tab = browser.new_page(viewport={"width": PAPER_WIDTH, "height": 1000})
    tab.goto(made.page.as_uri())
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    cut = tab.evaluate(
        "[...document.querySelectorAll('table, figure img')].filter(one => one.checkVisibility() &&"
        " one.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(one => one.id || one.alt)"
    )
    assert cut == []
    closed = tab.evaluate("[...document.querySelectorAll('table')].filter(one => !one.checkVisibility()).length")
    assert closed == 0
    assert tab.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True).startswith(b"%PDF")
    tab.close()


def test_without_its_script_the_page_can_be_read(browser, made):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(made.page.as_uri())
    assert tab.locator(".summary .lead").first.is_visible()
    assert tab.locator(".without").is_visible()
    assert not tab.locator("form.try").is_visible()
    context.close()


def test_two_hundred_hostile_names_are_shown_as_text_and_run_nothing(browser, made, tmp_path):
    assert len(set(pages.PAYLOADS)) == 200
    place = tmp_path / "hostile.html"
    place.write_text(html.render(pages.hostile(gathering.gather([made.plans[0]]))), encoding="utf-8")
    tab = browser.new_page()
    said, asked = [], []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(place.as_uri())
    assert tab.evaluate("window.__ran") is None
    assert said == []
    assert [url for url in asked if not url.startswith("data:") and url != place.as_uri()] == []
    texts = tab.evaluate("[...document.querySelectorAll('#table-hostile th[scope=row]')].map(one => one.textContent)")
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts] == [
        " ".join(one.split()) for one in pages.PAYLOADS
    ]
    assert tab.title().startswith(pages.TITLE[:30])
    assert (
        tab.evaluate("document.querySelectorAll('script, iframe, body > svg, [onerror], [onload], [onclick]').length")
        == 2
    )
    tab.close()

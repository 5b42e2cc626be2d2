"""The answer of `spread find` in a manager's words."""

from collections.abc import Mapping
from typing import Any

from spread.cli import answer, asking, render
from spread.report import finding_words as told

Document = Mapping[str, Any]

HEADINGS = ("Setting", "Chance", "Range (95 %)", "Runs")
NOTE = """\
Chance: in how many runs of 100 the target is met. Range: where the true chance
lies with 95 % confidence; most runs are spent where the answer is not clear."""
NOTE_OF_PAIRS = """\
Each row: with the first lever held there, the least of the second that is
enough. Interval: where that least lies with 95 % confidence; beyond: more than
the range holds cannot be ruled out. At its limit: the chance, in runs of 100,
with the second lever at the most of its range."""


def print_answer(document: Document) -> None:
    """Print an answer for people."""
    render.print_text(asking.opening(document) + "\n")
    if "pairs" in document:
        _print_frontier(document)
    else:
        for line in (told.say_answer(document), *told.say_more(document)):
            render.print_text(render.wrap(line))
        render.print_text("")
        rows = [
            [
                point["said"],
                answer.percent(point["chance"]),
                told.say_range(point["low"], point["high"]),
                f"{point['runs']:,}",
            ]
            for point in told.in_order(document)
        ]
        render.print_table(rows, headings=HEADINGS, right=(False, True, True, True))
    render.print_text("\n" + render.wrap(told.say_acting(document)))
    render.print_text("\n" + (NOTE_OF_PAIRS if "pairs" in document else NOTE))


# --- two levers ----------------------------------------------------------------------------------


def _print_frontier(document: Document) -> None:
    scale, held = document["scale"], document["held"]
    wanted = answer.percent(document["wanted"])
    said = f"{told.name_of(held)} and {told.name_of(scale).lower()}: the pairs at which the chance is just {wanted}."
    render.print_text(render.wrap(said) + "\n\n")
    has_cost = any(pair["cost"] is not None for pair in document["pairs"])
    rows = [
        [pair["held"]["said"], *told.pair_cells(pair), *([told.say_pounds(pair["cost"])] if has_cost else [])]
        for pair in document["pairs"]
    ]
    headings = [held["label"], scale["label"], "Interval (95 %)", "At its limit", *(["Cost"] if has_cost else [])]
    render.print_table(rows, headings=headings, right=[False, False, False, True, *([True] if has_cost else [])])
    render.print_text("\n" + render.wrap(told.say_cheapest(document)))

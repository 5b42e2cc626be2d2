"""A finding as a document: everything that is printed, drawn and kept of it, in numbers, dates and words.

Settings are as a scenario file says them (`setting`) and in words (`said`); `position` is where they stand on an axis:
the number itself, the day since year 1, or the place of a word.
"""

from collections.abc import Mapping
from typing import Any, Final

from spread.decisions import find, frontier, levels, paths, response, trials
from spread.outcomes import uncertainty
from spread.scenarios import schema

Document = dict[str, Any]

RESPONSE_COLUMNS: Final = ("setting", "draws", "runs", "chance", "low", "high", "held")
CURVE_DECIMALS: Final = 5
FRONTIER_COLUMNS: Final = ("held", "setting", "low", "high", "status", "chance_at_limit", "cost")


def question_data(scenario: schema.Scenario, question: trials.Question, wanted: float) -> Document:
    """What was asked."""
    ambition = scenario.ambitions[question.ambition]
    return {
        "ambition": question.ambition,
        "ambition_title": ambition.title,
        "deadline": question.deadline or ambition.deadline,
        "scope": question.scope,
        "wanted": wanted,
    }


def scale_data(scale: levels.Scale) -> Document:
    """A lever and its range; `rises` says whether the chance is expected to rise with its position."""
    return {
        "lever": scale.name,
        "label": scale.lever.label,
        "unit": scale.lever.unit,
        "kind": scale.kind,
        "by": scale.lever.by,
        "rises": scale.turned > 0,
        "dearer": scale.lever.dearer,
        "is_deadline": scale.lever.path.startswith("ambitions."),
        "words": list(scale.words),
        "step": scale.step,
        "least": setting_data(scale, scale.least),
        "most": setting_data(scale, scale.most),
    }


def setting_data(scale: levels.Scale, effort: float | None) -> Document | None:
    """One setting; None where there is none."""
    if effort is None:
        return None
    value = scale.value(effort)
    if scale.kind == levels.NUMBER:
        value = float(scale.say_number(effort))
    return {"setting": value, "said": scale.say(effort), "position": scale.turned * effort}


def finding_data(found: find.Finding) -> Document:
    """What was found of one lever; `low` is the cheap end of the interval of the answer, `high` the dear end."""
    scale = found.scale
    stretch = None if found.stretch is None else [setting_data(scale, effort) for effort in found.stretch]
    return {
        "scale": scale_data(scale),
        "status": found.status,
        "answer": setting_data(scale, found.effort),
        "low": setting_data(scale, found.low),
        "high": setting_data(scale, found.high),
        "low_is_open": found.low_is_open,
        "compatible": compatible(found),
        "points": [point_data(scale, point) for point in found.points],
        "limit": point_data(scale, found.most),
        "falls": [fall_data(scale, fall) for fall in found.falls],
        "stretch": stretch,
        "acting": acting_data(found.acting),
        "draws": found.draws,
        "runs": found.runs,
        "failures": found.failures,
        "simulating_seconds": found.simulating_seconds,
    }


def compatible(found: find.Finding) -> list[str]:
    """The words that the answer may be, by its interval; empty for what is no word, or where none may be."""
    scale = found.scale
    if scale.kind != levels.WORD or found.low is None:
        return []
    last = scale.most if found.high is None else found.high
    return [scale.words[place] for place in range(round(found.low), round(last) + 1)]


def point_data(scale: levels.Scale, point: response.Point) -> Document:
    """The chance at one setting."""
    return {
        **(setting_data(scale, point.effort) or {}),
        "draws": point.draws,
        "runs": point.runs,
        "chance": point.chance,
        "low": point.low,
        "high": point.high,
        "is_full": point.is_full,
        "curve": None if point.curve is None else curve_data(point.curve),
    }


def curve_data(curve: paths.Curve) -> Document:
    """The way to the deadline: the middle run and what 80 % of runs hold, by report date."""
    low, middle, high = curve.quantiles.round(CURVE_DECIMALS).tolist()
    return {"dates": list(curve.days), "low": low, "middle": middle, "high": high}


def fall_data(scale: levels.Scale, fall: find.Fall) -> Document:
    """A dearer setting with a lower chance."""
    cheaper, dearer = setting_data(scale, fall.cheaper), setting_data(scale, fall.dearer)
    return {"cheaper": cheaper, "dearer": dearer, **_difference(fall.difference)}


def _difference(found: uncertainty.Difference) -> Document:
    return {"chance": found.mean, "chance_low": found.low, "chance_high": found.high}


def acting_data(acting: find.Acting) -> Document:
    """In how many parameter sets the lever does something, with the interval of the share in which it does not."""
    nothing = acting.same + acting.worse
    low, high = uncertainty.wilson_interval(nothing / acting.sets, acting.sets) if acting.sets else (None, None)
    return {**acting._asdict(), "no_better": acting.no_better, "no_better_low": low, "no_better_high": high}


def response_rows(document: Mapping[str, Any]) -> list[Document]:
    """The rows of ``response.csv``."""
    if document.get("pairs") is None:
        return [dict(point) for point in document["points"]]
    return [
        {**point, "held": pair["held"]["setting"]} for pair in document["pairs"] for point in pair["found"]["points"]
    ]


def frontier_data(found: frontier.Frontier) -> Document:
    """What was found of two levers."""
    return {
        "scale": scale_data(found.scale),
        "held": scale_data(found.held),
        "pairs": [pair_data(found, pair) for pair in found.pairs],
        "cheapest": None if found.cheapest is None else pair_data(found, found.cheapest),
        "why_no_cheapest": found.why_no_cheapest,
        "prices": dict(found.prices),
        "acting": acting_data(found.acting),
        "draws": found.draws,
        "runs": found.runs,
        "failures": found.failures,
        "simulating_seconds": found.simulating_seconds,
    }


def pair_data(found: frontier.Frontier, pair: frontier.Pair) -> Document:
    """One pair of the frontier."""
    return {"held": setting_data(found.held, pair.held), "found": finding_data(pair.found), "cost": pair.cost}


def frontier_rows(document: Mapping[str, Any]) -> list[Document]:
    """The rows of ``frontier.csv``."""

    def setting(of: Mapping[str, Any] | None) -> Any:
        return None if of is None else of["setting"]

    return [
        {
            "held": pair["held"]["setting"],
            "setting": setting(pair["found"]["answer"]),
            "low": setting(pair["found"]["low"]),
            "high": setting(pair["found"]["high"]),
            "status": pair["found"]["status"],
            "chance_at_limit": pair["found"]["limit"]["chance"],
            "cost": pair["cost"],
        }
        for pair in document["pairs"]
    ]

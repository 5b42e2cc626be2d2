"""What a page needs to answer when a planner moves a lever: chances and curves at the settings that were simulated.

    {"ambitions": [{"title", "deadline", "day", "threshold", "isShare", "plans": [...], "levers": [...]}]}

A plan is {"title", "chance", "curve"}: the runs compared, the first of them the plan the levers start from. A lever is
{"label", "unit", "kind", "planned", "settings": [{"position", "said", "chance", "curve"}]} from an answer of
`spread find`; positions rise, and the plan's own setting is among them where it is known. A curve is {"days", "said",
"low", "middle", "high"} with days counted since year 1, or null. Between settings a page may draw a straight line, and
says that it did.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from spread.plots import wording
from spread.report import content, folders, words
from spread.scenarios import schema, variants

Document = dict[str, Any]

DECIMALS: Final = 4
NEAR: Final = 1e-6
SUPPORT: Final = "support"
QUANTILES: Final = {"low": "q10", "middle": "q50", "high": "q90"}


def sliders(runs: Sequence[folders.Run], told: Sequence[content.Answer], kept: folders.Kept) -> Document | None:
    """What a page may interpolate; None where no answer has a response to show and no plans are compared."""
    found = [one for answer in told if (one := _of_ambition(runs, answer, kept)) is not None]
    return {"ambitions": found} if found else None


def _of_ambition(runs: Sequence[folders.Run], answer: content.Answer, kept: folders.Kept) -> Document | None:
    row = answer.numbers
    if words.is_missing(row["chance"]):
        return None
    asked = [one for one in kept.of("find", answer.ambition, str(row["scope"]), answer.deadline) if "pairs" not in one]
    titles = words.told_apart([run.title for run in runs])
    both = zip(runs, titles, strict=True)
    plans = [plan for run, title in both if (plan := _plan(run, row, title)) is not None]
    by_support = _differ_by_support(runs)
    levers = [
        lever
        for one in _latest(asked, without=SUPPORT if by_support else "")
        if (lever := _lever(one, runs[0].scenario, plans[0])) is not None
    ]
    if not levers and len(plans) < 2:
        return None
    return {
        "title": answer.title,
        "deadline": wording.say_date(answer.deadline),
        "day": answer.deadline.toordinal(),
        "threshold": None if words.is_missing(row["threshold"]) else float(row["threshold"]),
        "isShare": str(row["measure"]).startswith("stage") or row["measure"] == "all_elements",
        "plans": plans,
        "planLabel": "Support level (the plans compared)" if by_support else "Plan",
        "levers": levers,
    }


def _latest(asked: Sequence[Mapping[str, Any]], *, without: str) -> list[Mapping[str, Any]]:
    """One answer a lever: that of most runs, with the most settings; none about one that plans stand for."""
    by_lever: dict[str, Mapping[str, Any]] = {}
    for one in sorted(asked, key=lambda document: (folders.runs_asked(document), len(document["points"]))):
        by_lever[str(one["scale"]["lever"])] = one
    return [by_lever[lever] for lever in sorted(by_lever) if lever != without]


def _differ_by_support(runs: Sequence[folders.Run]) -> bool:
    """Whether the plans stand for levels of support: each has one of its own, everywhere."""
    levels = [tuple(sorted(set(run.scenario.support.values()))) for run in runs]
    return len(runs) > 1 and len(set(levels)) == len(levels) and all(len(level) == 1 for level in levels)


def _plan(run: folders.Run, row: Mapping[str, Any], title: str) -> Document | None:
    """What one of the compared runs says of an ambition."""
    own = [
        one
        for one in run.ambitions(str(row["scope"]))
        if one["ambition"] == row["ambition"] and str(one["deadline"]) == str(row["deadline"])
    ]
    if not own or words.is_missing(own[0]["chance"]):
        return None
    chance = round(float(own[0]["chance"]), DECIMALS)
    return {"title": title, "name": run.name, "chance": chance, "curve": _curve_of(run, own[0])}


def _curve_of(run: folders.Run, row: Mapping[str, Any]) -> Document | None:
    """The projected share by date, as the summary has it."""
    labels = folders.labels_of(row)
    table = run.table("summary")
    kind, _, group = str(row["scope"]).partition(":")
    here = table[
        (table["intervention"] == labels[0]) & (table["measure"] == row["measure"]) & (table["group_kind"] == kind)
    ]
    here = here[here["group"] == group] if group else here
    if len(labels) > 1 or here.empty:
        return None
    return _curve(
        [words.as_date(day) for day in here["date"]],
        {name: here[column].tolist() for name, column in QUANTILES.items()},
    )


def _curve(days: Sequence[date], shares: Mapping[str, Sequence[float | None]]) -> Document | None:
    if any(value is None or value != value for values in shares.values() for value in values):
        return None
    return {
        "days": [day.toordinal() for day in days],
        "said": [wording.say_date(day) for day in days],
        **{name: [round(float(value or 0.0), DECIMALS) for value in values] for name, values in shares.items()},
    }


def _lever(document: Mapping[str, Any], scenario: schema.Scenario, plan: Document) -> Document | None:
    """One lever with the settings that were simulated, from the lowest position to the highest."""
    scale = document["scale"]
    if scale["is_deadline"]:
        return None
    planned = planned_position(scenario, scale)
    settings = [_setting(point) for point in document["points"]]
    if planned is not None:
        settings = [one for one in settings if abs(one["position"] - planned) > NEAR]
        said = _say_position(planned, scale)
        settings.append({"position": planned, "said": said, "chance": plan["chance"], "curve": plan["curve"]})
    ordered = sorted(settings, key=lambda one: float(one["position"]))
    return {
        "label": scale["label"],
        "lever": scale["lever"],
        "unit": "" if scale["unit"] in ("share", "level") else scale["unit"],
        "kind": scale["kind"],
        "step": 1.0 if scale["kind"] != "number" else scale["step"],
        "planned": planned,
        "start": planned if planned is not None else ordered[0]["position"],
        "settings": ordered,
    }


def _setting(point: Mapping[str, Any]) -> Document:
    told = point.get("curve")
    curve = None if told is None else _curve([words.as_date(day) for day in told["dates"]],
                                             {name: told[name] for name in QUANTILES})  # fmt: skip
    return {
        "position": float(point["position"]),
        "said": point["said"],
        "chance": round(float(point["chance"]), DECIMALS),
        "curve": curve,
    }


def planned_position(scenario: schema.Scenario, scale: Mapping[str, Any]) -> float | None:
    """Where the plan itself has a lever; None where it differs from place to place."""
    path = str(scale["lever"]).split(".")
    if path[0] == variants.PROGRAMMES:
        return float(scenario.programmes[path[1]].start.toordinal())
    value = getattr(scenario, path[0])
    if isinstance(value, Mapping):
        entries = set(value.values())
        value = (
            value.get(path[1], value.get("default")) if len(path) > 1 else entries.pop() if len(entries) == 1 else None
        )
    if value is None:
        return None
    if scale["kind"] == "word":
        return float(scale["words"].index(value)) if value in scale["words"] else None
    return float(value)


def _say_position(position: float, scale: Mapping[str, Any]) -> str:
    if scale["kind"] == "word":
        return str(scale["words"][round(position)])
    if scale["kind"] == "date":
        return wording.say_date(date.fromordinal(round(position)))
    unit = "" if scale["unit"] in ("share", "level") else f" {scale['unit']}"
    return f"{position:g}{unit}"

"""The answer of `spread find` in a manager's words."""

from collections.abc import Mapping
from typing import Any

from spread.report import words

Document = Mapping[str, Any]


def in_order(document: Document) -> list[Any]:
    """The points of a response, from the lower setting (the earlier date) to the higher one."""
    return sorted(document["points"], key=lambda point: float(point["position"]))


# --- one lever -----------------------------------------------------------------------------------


def say_answer(document: Document) -> str:
    """The answer in a sentence or two."""
    scale, wanted, limit = document["scale"], words.percent(document["wanted"]), document["limit"]
    name = name_of(scale)
    if document["status"] == "reached":
        said = document["answer"]["said"]
        return f"{name}: {said} is the {_least(scale)} that gives a chance of {wanted}. {_say_interval(document)}"
    if document["status"] == "already":
        chance = _chance(_at(document, scale["least"] if scale["rises"] else scale["most"]))
        said = document["answer"]["said"]
        return f"{name}: already {said}, the {_easiest(scale)} looked at, gives {chance}, and {wanted} is wanted."
    if document["status"] == "passing":
        first, last = (end["said"] for end in document["stretch"])
        return (
            f"{name}: the chance is {wanted} or more from {first} to {last}, and falls below it again beyond: at "
            f"{limit['said']} it is {_chance(limit)}."
        )
    return (
        f"{name}: a chance of {wanted} is not reached within the range. At its limit, {limit['said']}, the chance is "
        f"{_chance(limit)}.{_say_doubt(document)}"
    )


def _say_interval(document: Document) -> str:
    low, high, named = document["low"], document["high"], document["compatible"]
    if named:
        beyond = ", or more than there is in the range" if high is None else ""
        if len(named) == 1 and not beyond:
            return "No other level fits the runs (95 % confidence)."
        return f"By the runs (95 % confidence) it could be {' or '.join(named)}{beyond}."
    less, more = _directions(document["scale"])
    if high is None and (low is None or document["low_is_open"]):
        return "Too close to call: by the runs (95 % confidence) it may be any setting of the range, or none of them."
    if high is None:
        return f"The true answer is {low['said']} or {more}, perhaps beyond the range (95 % confidence)."
    if low is None or document["low_is_open"]:
        return f"The true answer is {high['said']} or {less} (95 % confidence)."
    first, last = (low, high) if document["scale"]["rises"] else (high, low)
    return f"The true answer lies between {first['said']} and {last['said']} (95 % confidence)."


def _directions(scale: Document) -> tuple[str, str]:
    """The words for towards the cheap and towards the dear end."""
    cheap, dear = ("earlier", "later") if scale["kind"] == "date" else ("less", "more")
    return (cheap, dear) if scale["rises"] else (dear, cheap)


def _say_doubt(document: Document) -> str:
    if document["low"] is None:
        return ""
    return f" The runs do not rule out that {document['low']['said']} would be enough."


def say_more(document: Document) -> list[str]:
    """What else a reader must know: that more may be worse, and what lies at the dear end."""
    lines = []
    if document["status"] == "reached":
        limit = document["limit"]
        lines.append(f"At the end of the range, {limit['said']}, the chance is {_chance(limit)}.")
    for fall in document["falls"][:1]:
        lines.append(
            f"More is not always better here: from {fall['cheaper']['said']} to {fall['dearer']['said']} the chance "
            f"falls, by {words.points(fall, 'chance').lstrip('-').replace('(-', '(').replace('to -', 'to ')}."
        )
    return lines


def say_acting(document: Document) -> str:
    """In how many sets of assumptions the lever does nothing, so that nobody is sold on it."""
    acting = document["acting"]
    if "pairs" in document:
        move = "going from the least to the most of both levers"
    else:
        scale = document["scale"]
        first, last = (scale[end]["said"] for end in ("least", "most"))
        move = f"going from {first} to {last}"
    sets, same, worse = acting["sets"], acting["same"], acting["worse"]
    share = words.span(acting["no_better_low"], acting["no_better_high"])
    return (
        f"In {same:,} of {sets:,} sets of assumptions, {move} changes nothing at all, and in {worse:,} something, "
        f"but not for the better: no gain in {_counted(acting['no_better'])} of them ({share} with 95 % confidence)."
    )


def _counted(share: float) -> str:
    """A share that was counted, which may be none or all of them."""
    return f"{100 * share:.0f} %"


def name_of(scale: Document) -> str:
    """The lever as a reader knows it, and where it is set."""
    path = scale["lever"].split(".")
    if len(path) == 3:
        return f"{scale['label']} ({path[1]})"
    where = f" ({path[1]})" if len(path) == 2 else " (in each collaborative)" if scale["by"] == "psc" else ""
    return f"{scale['label']}{where}"


def _least(scale: Document) -> str:
    if scale["kind"] == "date":
        return "earliest deadline" if scale["is_deadline"] else "latest start"
    if scale["kind"] == "word":
        return "least"
    return "least" if scale["rises"] else "longest interval"


def _easiest(scale: Document) -> str:
    if scale["kind"] == "date":
        return "earliest" if scale["is_deadline"] else "latest"
    return "least" if scale["rises"] else "longest"


def _at(document: Document, setting: Document) -> Document:
    """The point at a setting."""
    found: Document = next(point for point in document["points"] if point["position"] == setting["position"])
    return found


def _chance(point: Document) -> str:
    """A chance with its range."""
    return f"{words.percent(point['chance'])} ({say_range(point['low'], point['high'])})"


def say_range(low: float, high: float) -> str:
    """A range of chances."""
    return words.span(low, high)


# --- two levers ------------------------------------------------------------------------------------


def pair_cells(pair: Document) -> list[str]:
    """What one pair has in a table: the least setting, its interval, the chance at the limit."""
    found = pair["found"]
    limit = words.percent(found["limit"]["chance"])
    if found["status"] in ("beyond", "passing"):
        return ["not enough" if found["status"] == "beyond" else "only in passing", "", limit]
    low, high = found["low"], found["high"]
    interval = f"{low['said'] if low else '-'} to {high['said'] if high else 'beyond'}"
    return [("already " if found["status"] == "already" else "") + found["answer"]["said"], interval, limit]


def say_cheapest(document: Document) -> str:
    """The cheapest pair, or why none is named."""
    best = document["cheapest"]
    if best is None:
        why = document["why_no_cheapest"]
        return f"{why[0].upper()}{why[1:]}."
    prices = ", ".join(f"{item} £{price:,g}" for item, price in document["prices"].items())
    return (
        f"Cheapest of these: {best['held']['said']} with {best['found']['answer']['said']}, {say_pounds(best['cost'])} "
        f"for the whole plan at {prices} a unit of costs.csv."
    )


def say_pounds(cost: float | None) -> str:
    """An amount of money."""
    return "" if cost is None else f"£{cost:,.0f}"

"""What is said of one ambition: the answer in a sentence, and six sentences for a director."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from spread.plots import wording
from spread.report import content, finding_words, folders, holding_back, titles, words
from spread.scenarios import names as collaboratives
from spread.scenarios import schema

Row = Mapping[str, Any]

NOT_REPORTED: Final = re.compile(r"(\d+) of (\d+) not reported, imputed")
IN_PART: Final = re.compile(r"(\d+) of \d+ reported in part")
CARRIED: Final = re.compile(r"(\d+) carried forward")
LATEST: Final = re.compile(r"the latest there was on (\d{4}-\d{2}-\d{2})")
PLACES_NAMED: Final = 2
FEW_SITES: Final = 50
UNCHANGED: Final = "last_value"
"""The rival that says all stays as it was."""
CANNOT: Final = "It cannot be said which single site will be late, or that support itself causes the gain"
NOT_ASKED: Final = (
    "What would help has not been asked yet: 'spread find' gives the least that is needed, 'spread target' where the "
    "next coach does most"
)


def make_answer(run: folders.Run, row: Row, kept: folders.Kept) -> content.Answer:
    """What is said of one row of ``ambitions.csv``."""
    scenario, name = run.scenario, str(row["ambition"])
    programme = scenario.ambitions[name].programme
    known = scenario.programmes.get(programme)
    grade = words.grade(row["basis"], row["conditioned_on"], is_tested=is_tested(kept))
    has_chance = not words.is_missing(row["chance"])
    return content.Answer(
        ambition=name,
        title=titles.of_ambition(scenario, name),
        programme=known.title if known else programme,
        place=titles.of_scope(scenario, str(row["scope"])),
        deadline=words.as_date(row["deadline"]),
        sentence=say_answer(scenario, row),
        chance_words=wording.say_chance(row["chance"]) if has_chance else "",
        range_words=wording.say_chance_range(row["chance_p10"], row["chance_p90"]) if has_chance else "",
        grade=grade,
        brief=make_brief(run, row, kept, grade=grade),
        numbers=row,
    )


def is_tested(kept: folders.Kept) -> bool:
    """Whether a look back stands beside the run in which its forecasts did better than no change."""
    against = [one for document in kept.of("hindcast") for one in document.get("against", ())]
    return any(one["rival"] == UNCHANGED and one["of"] == "crps" and one["skill"] > 0.0 for one in against)


def say_answer(scenario: schema.Scenario, row: Row) -> str:
    """The whole answer in a sentence."""
    day = words.say_day(row["deadline"])
    if words.is_missing(row["chance"]):
        return f"No chance is stated, as the ambition has no target: the middle run has {_at(row)} by {day}."
    verdict = words.capital(words.likelihood(row["chance"]))
    if row["measure"] == "milestone":
        return f"{verdict}: the chance that it is there by {day} is {wording.say_chance(row['chance'])}."
    return (
        f"{verdict}: the chance that the target is met by {day} is {wording.say_chance(row['chance'])}; the middle run "
        f"has {_at(row)}, {_beside_target(scenario, row)}."
    )


def _at(row: Row) -> str:
    """Where the middle run stands at the deadline: ``78 % of sites there``."""
    return say_value(row, row["value_q50"]) + _counted(row)


def _counted(row: Row) -> str:
    measure = str(row["measure"])
    return " of sites there" if measure.startswith("stage") else " of patients" if measure == "all_elements" else ""


def say_value(row: Row, value: float) -> str:
    """A share, level or change as it is written."""
    if words.is_missing(value):
        return "not known"
    if row["measure"] == "change":
        return f"a change of {words.signed(value, scale=100.0, decimals=0)}{wording.NO_BREAK}%"
    if row["measure"] == "level":
        return f"{100 * value:.1f}{wording.NO_BREAK}%"
    return wording.say_projected(value)


def say_target(row: Row) -> str:
    """The target as it is written."""
    threshold = row["threshold"]
    if words.is_missing(threshold):
        return "none stated"
    if row["measure"] == "milestone":
        return "in place"
    number = f"{100 * threshold:+.3g}" if row["measure"] == "change" else f"{100 * threshold:.3g}"
    return f"{number}{wording.NO_BREAK}%"


def _beside_target(scenario: schema.Scenario, row: Row) -> str:
    short = row["shortfall_q50"]
    if words.is_missing(short) or short <= 0:
        return f"which meets the target of {say_target(row)}"
    return f"{say_gap(scenario, row, short)} short of the target of {say_target(row)}"


def say_gap(scenario: schema.Scenario, row: Row, short: float) -> str:
    """What is missing, in sites, organisations or points."""
    ambition = scenario.ambitions.get(str(row["ambition"]))
    of_organisations = ambition is not None and ambition.organisation_share is not None
    return words.gap(str(row["measure"]), short, of_organisations=of_organisations)


# --- six sentences -------------------------------------------------------------------------------


def make_brief(run: folders.Run, row: Row, kept: folders.Kept, *, grade: str) -> content.Brief:
    """Six sentences for a director."""
    return content.Brief(
        now=say_now(run, row),
        projection=say_projection(run, row),
        chance=say_chance(row, grade=grade),
        pace=say_pace(row),
        behind=say_behind(run, row),
        help=say_help(row, kept),
    )


def _say_mean(count: float, total: int) -> str:
    """A mean number of sites: whole, unless there are so few in all that the share beside it would seem another."""
    whole = round(count)
    return f"{whole:,}" if total >= FEW_SITES or math.isclose(count, whole, abs_tol=0.05) else f"{count:.1f}"


def say_now(run: folders.Run, row: Row) -> str:
    """Where we are: numerator, denominator, who has not returned, the day of the data."""
    if row["measure"] == "milestone":
        return f"Nothing is in place yet: on {words.say_day(row['data_date'])} the ambition is still to be met."
    day, total = words.say_day(row["data_date"]), folders.eligible(run, row)
    share = row["value_now"]
    if total is not None and not words.is_missing(share):
        here = f"{_say_mean(share * total, total)} of {total:,} sites ({wording.say_percent(round(share, 2))})"
    else:
        here = say_value(row, share)
    conditioned = str(row["conditioned_on"] or "nothing")
    if conditioned.startswith("nothing"):
        begin = "The programme begins" if run.scenario.start_from is None else "The run begins"
        return (
            f"{begin} after {day} with an estimated {here} there already; "
            "no return has been read, so this start is an assumption."
        )
    everywhere = "" if str(row["scope"]) == "national" else "in all, "
    return f"On {day} an estimated {here} were there; {everywhere}{_say_returned(conditioned)}."


def _say_returned(conditioned: str) -> str:
    """Who has not returned, from the words of ``conditioned_on``."""
    if conditioned.startswith("counts"):
        return "this rests on counts, not on the return of each site"
    parts = []
    if found := NOT_REPORTED.search(conditioned):
        verbs = "has not returned and is" if found[1] == "1" else "have not returned and are"
        parts.append(f"{found[1]} of {found[2]} sites {verbs} estimated from others like them")
    if found := IN_PART.search(conditioned):
        parts.append(f"{found[1]} returned in part")
    if found := CARRIED.search(conditioned):
        parts.append(f"{found[1]} {'is' if found[1] == '1' else 'are'} carried forward from an earlier quarter")
    told = wording.say_list(parts) if parts else "every site has returned"
    latest = LATEST.search(conditioned)
    return told + (f" (the latest returns there were on {words.say_day(latest[1])})" if latest else "")


def say_projection(run: folders.Run, row: Row) -> str:
    """The projection at the deadline, with where eight runs in ten lie."""
    day = words.say_day(row["deadline"])
    if row["measure"] == "milestone":
        met = row["met_q50"]
        when = f"by {words.say_day(met)}" if not words.is_missing(met) else "not before the end of the run"
        return f"In the middle run it is in place {when}."
    found = folders.usual_range(run, row)
    low, middle, high = found if found else (row["value_q05"], row["value_q50"], row["value_q95"])
    runs = "8 runs in 10" if found else "9 runs in 10"
    target = "" if words.is_missing(row["threshold"]) else f" The target is {say_target(row)}."
    ends = f"{say_value(row, low)} and {say_value(row, high)}".replace("a change of ", "")
    return (
        f"On the present plan the middle run has {say_value(row, middle)}{_counted(row)} by {day}, and {runs} lie "
        f"between {ends}.{target}"
    )


def say_chance(row: Row, *, grade: str) -> str:
    """The chance in words, how much it hangs on assumptions, and how good the evidence is."""
    if words.is_missing(row["chance"]):
        return "No chance can be stated, as the ambition has no target."
    around = wording.say_chance_range(row["chance_p10"], row["chance_p90"])
    hangs = f", and anything from {around} depending on which assumptions hold" if " to " in around else ""
    return (
        f"{words.capital(words.say_likely('the target is met', row['chance']))}: the chance is "
        f"{wording.say_chance(row['chance'])}{hangs} (evidence: {grade})."
    )


def say_pace(row: Row) -> str:
    """The pace that is needed beside the recent one."""
    needed, recent = row["needed_per_month"], row["recent_per_month"]
    if row["measure"] == "milestone" or words.is_missing(needed):
        return "No pace can be given for this ambition."
    if needed <= 0:
        return "The target is met already; what counts now is keeping it."
    pace = _say_pace(row, needed)
    if words.is_missing(recent):
        return f"The target needs {pace} from now on; no recent pace is known to set beside that."
    before = f"{_number(row, recent)} a month" if recent > 0 else "none"
    times = f", {needed / recent:.1f} times as fast" if needed > recent > 0 else ""
    return f"The target needs {pace} from now on{times}; over the six months before it was {before}."


def _say_pace(row: Row, number: float) -> str:
    unit = "sites" if str(row["measure"]).startswith("stage") else "points"
    return f"{_number(row, number)} more {unit} a month"


def _number(row: Row, number: float) -> str:
    scaled = number if str(row["measure"]).startswith("stage") else 100 * number
    return f"{scaled:.1f}" if scaled < 10 else f"{scaled:.0f}"


def say_behind(run: folders.Run, row: Row) -> str:
    """Who is furthest behind, and what keeps its sites."""
    place = str(row["scope"])
    code = row["furthest_behind_psc"] if place == "national" else place.removeprefix("psc:")
    reasons = say_reasons(run, row, "national" if words.is_missing(code) else str(code))
    if words.is_missing(code):
        return f"No collaborative is behind on average.{reasons}"
    name = titles.of_group(run.scenario, "psc", str(code))
    if place != "national":
        return f"{name} is looked at by itself.{reasons}"
    short = row["furthest_behind_short"]
    gap = f", {say_gap(run.scenario, row, short)} short on average" if not words.is_missing(short) else ""
    return f"Furthest behind is {name}{gap}.{reasons}"


def say_reasons(run: folders.Run, row: Row, place: str) -> str:
    """What keeps the sites of a place that are not there, of the intervention with most of them."""
    here = {**row, "scope": place}
    found = [one for one in holding_back.find([here], run.rows("bottlenecks")) if holding_back.missing(one) >= 0.5]
    if not found:
        return ""
    worst = max(found, key=holding_back.missing)
    title = titles.of_label(run.scenario, str(worst["intervention"]))
    missing, total = round(holding_back.missing(worst)), round(worst["eligible"])
    said = holding_back.say_sites(holding_back.sites_by_cause(worst))
    return f" Of its {total:,} sites, {missing:,} would not be using {wording.mid_sentence(title)}: {said}."


def say_help(row: Row, kept: folders.Kept) -> str:
    """What would help, from answers kept beside the run, and what cannot be said."""
    told = [*_say_found(row, kept), *_say_targeted(row, kept)]
    return f"{' '.join(told) if told else NOT_ASKED + '.'} {CANNOT}."


def _say_found(row: Row, kept: folders.Kept) -> Iterator[str]:
    """The answer that rests on most runs, rather one that was reached."""
    asked = kept.of("find", row["ambition"], str(row["scope"]), words.as_date(row["deadline"]))
    found = sorted((one for one in asked if "pairs" not in one), key=folders.runs_asked, reverse=True)
    reached = [one for one in found if one["status"] == "reached"]
    for one in (reached or found)[:1]:
        yield finding_words.say_answer(one)
        yield from _say_fewer(one, row)


def _say_targeted(row: Row, kept: folders.Kept) -> Iterator[str]:
    """The answer that rests on most runs, rather one about more from the start."""
    asked = kept.of("target", row["ambition"], deadline=words.as_date(row["deadline"]))
    found = sorted((one for one in asked if one["gains"]), key=_weight, reverse=True)
    for one in found[:1] if row["scope"] == "national" else ():
        yield say_targeted(one)
        yield from _say_fewer(one, row)


def _weight(document: Mapping[str, Any]) -> tuple[bool, int]:
    return document.get("from") is None, folders.runs_asked(document)


def _say_fewer(document: Mapping[str, Any], row: Row) -> Iterator[str]:
    """That an answer rests on fewer runs than the chance beside it, where it does."""
    runs, known = folders.runs_asked(document), round(row["n"])
    if runs < known:
        yield f"That was asked of {runs:,} runs and the chance of {known:,}, so the two need not agree closely."


def say_targeted(document: Mapping[str, Any]) -> str:
    """Where the next unit does most; or that no place can be told from another."""
    gains = document["gains"]
    clear = [gain for gain in gains if gain["is_clear"]]
    amount = document["amount"]
    if not clear:
        return f"One more unit ({amount}) makes no difference that can be told from none in any collaborative."
    names = wording.say_list([collaboratives.short_name(gain["name"]) for gain in clear[:PLACES_NAMED]])
    unit = "sites" if document["counts"] == "sites" else "points"
    most = clear[0]["sites"] * (1.0 if unit == "sites" else 100.0)
    size = f"{most:.1f}" if math.isfinite(most) and most >= 0.05 else "under 0.1"
    return f"The next unit ({amount}) does most in {names}: {size} more {unit} there on average."

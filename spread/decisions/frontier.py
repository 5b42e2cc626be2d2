"""Two levers at once: the pairs at which a wanted chance is just met, and the cheapest of them.

One lever is held at settings over its range, and the least of the other is looked for at each, on the same luck. More
settings are then put where the frontier turns: beside the cheapest pair, or where neighbouring answers differ most.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from spread import errors
from spread.decisions import find, levels, response, trials
from spread.outcomes import costs
from spread.runs import sample
from spread.scenarios import prices, schema, variants

SLICES, MORE_SLICES = 5, 2
OTHER_NAMES: Final = {"outreach_hours": "outreach", "learning_set": "learning_sets"}
"""Levers whose item in ``costs.csv`` has another name."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One setting of the held lever, the least of the other that goes with it, and what the plan then costs.

    `found` has the effort, None where no setting is enough. `cost` is None without prices, or where nothing is enough.
    """

    held: float
    found: find.Finding
    cost: float | None


@dataclass(frozen=True, slots=True)
class Frontier:
    """Pairs from the least effort of the held lever to the most; `cheapest` is None where costs cannot tell."""

    held: levels.Scale
    scale: levels.Scale
    pairs: tuple[Pair, ...]
    cheapest: Pair | None
    why_no_cheapest: str
    prices: Mapping[str, float]
    wanted: float
    question: trials.Question
    draws: int
    runs: int
    failures: int
    simulating_seconds: float

    @property
    def acting(self) -> find.Acting:
        """In how many parameter sets the most of both levers does better than the least of both."""
        return find.count_acting(
            self.pairs[0].found.least, self.pairs[-1].found.most, less_is_better=self.pairs[0].found.less_is_better
        )


def find_frontier(
    scenario: schema.Scenario,
    question: trials.Question,
    scales: tuple[levels.Scale, levels.Scale],
    *,
    chance: float,
    costs_gbp: Mapping[str, float] | None = None,
    draws: int = 500,
    replicates: int = 2,
    seed: int = 1,
    hands: sample.Hands | None = None,
    report: trials.Report = lambda title, done, total: None,
) -> Frontier:
    """The pairs of two levers at which an ambition just has a wanted chance.

    Parameters
    ----------
    scales
        The levers: the first one is looked for, the second one held; words are held rather than looked for.
    costs_gbp
        Pounds for a unit of items of ``costs.csv``, beside those of the scenario.

    Raises
    ------
    InputError
        When the question cannot be asked, or the ambition can feel neither lever.
    """
    find.check_question(question, scales, chance)
    told = read_prices(scenario, costs_gbp or {})
    scale, held = scales if scales[0].kind != levels.WORD else scales[::-1]
    tried = response.LeanTrials(scenario, question, seed=seed, replicates=replicates, hands=hands, report=report)

    tried.expected_runs = find.EXPECTED_POINTS * draws * replicates * (SLICES + MORE_SLICES)

    def slice_at(effort: float) -> Pair:
        setting = held.setting(effort)
        curve = response.Response(tried, scale, wanted=chance, draws=draws, held=(setting,))
        find.survey(curve)
        find.close_in(curve)
        found = find.read_finding(curve)
        return Pair(effort, found, _cost(tried, told, setting, found))

    pairs = {effort: slice_at(effort) for effort in held.spread_out(SLICES)}
    _check_felt(pairs, scale, held)
    for _ in range(MORE_SLICES):
        gap = _gap_to_fill([pairs[effort] for effort in sorted(pairs)], held, scale)
        if gap is None:
            break
        pairs[gap] = slice_at(gap)
    ordered = tuple(pairs[effort] for effort in sorted(pairs))
    cheapest, why = _cheapest(ordered, told)
    made, failed, seconds = tried.runs_made, tried.failures, tried.simulating_seconds
    return Frontier(held, scale, ordered, cheapest, why, told, chance, question, draws, made, failed, seconds)


def read_prices(scenario: schema.Scenario, given: Mapping[str, float]) -> dict[str, float]:
    """Pounds for a unit by item of ``costs.csv``: the scenario's, and those given in their place.

    Raises
    ------
    InputError
        When there is no such item, or a price is below nothing.
    """
    own = {item: scenario.parameters.get(prices.price_of(item)) for item in prices.ITEMS}
    told = {item: float(price.value) for item, price in own.items() if price is not None}
    faults = []
    for name, price in given.items():
        item, place = OTHER_NAMES.get(name, name), f"--cost {name}={price:g}"
        if item not in prices.ITEMS:
            hint = errors.did_you_mean(name, prices.ITEMS) or f"; expected one of {', '.join(prices.ITEMS)}"
            faults.append(errors.Fault(f"'{name}' is no item of costs.csv{hint}", place))
        elif not (math.isfinite(price) and price >= 0.0):
            faults.append(errors.Fault(f"{price:g} is no price", place))
        told[item] = price
    if faults:
        raise errors.InputError(faults)
    return told


def _cost(
    tried: response.LeanTrials, told: Mapping[str, float], held: variants.Setting, found: find.Finding
) -> float | None:
    """What the whole plan costs with both levers set so; nothing here depends on chance."""
    if not told or found.effort is None:
        return None
    job = tried.prepared((held, found.scale.setting(found.effort)))
    table = costs.costs_table(job.world, job.timetable)
    whole = table[table["psc"] == "national"]
    quantities = zip(whole["item"].astype(str), whole["quantity"].astype(float), strict=True)
    return float(sum(quantity * told.get(item, 0.0) for item, quantity in quantities))


def _check_felt(pairs: Mapping[float, Pair], scale: levels.Scale, held: levels.Scale) -> None:
    points = [point for pair in pairs.values() for point in (pair.found.least, pair.found.most)]
    if all(find.is_same(points[0], point) for point in points[1:]):
        message = f"the ambition feels neither this lever nor {held.name}: all runs end alike at the ends of both"
        raise errors.InputError(errors.Fault(message, f"--lever {scale.name}"))


def _gap_to_fill(pairs: Sequence[Pair], held: levels.Scale, scale: levels.Scale) -> float | None:
    """The setting of the held lever to try next: beside the cheapest pair, or where answers differ most."""
    priced = [number for number, pair in enumerate(pairs) if pair.cost is not None]
    gaps = range(len(pairs) - 1)
    if priced:
        best = min(priced, key=lambda number: pairs[number].cost or 0.0)
        gaps = range(max(best - 1, 0), min(best + 1, len(pairs) - 1))

    def width(number: int) -> float:
        apart = pairs[number + 1].held - pairs[number].held
        return apart if priced else apart * _differ(pairs[number].found, pairs[number + 1].found, scale)

    for number in sorted(gaps, key=width, reverse=True):
        middle = held.nearest((pairs[number].held + pairs[number + 1].held) / 2.0)
        if middle not in (pairs[number].held, pairs[number + 1].held) and width(number) > 0.0:
            return middle
    return None


def _differ(one: find.Finding, other: find.Finding, scale: levels.Scale) -> float:
    """How far two answers are apart; an answer beyond the range counts as one at its end."""
    ends = [scale.most if found.effort is None else found.effort for found in (one, other)]
    return abs(ends[1] - ends[0])


def _cheapest(pairs: Sequence[Pair], told: Mapping[str, float]) -> tuple[Pair | None, str]:
    """The pair that costs least, or why there is none to name."""
    if not told:
        return None, "no unit costs are given, so no pair is called cheapest: give them with --cost ITEM=POUNDS"
    met = [pair for pair in pairs if pair.cost is not None]
    if not met:
        return None, "no pair has the wanted chance"
    cost = [pair.cost or 0.0 for pair in met]
    if len(met) > 1 and max(cost) - min(cost) <= 1e-9 * max(max(cost), 1.0):
        return None, "the unit costs given are of nothing that these levers change: every pair costs the same"
    return met[cost.index(min(cost))], ""

"""What moved a forecast since the last one: new data, denominator, plan, parameters, version and luck, adding up.

Both forecasts are taken apart (`question_parts`) and every mixture that is needed is run on the luck of the old one,
so that a part's share is what changing that part makes of the same runs. Parts share what they do together: by
default each has its average over all orders of changing them (Shapley); with many parts, or when asked, one order.
What an old run would no longer give, because the code or a file is another, is a part too.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from spread import errors
from spread.decisions import mixtures, past_runs, question_parts, splitting
from spread.outcomes import uncertainty
from spread.runs import sample

VERSION, LUCK = "version", "luck"
MOST_AVERAGED: Final = 3
"""Parts whose orders are all tried, unless asked: eight runs at most."""


class Share(NamedTuple):
    """One part's share of a change: which parts it stands for, what it adds, and its interval (95 %, over draws)."""

    parts: tuple[str, ...]
    mean: float
    low: float
    high: float


class Change(NamedTuple):
    """How a chance or value moved from one forecast to the next, and what moved it; the shares add up to the change."""

    ambition: str
    scope: str
    measure: str
    old_deadline: date
    new_deadline: date
    old: float
    new: float
    shares: tuple[Share, ...]

    @property
    def change(self) -> float:
        """New less old."""
        return self.new - self.old


class Since(NamedTuple):
    """What changed between two forecasts.

    `differing` are the parts that differ, `joined` how they were changed (those of one tuple only together),
    `all_orders` whether shares are averages over all orders, `runs` how many runs it took. `left_out` are ambitions of
    one only.
    """

    old: past_runs.Forecast
    new: past_runs.Forecast
    differing: tuple[str, ...]
    joined: tuple[tuple[str, ...], ...]
    all_orders: bool
    runs: int
    left_out: tuple[str, ...]
    changes: tuple[Change, ...]

    def table(self) -> pd.DataFrame:
        """One row per ambition, scope, measure and part."""
        rows = [
            {**one._asdict(), "part": "+".join(share.parts), "share": share.mean, "low": share.low, "high": share.high}
            for one in self.changes
            for share in one.shares
        ]
        columns = [name for name in Change._fields if name != "shares"] + ["part", "share", "low", "high"]
        return pd.DataFrame(rows, columns=columns)


def since(
    old_folder: Path | str,
    new_folder: Path | str,
    *,
    scopes: Sequence[str] = ("national",),
    all_orders: bool | None = None,
    hands: sample.Hands | None = None,
    fit_of: past_runs.FitOf | None = None,
    report: mixtures.Report = lambda title, done, total: None,
) -> Since:
    """Split the change of each chance and projected value between two finished runs.

    Parameters
    ----------
    scopes
        National, or collaboratives such as ``psc:YH``.
    all_orders
        Average over all orders of changing the parts; None does so for up to three parts.
    hands
        Who does the work.
    fit_of
        Reads the fit of a run, by its manifest; needed where a forecast rests on one.
    report
        Told of progress.

    Raises
    ------
    InputError
        When the two have no ambition in common, or files of both are gone so that nothing can be run.
    """
    old, new = (past_runs.read_forecast(Path(folder), fit_of) for folder in (old_folder, new_folder))
    differing = question_parts.differing(old.question, new.question)
    first, last, free = _what_can_be_changed(old, new, differing)
    bench = mixtures.Bench(old, new, hands or sample.Hands(), report)
    averaged = len(free) <= MOST_AVERAGED if all_orders is None else all_orders
    base = frozenset(first)

    def is_possible(changed: splitting.Parts) -> bool:
        return bench.can_run(base | changed)

    joined = splitting.join_until_possible([{part} for part in free], is_possible, all_orders=averaged)
    asked, left_out = _asked(old, new, scopes)
    changes = [
        _split(old, new, bench, _Way(first, last, tuple(joined), averaged), (ambition, scope, measure))
        for ambition, scope in asked
        for measure in past_runs.MEASURES
    ]
    said = tuple(tuple(part for part in question_parts.PARTS if part in group) for group in joined)
    whole = tuple(group for group in (tuple(first), *said, tuple(last)) if group)
    return Since(old, new, differing, whole, averaged, bench.runs_made, left_out, tuple(changes))


class _Way(NamedTuple):
    """How one forecast is turned into the other: parts changed at once first and last, and those between."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    joined: tuple[splitting.Parts, ...]
    all_orders: bool


def _what_can_be_changed(
    old: past_runs.Forecast, new: past_runs.Forecast, differing: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
    """Parts changed first (the old files are gone), last (the new ones are), and those to be changed in any order.

    Raises
    ------
    InputError
        When neither forecast's files are there for a part.
    """
    neither = [part for part in old.gone if part in new.gone or part not in differing]
    if neither or [part for part in new.gone if part not in differing]:
        message = "nothing can be run, as it does not rest on what it did"
        lost = [errors.Fault(f"{message}: {file}", str(one.folder)) for one in (old, new) for file in one.lost]
        raise errors.InputError(lost)
    first = tuple(part for part in differing if part in old.gone)
    last = tuple(part for part in differing if part in new.gone)
    return first, last, [part for part in differing if part not in (*first, *last)]


def _asked(
    old: past_runs.Forecast, new: past_runs.Forecast, scopes: Sequence[str]
) -> tuple[list[tuple[str, str]], tuple[str, ...]]:  # fmt: skip
    """The (ambition, scope) pairs that both forecasts assess, and the ambitions that one only has.

    Raises
    ------
    InputError
    """
    pairs = [dict.fromkeys(zip(one.values["ambition"], one.values["scope"], strict=True)) for one in (old, new)]
    both = [(str(ambition), str(scope)) for ambition, scope in pairs[0] if (ambition, scope) in pairs[1]]
    asked = [pair for pair in both if pair[1] in scopes]
    names = [list(dict.fromkeys(str(ambition) for ambition, _ in one)) for one in pairs]
    if not asked:
        known = ", ".join(dict.fromkeys(scope for _, scope in both)) or "none"
        what = f"in {', '.join(scopes)}; both are assessed in {known}" if both else f"({', '.join(names[0])} before)"
        raise errors.InputError(errors.Fault(f"the two have no ambition in common {what}", str(new.folder)))
    return asked, tuple(name for name in dict.fromkeys([*names[0], *names[1]]) if name not in dict(both))


def _split(
    old: past_runs.Forecast, new: past_runs.Forecast, bench: mixtures.Bench, way: _Way, asked: tuple[str, str, str]
) -> Change:
    """One change and its shares; each step begins where the one before ended, so they add up."""
    ambition, scope, measure = asked
    (before, old_deadline), (after, new_deadline) = (past_runs.runs_of(one.values, *asked) for one in (old, new))
    base, settings = frozenset(way.first), old.settings
    names = [str(number) for number in range(len(way.joined))]

    def mixture(numbers: splitting.Parts) -> splitting.Parts:
        return base.union(*(way.joined[int(number)] for number in numbers))

    needed = splitting.mixes_of(names, all_orders=way.all_orders)
    found = {numbers: bench.runs(mixture(numbers), settings, asked) for numbers in needed}
    flags = measure == past_runs.CHANCE
    begun, turned = found[splitting.NOTHING], found[frozenset(names)]
    shares = [_paired(way.first or (VERSION,), before, begun, of_flags=flags)]
    means = splitting.split({key: runs.mean for key, runs in found.items()}, names, all_orders=way.all_orders)
    by_run = splitting.split(mixtures.in_common(found), names, all_orders=way.all_orders)
    for number, group in zip(names, way.joined, strict=True):
        parts = tuple(part for part in question_parts.PARTS if part in group)
        shares.append(_share(parts, means[number], by_run[number], of_flags=flags))
    ended = turned
    if new.settings != settings:
        ended = bench.runs(mixture(frozenset(names)), new.settings, asked)
        shares.append(_unpaired((LUCK,), turned, ended))
    shares.append(_paired(way.last or (VERSION,), ended, after, of_flags=flags))
    old_mean, new_mean = before.mean, after.mean
    return Change(ambition, scope, measure, old_deadline, new_deadline, old_mean, new_mean, _gathered(shares))


def _paired(parts: tuple[str, ...], one: past_runs.Runs, other: past_runs.Runs, *, of_flags: bool) -> Share:
    """The share of a step between runs on the same luck."""
    both = mixtures.in_common({frozenset("0"): one, frozenset("1"): other})
    by_run = both[frozenset("1")] - both[frozenset("0")]
    return _share(parts, other.mean - one.mean, by_run, of_flags=of_flags)


def _share(parts: tuple[str, ...], mean: float, by_run: past_runs.Floats, *, of_flags: bool) -> Share:
    """A share with its interval; nothing is not made uncertain where every run is the very same."""
    by_run = np.asarray(by_run, dtype=np.float64)
    if not np.any(np.nan_to_num(by_run)):
        return Share(parts, mean, mean, mean)
    sure = uncertainty.paired_difference(np.zeros_like(by_run), by_run, of_flags=of_flags)
    return Share(parts, mean, sure.low, sure.high)


def _unpaired(parts: tuple[str, ...], one: past_runs.Runs, other: past_runs.Runs) -> Share:
    """The share of a step between runs on different luck."""
    mean = other.mean - one.mean
    squares = [np.nanvar(runs.values.mean(axis=1), ddof=1) / len(runs.draw) for runs in (one, other)
               if len(runs.draw) > 1]  # fmt: skip
    half = uncertainty.NORMAL_975 * float(np.sqrt(sum(squares)))
    return Share(parts, mean, mean - half, mean + half)


def _gathered(shares: Sequence[Share]) -> tuple[Share, ...]:
    """Shares that mean something: the two ends' versions in one, nothing of a version that changed nothing."""
    versions = [share for share in shares if share.parts == (VERSION,)]
    others = [share for share in shares if share.parts != (VERSION,)]
    moved = [share for share in versions if share.mean or share.low < share.high]
    if moved:
        low, high = sum(share.low for share in moved), sum(share.high for share in moved)
        others.append(Share((VERSION,), sum(share.mean for share in moved), low, high))
    return tuple(others)

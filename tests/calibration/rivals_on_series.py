"""The table of docs/scoring.md: rivals on the last third of each shipped series.

Run as ``python -m tests.calibration.rivals_on_series``.
"""

from typing import NamedTuple

import numpy as np

from spread.calibration import rivals, scores, series

MEMBERS = 1000
SEED = 1
OTHERS = tuple(name for name in rivals.RIVALS if name != "last_value")


class Outcome(NamedTuple):
    """A rival on one series: its mean CRPS and how often its intervals held."""

    crps: float
    coverage: tuple[float, ...]


def outcome(known: series.Series, cut: int, rival: str) -> Outcome:
    """A rival that learns from the first `cut` points, on the others."""
    found = rivals.forecast(
        rival, known.past(cut), known.dates[cut:], members=MEMBERS, generator=np.random.default_rng(SEED)
    )
    ensemble, observed = found.ensemble.T, known.value[cut:]
    return Outcome(float(scores.crps(ensemble, observed).mean()), scores.coverage(ensemble, observed))


def table() -> str:
    """Both tables as Markdown: scores by series, skill and coverage by rival."""
    ratio: dict[str, list[float]] = {name: [] for name in rivals.RIVALS}
    held: dict[str, list[tuple[float, ...]]] = {name: [] for name in rivals.RIVALS}
    lines = [
        "| series | points, to | ahead | last value, CRPS | " + " | ".join(OTHERS).replace("_", "-") + " |",
        "|---|---|---|---|" + "---|" * len(OTHERS),
    ]
    for name in series.shipped():
        known = series.read(name)
        cut = len(known.rows) - max(1, len(known.rows) // 3)
        found = {rival: outcome(known, cut, rival) for rival in rivals.RIVALS}
        last = found["last_value"].crps
        for rival, one in found.items():
            ratio[rival].append(one.crps / last)
            held[rival].append(one.coverage)
        cells = [f"{found[rival].crps / last:.2f}" for rival in OTHERS]
        best = min(cells, key=float)
        cells = [f"**{cell}**" if cell == best and float(cell) < 1.0 else cell for cell in cells]
        start = f"| `{name}` | {cut}, to {known.dates[cut - 1]} | {len(known.rows) - cut} | {last:.4g} | "
        lines.append(start + " | ".join(cells) + " |")
    lines += [
        "",
        "| rival | mean | median | skill against last value (95 %) | 50 % held | 80 % | 95 % |",
        "|" + "---|" * 7,
    ]
    for rival in rivals.RIVALS:
        gained = scores.skill(ratio[rival], ratio["last_value"], np.random.default_rng(SEED))
        told = "-" if rival == "last_value" else f"{gained.skill:.2f} ({gained.low:.2f} to {gained.high:.2f})"
        share = " | ".join(f"{100 * one:.0f} %" for one in np.mean(held[rival], axis=0))
        middle = f"{np.mean(ratio[rival]):.2f} | {np.median(ratio[rival]):.2f}"
        lines.append(f"| {rival.replace('_', '-')} | {middle} | {told} | {share} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())

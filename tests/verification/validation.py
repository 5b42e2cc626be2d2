"""Every published pattern and hindcast beside the model, on one page: ``python -m tests.verification.validation``.

Nothing is simulated here. The numbers are read from the tables of the pages that hold them, sorted into what agrees,
what does not, and what was used as a prior and so is no validation; the tables of ``docs/validation.md`` and its figure
are written anew.
"""

import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from spread.plots import theme, writing
from tests.verification import fit_page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGE, FIGURE = DOCS / "validation.md", DOCS / "figures" / "validation.svg"
WIDTH, ROW_INCHES, LEFT = 8.5, 0.42, 2.5
AGREES, IN_PART, DOES_NOT = "agrees", "in part", "**does not**"
RIVALS = ("linear", "log linear", "logistic", "bass")
HELD_ENOUGH, HELD_TOO_SELDOM = 85.0, 70.0
PARAMETER = re.compile(r"`([a-z0-9_]+)`")

# Which parameter of the catalogue rests on the very figure of a fit check; nothing where none does.
PRIOR_OF: Mapping[str, str] = {
    "Processes improved, one by one": "",
    "Processes per hospital, one by one: median": "",
    "Processes per hospital, one by one: middle half": "`frailty_variance`",
    "Processes improved, as one pathway": "",
    "Processes per hospital, as one pathway: median": "",
    "Processes per hospital, as one pathway: middle half": "`frailty_variance`",
    "Sign-up, acute": "`interest_acute_per_month`",
    "Sign-up, mental health": "`interest_mental_health_per_month`",
    "Sign-up, primary care": "`interest_primary_care_per_month`",
    "Sign-up, acute, if unheard of": "`interest_acute_per_month`",
    "Sign-up, acute, lowest region": "`region_log_sd`",
    "Sign-up, acute, highest region": "`region_log_sd`",
    "Active on a plank": "`decision_scale`",
    "Active on all six planks": "`frailty_variance`",
    "Active on all six, pace of the priors": "`frailty_variance`",
    "COPD bundle, in place": "`reliability_baseline`",
    "COPD bundle, not yet in place": "`reliability_baseline`",
    "Kept 12 months, left alone": "",
    "Kept 24 months, left alone": "`lapse_per_month`",
    "Kept 18 months, measured": "`lapse_measurement_log_hr`",
    "Magnesium sulphate in 2022": "`support_reliability_log_or` and `testing_bundle_months` (the same programme)",
    "Months of testing a bundle": "`testing_bundle_months`",
}
# What was published of a programme of the prior predictive page, as a share, and the prior that was made from it.
PROGRAMMES: Mapping[str, tuple[float, str]] = {
    "Oximetry@home": (1.0, ""),
    "COPD, patients": (0.076, "`reliability_baseline`"),
    "VTE": (209 / 256, "`push_incentive_log_hr`, widened after looking"),
}
# What to say of those of which no share was published.
UNSHARED: Mapping[str, str] = {
    "Tracheostomy": "nothing to hold it against: no national count was found",
    "PEWS, national chart": "nothing to hold it against: no national count was found",
    "Interested sites": "used as a prior (`support_standard_log_hr`), so is no validation; the odds ratio of none"
    " against standard is 2.2",
}
# Which parameter rests on the programme of a series.
PRIOR_OF_SERIES: Mapping[str, str] = {
    "vte-providers": "`push_incentive_log_hr`", "vte-patients": "`push_incentive_log_hr`",
    "medical-examiners": "`push_duty_log_hr`",
}  # fmt: skip


class Series(NamedTuple):
    """The hindcasts of a series, a value for each cut: scores over that of the last value, and ranges that held."""

    name: str
    ours: tuple[float, ...]
    best: tuple[float, ...]
    held: tuple[tuple[float, float, float], ...]


# --- reading the other pages ----------------------------------------------------------------------


def tables(page: str) -> list[list[dict[str, str]]]:
    """Every table of a page as rows by heading."""
    found: list[list[dict[str, str]]] = []
    for block in re.findall(r"(?:^\|.*\|[ ]*\n)+", page + "\n", flags=re.MULTILINE):
        heads, _, *rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()]
        found.append([dict(zip(heads, row, strict=True)) for row in rows])
    return found


def table_with(page: str, heading: str) -> list[dict[str, str]]:
    """The first table of a page of ``docs`` that has a column.

    Raises
    ------
    LookupError
        When none has.
    """
    for rows in tables((DOCS / page).read_text(encoding="utf-8")):
        if rows and heading in rows[0]:
            return rows
    raise LookupError(f"{page} has no table with a column '{heading}'")


def read_series() -> list[Series]:
    """The hindcasts of every series by itself, in the order of their page; those not simulated have no cuts."""
    found: dict[str, list[tuple[float, float, tuple[float, ...]]]] = {}
    for row in table_with("hindcasts.md", "set out"):
        if "+" in row["series"]:
            continue
        cuts = found.setdefault(row["series"], [])
        if row["spread"] != "-":
            scores = {name: float(row[name].strip("*")) for name in ("spread", *RIVALS)}
            held = tuple(float(share) for share in row["held 50/80/95"].split("/"))
            cuts.append((scores.pop("spread"), min(scores.values()), held))
    return [
        Series(name, tuple(cut[0] for cut in cuts), tuple(cut[1] for cut in cuts), tuple(cut[2] for cut in cuts))  # type: ignore[misc]
        for name, cuts in found.items()
    ]


# --- the tables -----------------------------------------------------------------------------------


def judged(holds: bool, prior: str) -> str:
    """What a published figure says of the model, given the prior that was made from it."""
    if not prior:
        return AGREES if holds else DOES_NOT
    used = f"used as a prior ({prior}), so is no validation"
    return used if holds else f"{DOES_NOT}, though used as a prior ({prior})"


def pattern_table() -> str:
    """The fit checks, sorted."""
    lines = ["| published pattern | published | model: middle (5-95 %) | |", "| --- | --- | --- | --- |"]
    for row in table_with("fit_checks.md", "published in the range"):
        holds = "no" not in row["published in the range"]
        cells = (row["check"], row["published"], row["model: middle (5-95 %)"], judged(holds, PRIOR_OF[row["check"]]))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def programme_table() -> str:
    """The programmes as they were, by the priors alone."""
    lines = ["| programme | published | priors alone: middle (10-90 %) | |", "| --- | --- | --- | --- |"]
    for row in table_with("prior_predictive.md", "push"):
        name = row["programme"].strip("*")
        if not row["programme"].startswith("**") or name not in {**PROGRAMMES, **UNSHARED}:
            continue
        low, middle, high = (row[column] for column in ("share by the deadline: 10 %", "50 %", "90 %"))
        if name in PROGRAMMES:
            share, prior = PROGRAMMES[name]
            said = judged(float(low) <= share <= float(high), prior)
        else:
            said = UNSHARED[name]
        lines.append(f"| {name} | {row['published']} | {middle} ({low}-{high}) | {said} |")
    return "\n".join(lines)


def series_verdict(one: Series) -> str:
    """Agrees, in part or not, by the rule stated on the page."""
    if not one.ours:
        return "not simulated: no run shows it"
    behind = sum(score >= 1.0 for score in one.ours)
    ahead = sum(score <= best for score, best in zip(one.ours, one.best, strict=True))
    held = float(np.mean([cut[2] for cut in one.held]))
    if 2 * behind >= len(one.ours) or np.mean(one.ours) >= 1.0 or held < HELD_TOO_SELDOM:
        return DOES_NOT
    if behind or 2 * ahead < len(one.ours) or held < HELD_ENOUGH:
        return IN_PART
    return judged(holds=True, prior=PRIOR_OF_SERIES.get(one.name, ""))


def series_table(found: Sequence[Series]) -> str:
    """The hindcasts, a row for each series."""
    lines = [
        "| series | cuts | score over the last value's | best trend's | cuts ahead of every trend | held 80 / 95 % | |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in found:
        if not one.ours:
            lines.append(f"| {one.name} | - | - | - | - | - | {series_verdict(one)} |")
            continue
        ahead = sum(score <= best for score, best in zip(one.ours, one.best, strict=True))
        held = np.mean(one.held, axis=0)
        cells = (one.name, str(len(one.ours)), f"{np.mean(one.ours):.2f}", f"{np.mean(one.best):.2f}", str(ahead),
                 f"{held[1]:.0f} / {held[2]:.0f}", series_verdict(one))  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def count_table(found: Sequence[Series]) -> str:
    """How many of each kind there are."""
    said = [line.split("|")[4].strip() for line in pattern_table().splitlines()[2:]]
    verdicts = [series_verdict(one) for one in found]
    rows = (
        ("published patterns", said),
        (
            "programmes, by the priors alone",
            [line.split("|")[4].strip() for line in programme_table().splitlines()[2:]],
        ),
        ("hindcasts of series", verdicts),
    )
    lines = ["| | agrees | in part | does not | used as a prior and comes back | nothing to compare |",
             "| --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    for name, kinds in rows:
        starts = (AGREES, IN_PART, DOES_NOT, "used as a prior", "no")
        counts = [sum(kind.startswith(start) for kind in kinds) for start in starts]
        lines.append(f"| {name} | {' | '.join(str(count) for count in counts)} |")
    return "\n".join(lines)


# --- the figure -----------------------------------------------------------------------------------


def title(found: Sequence[Series]) -> str:
    """What the hindcasts say, from their numbers."""
    there = [one for one in found if one.ours]
    better = sum(np.mean(one.ours) < 1.0 for one in there)
    ahead = sum(np.mean(one.ours) <= np.mean(one.best) for one in there)
    return f"Better than no change on {better} of {len(there)} series, than the best trend on {ahead}"


def draw(found: Sequence[Series]) -> Figure:
    """Each series a row, each cut a mark for the model and one for the best of the trends, on a log scale."""
    there = [one for one in found if one.ours]
    height = 1.75 + ROW_INCHES * len(there)
    with theme.style():
        figure = Figure(figsize=(WIDTH, height))
        figure.text(0.15 / WIDTH, 1 - 0.12 / height, title(found), va="top", fontsize=theme.TITLE_SIZE, weight="bold")
        said = "Error of forecasts from each cut, over that of carrying on the last value; left of the line is better"
        figure.text(0.15 / WIDTH, 1 - 0.43 / height, said, va="top", color=theme.QUIET, fontsize=theme.SMALL_SIZE)
        axes = figure.add_axes((LEFT / WIDTH, 0.6 / height, (WIDTH - LEFT - 0.3) / WIDTH, 1 - 1.6 / height))
        for place, one in enumerate(there):
            axes.plot(one.best, [place - 0.16] * len(one.best), "s", color=theme.ORANGE, markersize=6, zorder=3,
                      label="best of four trends" if not place else None)  # fmt: skip
            axes.plot(one.ours, [place + 0.16] * len(one.ours), "o", color=theme.DARK_BLUE, markersize=7, zorder=3,
                      label="the model" if not place else None)  # fmt: skip
        axes.axvline(1.0, color=theme.QUIET, linewidth=1.2)
        axes.set_xscale("log")
        axes.set_xticks([0.1, 0.2, 0.5, 1, 2, 4], ["0.1", "0.2", "0.5", "1", "2", "4"])
        axes.minorticks_off()
        axes.set_yticks(range(len(there)), [one.name for one in there])
        axes.set_ylim(len(there) - 0.5, -0.5)
        axes.set_xlabel("CRPS over that of the last value (log scale)", fontsize=theme.SMALL_SIZE)
        axes.grid(axis="x")
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(length=0)
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False, fontsize=theme.SMALL_SIZE)
    return figure


def numbers(found: Sequence[Series]) -> pd.DataFrame:
    """The numbers of the figure."""
    rows = [(one.name, *cut) for one in found for cut in zip(one.ours, one.best, strict=True)]
    return pd.DataFrame(rows, columns=["series", "model", "best_trend"])


def words(found: Sequence[Series]) -> str:
    """What the figure shows, for those who cannot see it."""
    said = "; ".join(
        f"{one.name}: the model {np.mean(one.ours):.2f}, the best trend {np.mean(one.best):.2f}"
        for one in found
        if one.ours
    )
    return f"{title(found)}. Errors of forecasts over that of carrying on the last value, means over cuts: {said}."


# --- writing --------------------------------------------------------------------------------------


def filled(page: str) -> str:
    """The page with its tables and its figure's words anew."""
    found = read_series()
    picture = f"![{words(found)}](figures/validation.svg)"
    parts = {"counts": count_table(found), "patterns": pattern_table(), "programmes": programme_table(),
             "series": series_table(found), "figure": picture}  # fmt: skip
    for name, text in parts.items():
        page = fit_page.put(page, name, text)
    return page


def main() -> None:
    """Write the page and its figure."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    found = read_series()
    with tempfile.TemporaryDirectory() as name:
        made = writing.write_figure(draw(found), Path(name) / "figure", frame=numbers(found), alt_text=words(found))
        shutil.copyfile(made[0], FIGURE)


if __name__ == "__main__":
    main()

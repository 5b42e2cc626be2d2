"""From an observed series to its XmR chart."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spread import errors
from spread.cli import options, plot_stages, reported

if TYPE_CHECKING:
    from spread.calibration import observed as seen
    from spread.outcomes import process_limits
    from spread.plots import spc


def draw(
    source: Path,
    *,
    out: Path | None = None,
    view: options.View | None = None,
    intervention: str | None = None,
    target: float | None = None,
    better: str | None = None,
    rebase: Sequence[str] = (),
) -> list[Path]:
    """Draw the chart of one series of an ``observed.csv``, or of one that comes with us, and return the files written.

    Raises
    ------
    InputError
        When there is no such series, or it is too short.
    """
    from spread.calibration import series as shipped
    from spread.plots import spc, writing

    file = shipped.resolve(str(source))
    if not file.is_file():
        raise click.UsageError("an XmR chart is drawn from a file of observations: spread plot observed.csv spc")
    series = read(file, view, intervention, target=target, better=better, rebase=rebase)
    figure = spc.plot_spc(series)
    frame, words = spc.tabulate_spc(series), spc.describe_spc(series)
    stem = (out or source.parent / "figures") / plot_stages.stem_of("spc", intervention or source.stem, view)
    return list(writing.write_figure(figure, stem, frame=frame, alt_text=words))


def read(
    source: Path,
    view: options.View | None,
    intervention: str | None,
    *,
    target: float | None = None,
    better: str | None = None,
    rebase: Sequence[str] = (),
) -> "spc.Series":
    """The series asked for: the longest of an intervention and group, the first source of a date counting."""
    from spread.calibration import observed
    from spread.cli import plot_centred
    from spread.plots import spc

    rows = observed.read_observed(source)
    name = _intervention(rows, intervention, source)
    scope = "national" if view is None else view.scope
    mine = [row for row in rows if "+".join(row.interventions) == name and row.scope == scope]
    if not mine:
        there = sorted({row.scope for row in rows if "+".join(row.interventions) == name})
        raise errors.InputError(errors.Fault(f"nothing of {scope} there; known: {', '.join(there)}", str(source)))
    chosen = _longest(mine)
    values = {row.date: row.value for row in reversed(chosen)}
    days = tuple(sorted(values))
    first = chosen[0]
    titles = reported.titles()
    return spc.Series(
        title=" and ".join(titles.get(part, part) for part in first.interventions),
        unit=first.unit or _say_measure(first.measure),
        days=days,
        values=tuple(values[day] for day in days),
        source=_say_source(source, chosen),
        is_share=first.measure.is_share or _is_fraction(values.values(), first.unit),
        better=_better(better, first),
        target=target,
        starts=tuple(plot_centred.parse_day(day, "--rebase") for day in rebase),
    )


def _intervention(rows: "Sequence[seen.Observation]", asked: str | None, source: Path) -> str:
    known = list(dict.fromkeys("+".join(row.interventions) for row in rows))
    if asked in known:
        return str(asked)
    if asked is not None:
        hint = errors.did_you_mean(asked, known) or f"; known: {', '.join(known)}"
        raise errors.InputError(errors.Fault(f"no intervention '{asked}'{hint}", str(source)))
    if len(known) != 1:
        raise errors.InputError(errors.Fault(f"name one with --intervention: {', '.join(known)}", str(source)))
    return known[0]


def _longest(rows: "list[seen.Observation]") -> "list[seen.Observation]":
    """The rows of the measure and unit that is told of most dates; of equals, the first."""
    by_measure: dict[tuple[str, str], list[seen.Observation]] = {}
    for row in rows:
        by_measure.setdefault((str(row.measure), row.unit), []).append(row)
    return max(by_measure.values(), key=lambda own: len({row.date for row in own}))


def _better(asked: str | None, row: "seen.Observation") -> "process_limits.Better | None":
    """The direction of improvement: as asked; shares rise; a rate goes the way its ambition wants, else neither."""
    if asked is not None:
        return {"up": "up", "down": "down"}.get(asked)  # type: ignore[return-value]
    if row.measure.is_share or row.unit.startswith("share"):
        return "up"
    from spread.scenarios import catalogue

    wanted = {
        float(entry["threshold"]) > 0
        for entry in catalogue.ambitions().values()
        if entry.get("measure") == "change" and list(entry["interventions"]) == list(row.interventions)
    }
    return None if len(wanted) != 1 else "up" if wanted.pop() else "down"


def _is_fraction(values: Any, unit: str) -> bool:
    return unit.startswith("share") and all(0 <= value <= 1 for value in values)


def _say_measure(measure: "seen.Measure") -> str:
    words = {
        "at_least": f"share of sites at stage {measure.stage} or beyond",
        "at": f"share of sites at stage {measure.stage}",
        "all_of": f"share of sites with all at stage {measure.stage} or beyond",
        "all_elements": "share of patients with every element",
        "element": f"share of patients with {measure.element}",
    }
    return words.get(measure.kind, "rate")


def _say_source(source: Path, rows: "Sequence[seen.Observation]") -> str:
    import spread

    told = list(dict.fromkeys(row.source for row in rows if row.source))
    first = f"Source: {told[0]}" if told else f"Source: {source.name}"
    more = f", and {len(told) - 1} more" if len(told) > 1 else ""
    return f"{first}{more}. Drawn with spread {spread.__version__}."

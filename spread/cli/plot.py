"""`spread plot`: figures from run folders, as SVG and PNG, with their numbers and words beside them."""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spread import errors
from spread.cli import options, render, timeline

if TYPE_CHECKING:
    import pandas as pd

    from spread.plots import data
    from spread.scenarios import schema

KINDS = ("curves", "ambitions", "bottlenecks", "difference", "dose", "frontier", "targets", "posterior", "timeline")
WHOSE = {
    "by": ("ambitions",),
    "ambition": ("ambitions", "bottlenecks", "difference"),
    "intervention": ("bottlenecks", "timeline"),
    "site": ("timeline",),
    "draw": ("timeline",),
    "replicate": ("timeline",),
}
"""The kinds of figure that each thing one may ask for goes with."""
BETWEEN_TWO = ("difference",)
ANSWERS = {
    "dose": "spread.cli.find:draw_dose",
    "frontier": "spread.cli.find:draw_frontier",
    "targets": "spread.cli.target:draw",
    "posterior": "spread.cli.calibrate:draw",
}
"""Figures of other answers than a run's: what draws one from the folder of the answer."""
LONGEST_STEM = 120


@click.command(
    epilog=options.examples(
        "spread plot results/tracheostomy-standard curves",
        "spread plot results/tracheostomy-standard ambitions --by psc",
        "spread plot results/tracheostomy-standard ambitions --for psc:Wessex",
        "spread plot results/tracheostomy-standard bottlenecks",
        "spread plot results/pews-none results/pews-standard difference",
        "spread plot results/tracheostomy-standard/find-KEY dose",
        "spread plot results/tracheostomy-standard/target-KEY targets",
    )
)
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.argument("kind", type=click.Choice(KINDS))
@options.view
@click.option("--by", type=click.Choice(["psc"]), help="Add a panel of the collaboratives, furthest first (ambitions).")
@click.option("--ambition", metavar="NAME", help="Only this ambition; as a waterfall (bottlenecks).")
@click.option("--intervention", metavar="NAME", help="Only this intervention (bottlenecks, timeline).")
@click.option("--site", multiple=True, metavar="CODE", help="Whose way through the stages, repeatable (timeline).")
@click.option("--draw", type=click.IntRange(min=0), metavar="K", help="In which set of assumptions (timeline).")
@click.option("--replicate", type=click.IntRange(min=0), metavar="R", help="And in which run of it (timeline).")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to; RESULTS/figures unless given.")
def plot(results: tuple[Path, ...], kind: str, view: options.View | None, out: Path | None, **asked: Any) -> None:
    """Draw a figure from a run folder: SVG, PNG, its numbers (CSV) and alt text.

    RESULTS is a run folder, or the folder of a scenario with a single run in it;
    for a difference two of them. Prints the files written.
    """
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None and value != ()}
    _check_asked(given, kind=kind, view=view)
    _check_count(results, kind=kind)
    for path in _draw(results, kind=kind, view=view, out=out, asked=given):
        render.print_text(str(path))


def _draw(
    results: Sequence[Path], *, kind: str, view: options.View | None, out: Path | None, asked: Mapping[str, Any]
) -> list[Path]:
    """Draw a figure of whatever kind and return the files written."""
    if kind == "timeline":
        return timeline.draw_run(find_run(results[0]), out=out, **asked)
    if kind in ANSWERS:
        module, _, name = ANSWERS[kind].partition(":")
        drawn: list[Path] = getattr(importlib.import_module(module), name)(results[0], out=out)
        return drawn
    if kind in BETWEEN_TWO:
        one, other = map(find_run, results)
        return draw_difference(one, other, view=_coded(view), out=out, **asked)
    return draw(find_run(results[0]), kind=kind, view=_coded(view), out=out, **asked)


def _check_asked(asked: Mapping[str, str], *, kind: str, view: options.View | None) -> None:
    """Make sure a figure can show what is asked of it.

    Raises
    ------
    click.UsageError
    """
    for name in asked:
        if kind not in WHOSE[name]:
            raise click.UsageError(f"--{name} goes with 'plot RESULTS {' | '.join(WHOSE[name])}'")
    if "ambition" in asked and "intervention" in asked:
        raise click.UsageError("an --ambition has interventions of its own; leave --intervention out")
    if "by" in asked and view not in (None, options.View()):
        raise click.UsageError("--by psc shows every collaborative; leave --for out")


def _check_count(results: Sequence[Path], *, kind: str) -> None:
    """Make sure that a figure is drawn from as many runs as it takes.

    Raises
    ------
    click.UsageError
    """
    count = 2 if kind in BETWEEN_TWO else 1
    if len(results) != count:
        wanted = "two runs: RESULTS RESULTS" if count == 2 else "one run: RESULTS"
        raise click.UsageError(f"'{kind}' is drawn from {wanted} {kind}")


def find_run(folder: Path) -> Path:
    """The run folder meant: this one, or the only one in it.

    Raises
    ------
    InputError
        When there is none, or more than one to choose from.
    """
    if (folder / "manifest.json").is_file():
        return folder
    runs = sorted(path.parent for path in folder.glob("*/manifest.json"))
    if len(runs) == 1:
        return runs[0]
    if not runs:
        raise errors.InputError(errors.Fault("no finished run here (no manifest.json)", str(folder)))
    found = ", ".join(run.name for run in runs)
    raise errors.InputError(errors.Fault(f"holds {len(runs)} runs; name one of them: {found}", str(folder)))


def draw(
    folder: Path,
    *,
    kind: str,
    view: options.View,
    out: Path | None = None,
    tables: "data.PlotData | None" = None,
    **asked: str,
) -> list[Path]:
    """Draw one figure of a run and return the files written.

    Parameters
    ----------
    folder
        A finished run.
    kind
        One of `KINDS`.
    view
        Whom it is for; a collaborative by its code.
    out
        Another place than the run's own ``figures``.
    tables
        What it is drawn from; the folder's own unless given.
    asked
        What a kind of figure takes besides (`WHOSE`).
    """
    from spread.plots import data, writing

    # What keeps an ambition from being met, step by step, is a figure of its own.
    name = "missed" if kind == "bottlenecks" and "ambition" in asked else kind
    figure = load(name)
    found = data.load(folder, group_names=_group_names()) if tables is None else tables
    whose = {"group": (view.group_kind, view.group), **asked}
    drawn = getattr(figure, f"plot_{name}")(found, **whose)
    frame = getattr(figure, f"tabulate_{name}")(found, **whose)
    words = getattr(figure, f"describe_{name}")(found, **whose)
    stem = (out or folder / "figures") / _stem(kind, view, asked)
    return list(writing.write_figure(drawn, stem, frame=frame, alt_text=words))


def draw_difference(
    one: Path, other: Path, *, view: options.View, ambition: str | None = None, out: Path | None = None
) -> list[Path]:
    """Draw what sets two runs apart, into the folder of the other unless told otherwise; the files written.

    Raises
    ------
    InputError
        When the runs cannot be compared, or do not count what is asked for.
    """
    from spread.decisions import sides
    from spread.plots import data, difference, writing

    plans = sides.named_apart([sides.of_folder(folder) for folder in (one, other)])
    sides.check_comparable(plans)
    first, second = (data.load(folder, group_names=_group_names()) for folder in (one, other))
    group = (view.group_kind, view.group)
    drawn = difference.plot_difference(first, second, ambition=ambition, group=group)
    frame = difference.tabulate_difference(first, second, ambition=ambition, group=group)
    words = difference.describe_difference(first, second, ambition=ambition, group=group)
    asked = {"ambition": ambition} if ambition else {}
    stem = (out or other / "figures") / _stem(f"difference-from-{plans[0].name}", view, asked)
    return list(writing.write_figure(drawn, stem, frame=frame, alt_text=words))


def load(kind: str) -> Any:
    """The module of a figure, with everything that drawing it takes."""
    importlib.import_module("spread.plots.writing")
    return importlib.import_module(f"spread.plots.{kind}")


def tables_in_memory(
    scenario: "schema.Scenario", tables: "Mapping[str, pd.DataFrame]", manifest: Mapping[str, Any]
) -> "data.PlotData":
    """What a figure is drawn from, before it is in a folder."""
    from spread.plots import data

    return data.from_frames(
        summary=tables["summary"],
        ambitions=tables["ambitions"],
        exceedance=tables["exceedance"],
        bottlenecks=tables["bottlenecks"],
        scenario=scenario.model_dump(mode="json", by_alias=True),
        manifest=manifest,
        group_names=_group_names(),
    )


def _group_names() -> dict[str, str]:
    from spread.scenarios import catalogue

    return {code: entry["name"] for code, entry in catalogue.pscs().items()}


def is_drawn(folder: Path, *, kind: str, view: options.View) -> bool:
    """Whether a figure of a run is there already."""
    return (folder / "figures" / f"{_stem(kind, view, {})}.svg").is_file()


def _stem(kind: str, view: options.View, asked: Mapping[str, str]) -> str:
    """A file name that says what the figure shows, without an ending."""
    parts = [kind, asked.get("ambition", ""), asked.get("intervention", "")]
    parts += ["by", asked["by"]] if "by" in asked else []
    parts += [view.group_kind, view.group] if view.group_kind != "national" else []
    safe = ("".join(letter if letter.isalnum() or letter == "_" else "-" for letter in part) for part in parts if part)
    return "-".join(safe)[:LONGEST_STEM]


def _coded(view: options.View | None) -> options.View:
    """The view with a collaborative's name made its code; unknown names are left for the tables to refuse."""
    from spread.scenarios import names

    if view is None:
        return options.View()
    if view.group_kind != "psc":
        return view
    return options.View("psc", names.psc_code(view.group) or view.group)

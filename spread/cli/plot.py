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

KINDS = (
    "curves", "ambitions", "exceedance", "collaboratives", "map", "bottlenecks", "difference", "dose", "frontier",
    "targets", "posterior", "timeline", "stages", "progression", "centred", "network", "spc",
)  # fmt: skip
WHOSE = {
    "by": ("ambitions", "curves", "collaboratives"),
    "ambition": ("ambitions", "exceedance", "collaboratives", "map", "bottlenecks", "difference"),
    "intervention": (
        "curves",
        "collaboratives",
        "map",
        "bottlenecks",
        "timeline",
        "stages",
        "progression",
        "centred",
        "network",
        "spc",
    ),
    "date": ("centred",),
    "target": ("spc",),
    "better": ("spc",),
    "rebase": ("spc",),
    "observed": ("curves",),
    "rivals": ("curves",),
    "site": ("timeline",),
    "draw": ("timeline", "progression"),
    "replicate": ("timeline", "progression"),
}
"""The kinds of figure that each thing one may ask for goes with."""
BETWEEN_TWO = ("difference",)
OF_SEVERAL = ("curves",)
"""Figures that runs may share, each with a line of its own."""
OF_EVERYBODY = ("collaboratives", "map")
GROUPS = ("psc", "setting", "imd_fifth", "nhs_region")
MODULES = {"map": "tile_map"}
"""Figures whose module has another name."""
ANSWERS = {
    "dose": "spread.cli.find:draw_dose",
    "frontier": "spread.cli.find:draw_frontier",
    "targets": "spread.cli.target:draw",
    "posterior": "spread.cli.calibrate:draw",
    "stages": "spread.cli.plot_stages:draw",
    "progression": "spread.cli.plot_progression:draw",
    "centred": "spread.cli.plot_centred:draw",
    "network": "spread.cli.plot_network:draw",
    "spc": "spread.cli.plot_spc:draw",
}
"""Figures of other answers than a run's: what draws one from the folder of the answer."""
TOLD_WHOM = ("stages", "progression", "centred", "network", "spc")
"""Those of them that take a view and what else is asked for; all but stages and network may be drawn from a file."""
LONGEST_STEM = 120


def _check_kind(context: click.Context, argument: click.Parameter, text: str) -> str:
    """Tell in full only where no kind is near: there are many, and an argument's choices would all be in its name."""
    if text in KINDS:
        return text
    hint = errors.did_you_mean(text, KINDS) or f"; there are {', '.join(KINDS)}"
    said = f"'{text}' is no kind of figure, which comes last, after the run{hint}"
    raise click.BadParameter(said, ctx=context, param=argument)


def _complete_kind(_context: click.Context, _argument: click.Parameter, begun: str) -> list[str]:
    return [kind for kind in KINDS if kind.startswith(begun)]


@click.command(
    epilog=options.examples(
        "spread plot results/tracheostomy-standard curves",
        "spread plot results/tracheostomy-standard ambitions --by psc",
        "spread plot results/tracheostomy-standard ambitions --for psc:Wessex",
        "spread plot results/tracheostomy-standard curves --by setting",
        "spread plot results/tracheostomy-standard curves --observed seen.csv",
        "spread plot results/tracheostomy-light results/tracheostomy-standard curves",
        "spread plot results/tracheostomy-standard exceedance",
        "spread plot results/tracheostomy-standard collaboratives",
        "spread plot results/tracheostomy-standard map",
        "spread plot results/tracheostomy-standard bottlenecks",
        "spread plot results/pews-none results/pews-standard difference",
        "spread plot results/tracheostomy-standard stages",
        "spread plot results/pews-standard progression --intervention pews_national",
        "spread plot q3.csv progression --intervention pews_national --for psc:YH",
        "spread plot q3.csv centred --date '2022/23 Q2'",
        "spread plot results/pews-standard network",
        "spread plot observed.csv spc --intervention methotrexate_10mg",
        "spread plot results/tracheostomy-standard/find-KEY dose",
        "spread plot results/tracheostomy-standard/target-KEY targets",
    )
)
@click.argument("results", nargs=-1, metavar="RESULTS...", type=click.Path(path_type=Path))
@click.argument("kind", metavar="KIND", callback=_check_kind, shell_complete=_complete_kind)
@options.view
@click.option("--by", type=click.Choice(GROUPS), help="A panel for each (curves); the collaboratives (ambitions: psc).")
@click.option("--ambition", metavar="NAME", help="Only this ambition; as a waterfall (bottlenecks).")
@click.option("--intervention", metavar="NAME", help="Only this intervention (curves, map, bottlenecks, timeline).")
@click.option(
    "--observed", multiple=True, metavar="FILE", help="Add what was observed: observed.csv, a return (curves)."
)
@click.option("--rivals", is_flag=True, default=None, help="Add simple forecasts from what was observed (curves).")
@click.option("--site", multiple=True, metavar="CODE", help="Whose way through the stages, repeatable (timeline).")
@click.option("--draw", type=click.IntRange(min=0), metavar="K", help="In which set of assumptions (timeline).")
@click.option("--replicate", type=click.IntRange(min=0), metavar="R", help="And in which run of it (timeline).")
@click.option("--date", metavar="DATE", help="On this day or in this quarter; the deadline unless given (centred).")
@click.option("--target", type=float, metavar="VALUE", help="A target as a value: 0.9, not 90 (spc).")
@click.option("--better", type=click.Choice(["up", "down", "neither"]), help="The direction of improvement (spc).")
@click.option("--rebase", multiple=True, metavar="DATE", help="Begin the limits anew from this day, repeatable (spc).")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to; RESULTS/figures unless given.")
def plot(results: tuple[Path, ...], kind: str, view: options.View | None, out: Path | None, **asked: Any) -> None:
    """Draw a figure from a run folder: SVG, PNG, its numbers (CSV) and alt text.

    RESULTS is a run folder, or the folder of a scenario with a single run in it;
    for a difference two of them, for curves one or several; for progression and
    centred also a quarterly return or stages.csv, for spc an observed.csv. Prints
    the files written.

    KIND is curves, ambitions, exceedance, collaboratives, map, bottlenecks,
    difference, dose, frontier, targets, posterior, timeline, stages, progression,
    centred, network or spc.
    """
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None and value != ()}
    _check_asked(given, kind=kind, view=view)
    _check_count(results, kind=kind, asked=given)
    for path in _draw(results, kind=kind, view=view, out=out, asked=given):
        render.print_text(str(path))


def _draw(
    results: Sequence[Path], *, kind: str, view: options.View | None, out: Path | None, asked: Mapping[str, Any]
) -> list[Path]:
    """Draw a figure of whatever kind and return the files written."""
    from spread.runs import listing

    if kind == "timeline":
        return timeline.draw_run(listing.find_run(str(results[0])), out=out, **asked)
    if kind in ANSWERS:
        module, _, name = ANSWERS[kind].partition(":")
        whose = {"view": _coded(view), **asked} if kind in TOLD_WHOM else {}
        drawn: list[Path] = getattr(importlib.import_module(module), name)(results[0], out=out, **whose)
        return drawn
    folders = [listing.find_run(str(folder)) for folder in results]
    if kind in BETWEEN_TWO:
        return draw_difference(*folders, view=_coded(view), out=out, **asked)
    if len(folders) > 1 or "observed" in asked:
        from spread.cli import plot_curves  # which draws with what is here

    if len(folders) > 1:
        return plot_curves.draw_overlay(folders, view=_coded(view), out=out, **asked)
    if "observed" in asked:
        return plot_curves.draw_beside_observed(folders[0], view=_coded(view), out=out, **asked)
    return draw(folders[0], kind=kind, view=_coded(view), out=out, **asked)


def _check_asked(asked: Mapping[str, Any], *, kind: str, view: options.View | None) -> None:
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
    if kind == "ambitions" and asked.get("by", "psc") != "psc":
        raise click.UsageError("ambitions are assessed by psc; for others see 'plot RESULTS curves --by'")
    if ("by" in asked or kind in OF_EVERYBODY) and view not in (None, options.View()):
        shown = f"--by {asked['by']}" if "by" in asked else kind
        raise click.UsageError(f"{shown} shows every group; leave --for out")
    if "rivals" in asked and "observed" not in asked:
        raise click.UsageError("--rivals forecast from what was observed; give it with --observed FILE")
    if "observed" in asked and "by" in asked:
        raise click.UsageError("what was observed is drawn in one panel; leave --by out")


def _check_count(results: Sequence[Path], *, kind: str, asked: Mapping[str, Any]) -> None:
    """Make sure that a figure is drawn from as many runs as it takes.

    Raises
    ------
    click.UsageError
    """
    count = 2 if kind in BETWEEN_TWO else 1
    if kind in OF_SEVERAL and len(results) > 1:
        alone = [name for name in ("by", "rivals") if name in asked]
        if alone:
            raise click.UsageError(f"--{alone[0]} goes with one run; several share a panel")
    elif len(results) != count:
        wanted = "two runs: RESULTS RESULTS" if count == 2 else "one run: RESULTS"
        raise click.UsageError(f"'{kind}' is drawn from {wanted} {kind}")


def draw(
    folder: Path,
    *,
    kind: str,
    view: options.View,
    out: Path | None = None,
    tables: "data.PlotData | None" = None,
    **asked: Any,
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

    name = _figure_of(kind, asked)
    figure = load(name)
    found = data.load(folder, group_names=group_names()) if tables is None else tables
    whose = {"group": (view.group_kind, view.group), **asked}
    drawn = getattr(figure, f"plot_{name}")(found, **whose)
    frame = getattr(figure, f"tabulate_{name}")(found, **whose)
    words = getattr(figure, f"describe_{name}")(found, **whose)
    stem = (out or folder / "figures") / stem_of(kind, view, asked)
    return list(writing.write_figure(drawn, stem, frame=frame, alt_text=words))


def _figure_of(kind: str, asked: Mapping[str, Any]) -> str:
    """The module of a figure: some of what may be asked makes it one of its own."""
    if kind == "bottlenecks" and "ambition" in asked:
        return "missed"
    if kind == "curves" and "by" in asked:
        return "collaboratives"
    return MODULES.get(kind, kind)


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
    first, second = (data.load(folder, group_names=group_names()) for folder in (one, other))
    group = (view.group_kind, view.group)
    drawn = difference.plot_difference(first, second, ambition=ambition, group=group)
    frame = difference.tabulate_difference(first, second, ambition=ambition, group=group)
    words = difference.describe_difference(first, second, ambition=ambition, group=group)
    asked = {"ambition": ambition} if ambition else {}
    stem = (out or other / "figures") / stem_of(f"difference-from-{plans[0].name}", view, asked)
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
        group_names=group_names(),
    )


def group_names() -> dict[str, str]:
    """What readers call each collaborative, by its code."""
    from spread.scenarios import catalogue

    return {code: entry["name"] for code, entry in catalogue.pscs().items()}


def is_drawn(folder: Path, *, kind: str, view: options.View) -> bool:
    """Whether a figure of a run is there already."""
    return (folder / "figures" / f"{stem_of(kind, view, {})}.svg").is_file()


def stem_of(kind: str, view: options.View, asked: Mapping[str, Any]) -> str:
    """A file name that says what the figure shows, without an ending."""
    parts = [kind, asked.get("ambition", ""), asked.get("intervention", "")]
    parts += ["by", asked["by"]] if "by" in asked else []
    parts += [name for name in ("observed", "rivals") if name in asked]
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

"""`spread plot`: figures from a run folder, as SVG and PNG, with their numbers and words beside them."""

import importlib
from pathlib import Path

import click

from spread import errors
from spread.cli import options, render

KINDS = ("curves", "ambitions")


@click.command(
    epilog=options.examples(
        "spread plot results/tracheostomy-standard curves",
        "spread plot results/tracheostomy-standard ambitions --for psc:Wessex",
    )
)
@click.argument("results", type=click.Path(path_type=Path))
@click.argument("kind", type=click.Choice(KINDS))
@options.view
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to; RESULTS/figures unless given.")
def plot(results: Path, kind: str, view: options.View | None, out: Path | None) -> None:
    """Draw a figure from a run folder: SVG, PNG, its numbers (CSV) and alt text.

    RESULTS is a run folder, or the folder of a scenario with a single run in it.
    Prints the files written.
    """
    folder = find_run(results)
    for path in draw(folder, kind=kind, view=_coded(view), out=out):
        render.print_text(str(path))


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


def draw(folder: Path, *, kind: str, view: options.View, out: Path | None = None) -> list[Path]:
    """Draw one figure of a run and return the files written.

    Parameters
    ----------
    folder
        A finished run.
    kind
        ``curves`` or ``ambitions``.
    view
        Whom it is for; a collaborative by its code.
    out
        Another place than the run's own ``figures``.
    """
    from spread.plots import data, writing
    from spread.scenarios import catalogue

    figure = importlib.import_module(f"spread.plots.{kind}")
    tables = data.load(folder, group_names={code: entry["name"] for code, entry in catalogue.pscs().items()})
    whose = {"group": (view.group_kind, view.group), "for_label": "England" if view == options.View() else None}
    drawn = getattr(figure, f"plot_{kind}")(tables, **whose)
    frame = getattr(figure, f"tabulate_{kind}")(tables, **whose)
    words = getattr(figure, f"describe_{kind}")(tables, **whose)
    stem = (out or folder / "figures") / _stem(kind, view)
    return list(writing.write_figure(drawn, stem, frame=frame, alt_text=words))


def _stem(kind: str, view: options.View) -> str:
    if view.group_kind == "national":
        return kind
    safe = "".join(letter if letter.isalnum() else "-" for letter in view.group)
    return f"{kind}-{view.group_kind}-{safe}"


def _coded(view: options.View | None) -> options.View:
    """The view with a collaborative's name made its code; unknown names are left for the tables to refuse."""
    from spread.scenarios import names

    if view is None:
        return options.View()
    if view.group_kind != "psc":
        return view
    return options.View("psc", names.psc_code(view.group) or view.group)

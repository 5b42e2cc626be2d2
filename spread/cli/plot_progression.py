"""Progression of a return, or of one simulated history of a run, to its figures: a page, or one per collaborative."""

from pathlib import Path
from typing import TYPE_CHECKING

from spread import errors
from spread.cli import options, plot_stages, reported, source

if TYPE_CHECKING:
    from spread.plots import progression

MANAGEMENT = "For management use: organisations are named as recorded."


def draw(
    given: Path,
    *,
    out: Path | None = None,
    view: options.View | None = None,
    intervention: str | None = None,
    draw: int | None = None,
    replicate: int | None = None,
) -> list[Path]:
    """Draw the pages, and return the files written.

    Raises
    ------
    InputError
        When nobody reported, or it is not clear on what.
    """
    from spread.plots import progression, writing

    psc = _psc_of(view)
    if given.is_file():
        whole, folder = of_return(given, intervention, psc), out or given.parent / "figures"
    else:
        from spread.runs import listing

        run = listing.find_run(str(given))
        whole, folder = of_run(run, intervention, psc, draw=draw, replicate=replicate), out or run / "figures"
    pages = progression.split_pages(whole[1])
    stems = [_stem(whole[0], page, psc, numbered=False) for page in pages]
    written: list[Path] = []
    for page, plain in zip(pages, stems, strict=True):
        figure = progression.plot_progression(page)
        frame, words = progression.tabulate_progression(page), progression.describe_progression(page)
        stem = folder / _stem(whole[0], page, psc, numbered=stems.count(plain) > 1)
        written += writing.write_figure(figure, stem, frame=frame, alt_text=words)
    return written


def of_return(source: Path, intervention: str | None, psc: str | None) -> "tuple[str, progression.Progress]":
    """What a return says of one component, everywhere or in one collaborative."""
    from spread.plots import progression

    reports = reported.read(source)
    name = reported.choose_intervention(reports, intervention, str(source))
    mine = reports[reports["intervention"] == name]
    mine = mine if psc is None else reported.of_psc(mine, psc, str(source))
    by_site = mine["key"].str.contains(" / ", regex=False).any()
    return name, progression.Progress(
        title=reported.titles().get(name, name), reports=mine, noun="sites" if by_site else "organisations",
        source=f"{reported.say_file(source)}. {MANAGEMENT}",
    )  # fmt: skip


def of_run(
    run: Path, intervention: str | None, psc: str | None, *, draw: int | None, replicate: int | None
) -> "tuple[str, progression.Progress]":
    """One history of a run, simulated again: the one in the middle unless another is asked for."""
    from spread.cli import trace as tracing
    from spread.plots import progression

    given = source.read(str(run))
    scenario = given.scenario
    known = list(scenario.interventions)
    if intervention is not None and intervention not in known:
        hint = errors.did_you_mean(intervention, known) or f"; known: {', '.join(known)}"
        raise errors.InputError(errors.Fault(f"no intervention '{intervention}'{hint}", str(run)))
    if intervention is None and len(known) > 1:
        raise errors.InputError(errors.Fault(f"name one with --intervention: {', '.join(known)}", str(run)))
    name = intervention or known[0]
    middle = reported.middle_run(run, [name], "national" if psc is None else f"psc:{psc}")
    chosen = {
        "draw": middle[0] if draw is None else draw,
        "replicate": (middle[1] if draw is None else 0) if replicate is None else replicate,
        "sites": (),
        "interventions": (),
    }
    found = tracing.run(given, chosen, quiet=True)
    reports = reported.of_run(found)
    mine = reports[reports["intervention"] == name]
    mine = mine if psc is None else reported.of_psc(mine, psc, str(run))
    which = "The run in the middle of all. " if draw is None and replicate is None else ""
    return name, progression.Progress(
        title=scenario.interventions[name].title, reports=mine, noun="sites",
        source=f"{reported.say_run(found)} {which}Sites by their codes; for management use.",
    )  # fmt: skip


def _psc_of(view: options.View | None) -> str | None:
    if view is None or view.group_kind == "national":
        return None
    if view.group_kind != "psc":
        raise errors.InputError(errors.Fault("progression is shown of a collaborative: psc:YH", f"--for {view.scope}"))
    return view.group


def _stem(name: str, page: "progression.Progress", psc: str | None, *, numbered: bool) -> str:
    """A file name that says whose page it is, and which where there are several."""
    codes = list(dict.fromkeys(page.reports["psc"]))
    whose = codes[0] if len(codes) == 1 and (psc is not None or page.pages > 1) else None
    stem = plot_stages.stem_of("progression", name, options.View("psc", whose) if whose else None)
    return f"{stem}-{page.page}" if numbered else stem

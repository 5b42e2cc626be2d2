"""`spread report`: one self-contained page, or slides, from the folders of runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spread.cli import brief, decking, options, render

if TYPE_CHECKING:
    from spread.report import content

PAGE, SLIDES = ".html", ".pptx"


@click.command(
    epilog=options.examples(
        "spread report results/tracheostomy-standard -o report.html",
        "spread report results/pews-standard results/pews-none -o report.html",
        "spread report results/pews-standard --for psc:Wessex -o wessex.html",
        "spread report results/pews-standard -o slides.pptx --slides 12",
        "spread report results/pews-standard -o decks/pews.pptx --each psc",
    )
)
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="An .html or .pptx file."
)
@options.view
@click.option("--name-sites", is_flag=True, help="Name single sites, for management use.")
@click.option(
    "--template", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="A .pptx whose look the slides take.",
)  # fmt: skip
@click.option("--slides", type=click.IntRange(min=1), metavar="N", help="The most slides there may be.")
@click.option(
    "--each", type=click.Choice(["psc"]), help="A deck for every collaborative, beside FILE and named after it."
)
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
@options.talk
def report(
    results: tuple[Path, ...],
    output: Path,
    view: options.View | None,
    name_sites: bool,
    template: Path | None,
    slides: int | None,
    each: str | None,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Write a report a manager can open offline, as a page or as slides.

    RESULTS are run folders, or folders of scenarios with a single run in them.
    The report is about the first; the others are compared with it. Answers of
    find, target, sensitivity, calibrate and hindcast kept beside it are told.
    """
    from spread.report import gathering

    brief.check_place(output, (PAGE, SLIDES), force=force or each is not None)
    if output.suffix.lower() == PAGE and (template, slides, each) != (None, None, None):
        raise click.UsageError("--template, --slides and --each go with a .pptx file")
    if each is not None and view is not None:
        raise click.UsageError("--each psc makes a deck for every collaborative; leave --for out")
    if output.suffix.lower() == SLIDES:
        _require_slides()
    if each is not None:
        decking.write_each(results, output, template=template, slides=slides, name_sites=name_sites,
                           force=force, quiet=quiet)  # fmt: skip
        return
    scope = brief.scope_of(results[0], view)
    told = gathering.gather(results, scope=scope, name_sites=name_sites)
    content = _rendered(told, output, template, slides)
    brief.write(output, content)
    render.say(f"Wrote {output} ({len(content) / 1e6:.1f} MB)", quiet=quiet)


def _require_slides() -> None:
    """Make sure slides can be made, before anything is gathered.

    Raises
    ------
    MissingExtra
    """
    from spread.report import deck

    deck.require()


def _rendered(told: "content.Report", output: Path, template: Path | None, slides: int | None) -> bytes:
    if output.suffix.lower() == PAGE:
        from spread.report import html

        return html.render(told).encode()
    from spread.report import deck

    return deck.deck_bytes(told, template=template, slides=slides)

"""`spread brief`: six sentences for a director, on the screen, as Markdown or as a Word document."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spread import errors
from spread.cli import options, render

if TYPE_CHECKING:
    from spread.report import content, folders

ENDINGS = (".md", ".docx")


@click.command(
    epilog=options.examples(
        "spread brief results/tracheostomy-standard",
        "spread brief results/pews-standard --for psc:Wessex",
        "spread brief results/pews-october -o brief.docx",
    )
)
@click.argument("results", type=click.Path(path_type=Path))
@options.view
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="A .md or .docx file.")
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
@options.talk
def brief(
    results: Path, view: options.View | None, output: Path | None, force: bool, quiet: bool, verbose: bool
) -> None:
    """Say in six sentences where a programme stands and what would help.

    RESULTS is a run folder, or the folder of a scenario with a single run in it.
    Of each ambition: where we are, where we are heading, the chance, the pace
    needed, who is furthest behind and why, what would help and what cannot be
    said. Answers of find and target kept beside the run are used.
    """
    from spread.report import briefing, gathering

    if output is not None:
        check_place(output, ENDINGS, force=force)
    scope = scope_of(results, view)
    run, told = gathering.brief(results, scope=scope)
    if output is None:
        _print(run, told)
        return
    text = briefing.as_markdown(run, told).encode() if output.suffix == ".md" else briefing.as_docx(run, told)
    write(output, text)
    render.say(f"Wrote {output}", quiet=quiet)


def check_place(output: Path, endings: Sequence[str], *, force: bool) -> None:
    """Make sure a file may be written before any time is spent on it.

    Raises
    ------
    InputError
        When its ending is none we write, or it is there already.
    """
    if output.suffix.lower() not in endings:
        raise errors.InputError(errors.Fault(f"should end in {' or '.join(endings)}", f"--output {output}"))
    if output.exists() and not force:
        raise errors.InputError(errors.Fault("is already there; use --force to replace it", str(output)))


def scope_of(results: Path, view: options.View | None) -> str:
    """Whom it is for, as tables write it: everyone, or a collaborative.

    Raises
    ------
    InputError
        When the world has no such collaborative, or the group is none.
    """
    from spread.cli import answer
    from spread.runs import listing, store
    from spread.scenarios import reading

    if view is None or view == options.View():
        return options.View().scope
    if view.group_kind != "psc":
        message = "chances are assessed for all sites and for collaboratives, such as psc:Wessex"
        raise errors.InputError(errors.Fault(message, f"--for {view.scope}"))
    scenario = reading.read_scenario(listing.find_run(str(results)) / store.SCENARIO)
    return answer.resolve_view(scenario, view).scope


def write(output: Path, content: bytes) -> None:
    """Write a file whole.

    Raises
    ------
    MachineError
    """
    from spread import files

    files.put(output, content)


def _print(run: "folders.Run", told: "Sequence[content.Answer]") -> None:
    from spread.plots import theme
    from spread.report import briefing

    basis, title, place = (render.wrap(theme.clean_text(text)) for text in briefing.heading(run, told))
    render.print_text(f"{basis}\n\n{title}\n{place}")
    for answer in told:
        render.print_text("\n" + render.wrap(theme.clean_text(answer.title)))
        for number, text in enumerate(answer.brief.sentences, start=1):
            render.print_text(render.wrap(f"{number}. {theme.clean_text(text)}".replace("\N{NO-BREAK SPACE}", " ")))

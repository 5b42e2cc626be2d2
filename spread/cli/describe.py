"""`spread describe`: the parts of ODD, STRESS and an assumptions log that belong to one scenario or run."""

from pathlib import Path

import click

from spread.cli import brief, options, render

ENDINGS = (".md", ".json")
FORMS = {".md": "markdown", ".json": "json"}


@click.command(
    epilog=options.examples(
        "spread describe scenarios/tracheostomy/standard.toml --odd",
        "spread describe results/tracheostomy-standard -o describe.md",
    )
)
@click.argument("which", metavar="SCENARIO")
@click.option("--odd", is_flag=True, help="What ODD asks.")
@click.option("--stress", is_flag=True, help="What STRESS asks.")
@click.option("--assumptions", is_flag=True, help="The assumptions and the data.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="A .md or .json file.")
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
@click.option(
    "--format", "form", type=click.Choice(["markdown", "json"]), help="How to write; markdown, or as FILE ends."
)
@click.option("-q", "--quiet", is_flag=True, help="No talk.")
def describe(
    which: str,
    odd: bool,
    stress: bool,
    assumptions: bool,
    output: Path | None,
    force: bool,
    form: str | None,
    quiet: bool,
) -> None:
    """Fill in ODD, STRESS and an assumptions log for a scenario or run.

    SCENARIO is a scenario file, a name from the catalogue, or a run folder. All
    three are written unless some are named. What only a person can say is marked.
    """
    from spread.report import described, describing, subjects

    if output is not None:
        brief.check_place(output, ENDINGS, force=force)
        of_ending = FORMS[output.suffix.lower()]
        if form not in (None, of_ending):
            raise click.UsageError(f"{output.name} is for {of_ending}, and --format says {form}")
        form = of_ending
    asked = {"odd": odd, "stress": stress, "assumptions": assumptions}
    standards = [name for name, is_asked in asked.items() if is_asked or not any(asked.values())]
    subject = subjects.read_run(which) if Path(which).is_dir() else subjects.read_scenario(which)
    told = describing.describe(subject, standards)
    text = described.as_json(told) if form == "json" else described.as_markdown(told)
    if output is None:
        render.print_text(text)
        return
    brief.write(output, text.encode())
    render.say(f"Wrote {output}", quiet=quiet)

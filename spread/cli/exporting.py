"""`spread results export` and `spread results bundle`: a run's tables as files for others."""

from pathlib import Path

import click

from spread.cli import options, render


@click.command(
    "export",
    epilog=options.examples(
        "spread results export results/tracheostomy-standard -o tables.xlsx",
        "spread results export 9307b8 -o tables.xlsx --contact 'team@example.org'",
    ),
)
@click.argument("which", metavar="RUN")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="An .xlsx file.")
@click.option("--name-sites", is_flag=True, help="Add the table of named sites, for management use.")
@click.option("--contact", default="", metavar="TEXT", help="Whom to ask, for the cover.")
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
@options.talk
def export_run(
    which: str, output: Path, name_sites: bool, contact: str, force: bool, quiet: bool, verbose: bool
) -> None:
    """Write a run's tables as an accessible workbook.

    RUN is a run folder, or the first digits of its key. The workbook follows
    the Government Analysis Function's checklist for spreadsheets.
    """
    from spread.report import export
    from spread.runs import listing

    export.check_place(output, export.ENDING, force=force)
    folder = listing.find_run(which)
    count = export.write_workbook(folder, output, name_sites=name_sites, contact=contact, force=force)
    render.say(f"Wrote {output}: {count} tables", quiet=quiet)


@click.command(
    "bundle",
    epilog=options.examples(
        "spread results bundle results/pews-none results/pews-standard -o bundle.zip",
        "spread results bundle results/pews-standard -o bundle.zip --anonymise",
    ),
)
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="A .zip file.")
@click.option("--anonymise", is_flag=True, help="No names of sites or organisations; small numbers hidden.")
@click.option(
    "--threshold", type=click.IntRange(min=2), metavar="N",
    help="Hide what stands for fewer sites than this; 5 unless given.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
@options.talk
def bundle_runs(
    runs: tuple[str, ...],
    output: Path,
    anonymise: bool,
    threshold: int | None,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Put runs into one zip file for publication.

    Each RUN is a run folder, or the first digits of its key. The bundle has
    their tables, scenarios and manifests, how to make them again, and checksums.
    """
    from spread.report import bundle, disclosure, export
    from spread.runs import listing

    if threshold is not None and not anonymise:
        raise click.UsageError("--threshold goes with --anonymise")
    export.check_place(output, bundle.ENDING, force=force)
    folders = list(dict.fromkeys(listing.find_run(which) for which in runs))
    names = bundle.write_bundle(folders, output, anonymise=anonymise, least=threshold or disclosure.USUAL_LEAST)
    render.say(f"Wrote {output}: {len(names)} files", quiet=quiet)

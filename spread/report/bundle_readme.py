"""The README of a bundle: what is in it, how to make it again, and what was done so that nobody can be recognised."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spread.report import disclosure
from spread.runs import store

if TYPE_CHECKING:
    from spread.report import anonymous

USE = """\
These are results of a simulation of how improvements spread through the NHS, not counts of what happened. They are for
weighing plans against each other, not for judging a site, a trust or a person.
"""
CHECK = """\
## Are the files whole?

    sha256sum --check SHA256SUMS
"""
WHAT = {
    "ambitions.csv": "the chance that each ambition is met by its deadline, in England and by collaborative",
    "summary.csv": "projected shares of sites by date, intervention and group",
    "exceedance.csv": "chances of other targets, by date",
    "joint.csv": "how many ambitions are met together",
    "bottlenecks.csv": "what sites that are not in use are waiting for",
    "reach.csv": "what regional support adds",
    "gaps.csv": "the gap between the most and the least deprived fifth of sites",
    "costs.csv": "what the plan takes",
    "sites.parquet": "where each site stands, and in which runs it was in use by the deadline",
    "adoption.parquet": "sites at each stage, for every run, date, intervention and group",
    "run_values.parquet": "the value of each ambition in every run",
    "parameters.parquet": "the assumptions of every parameter set",
    "events.parquet": "everything that happened in every run",
    "headline.json": "ambitions and joint chances for programs",
    "scenario.toml": "the scenario with every default written out; it can be run as it is",
    "manifest.json": "how the run was made: versions, seed, size",
}


def plain(places: Sequence[str], runs: Sequence[store.StoredRun]) -> str:
    """The README of a bundle in which nothing is hidden."""
    parts = ["# Results of spread\n", USE, "Sites are named in some of these files.\n", "## What is here\n"]
    for place, run in zip(places, runs, strict=True):
        held = [name for name in WHAT if (run.folder / name).is_file()]
        parts += [_listed(place, run.manifest, held), _again(place, run.manifest)]
    return "\n".join([*parts, CHECK])


def _listed(place: str, manifest: Mapping[str, Any], held: Sequence[str]) -> str:
    rows = [f"| `{name}` | {WHAT[name]} |" for name in held if name in WHAT]
    return "\n".join([f"### `{place}/`: {_safe(manifest['name'])}\n", "| file | what |", "|---|---|", *rows, ""])


def _again(place: str, manifest: Mapping[str, Any]) -> str:
    """How to make a run again, and how to see that it came out the same."""
    hashes = [f"- {use}: SHA-256 `{digest}`" for use, digest in manifest["data_files"].items()]
    needs = ["It needs these files, which are not in the bundle, where `scenario.toml` names them:\n", *hashes, ""]
    fitted = "It also needs the folder of its fit (`--posterior DIR`), which is not in the bundle.\n"
    return "\n".join(
        [
            "To make it again:\n",
            *_commands(place, manifest),
            *(needs if hashes else []),
            *([fitted] if manifest.get("posterior") else []),
            f"It came out the same when `content_hash` in its `manifest.json` is `{manifest['content_hash']}`.\n",
        ]
    )


def _commands(place: str, manifest: Mapping[str, Any]) -> list[str]:
    size = f"--precision {manifest['precision']}" if manifest.get("precision") else f"--draws {manifest['draws']}"
    size += f" --replicates {manifest['replicates']}{' --events' if manifest.get('events') else ''}"
    return [
        f"    pip install spread=={manifest['model_version']}",
        f"    spread run {place}/scenario.toml --seed {manifest['seed']} {size}\n",
    ]


def anonymised(runs: Sequence["anonymous.Anonymous"], least: int) -> str:
    """The README of an anonymised bundle."""
    parts = ["# Results of spread, anonymised\n", USE, "## What is here\n"]
    for run in runs:
        held = [name for name, _ in run.files]
        rows = {**WHAT, "sites.csv": "sites under pseudonyms: how likely each is to be in use, in fifths"}
        listed = [f"| `{name}` | {rows[name]} |" for name in sorted(held)]
        title = f"### `{run.place}/`: {_safe(run.manifest['name'])}\n"
        parts += ["\n".join([title, "| file | what |", "|---|---|", *listed, ""]), _said_again(run)]
    return "\n".join([*parts, _done(least), CHECK])


def _said_again(run: "anonymous.Anonymous") -> str:
    files = run.manifest["data_files"]
    missing = [f"the data ({', '.join(files)})"] if files else []
    missing += ["the fit"] if run.manifest["fitted"] else []
    lines = ["To make it again:\n", *_commands(run.place, run.manifest)]
    if missing:
        lines.append(f"This needs {' and '.join(missing)} of whoever made it, which are not in the bundle.\n")
    else:
        lines.append(
            "All it was made from is public. Whoever makes it again has the names of the sites, which are public too, "
            "and can match them to the pseudonyms.\n"
        )
    return "\n".join(lines)


def _done(least: int) -> str:
    mark = disclosure.HIDDEN
    return f"""\
## What was done so that nobody can be recognised

- Sites and organisations have pseudonyms, wherever a code or name of theirs stood. They come from a random key that was
  used for this bundle alone and not kept: the same site has the same pseudonym in every file here, and another one in
  any other bundle. Collaboratives, regions and systems keep their names.
- `{mark}` stands for a number hidden: one that stands for fewer than {least} sites and more than none, or that belongs
  to a group with fewer than {least} eligible sites. This holds for means and quantiles over runs as for counts.
- Where only one number of a row or column with a shown total was hidden, the smallest other one was hidden too.
- Where the runs start from data, what was observed of a collaborative or other group at that date is left out.
- `sites.csv` has no stages, dates, collaboratives or attributes, and leaves out sites whose set of interventions fewer
  than {least} sites share. Tables with a row for every run are left out, as are groups by network and by attribute.
- Left out of `manifest.json`: the command line, places of files, and every hash (a hash of a hidden number would let
  it be tried out). Data files have plain names in `scenario.toml`, and headings of returns are left out.

Not done: no number was rounded or changed; complements (sites that are *not* in use) are hidden only where the table
states them; and nothing was checked against other publications, or between kinds of group that overlap.
"""


def _safe(text: object) -> str:
    """A name in one line that Markdown takes for text."""
    return " ".join(str(text).split()).replace("`", "'").replace("<", "(").replace(">", ")")

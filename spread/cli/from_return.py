"""`spread scenario new --from-return`: a scenario that can be run, out of a quarterly return."""

import contextlib
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spread import errors, files
from spread.cli import render

if TYPE_CHECKING:
    from spread.network import founding, returns

SITES, STAGES = "sites.csv", "stages.csv"


def begin_scenario(
    name: str | None,
    returned: Path,
    *,
    out: Path | None,
    columns: Mapping[str, str],
    force: bool,
    check: Callable[[str], object],
) -> None:
    """Write a scenario out of a return, with its sites.csv and stages.csv beside it.

    Parameters
    ----------
    check
        Reads a scenario file and everything it names, and raises what keeps it from being run.

    Raises
    ------
    InputError
        With the faults of the return, or when a file is there already.
    """
    from spread.network import founding, returns, tables
    from spread.scenarios import from_return

    chosen = name or _name_of(returned)
    place = out or Path(f"{chosen}.toml")
    targets = [place, place.with_name(SITES), place.with_name(STAGES)]
    read = returns.read_return(returned, columns=columns)
    world = founding.found_world(read, place=str(returned))
    told = world.said._replace(source=tables.shown(returned.name))
    text = from_return.scenario_text(chosen, told, sites=SITES, stages=STAGES, columns=columns)
    texts = (text, world.sites_csv, world.stages_csv)
    contents = {target: text.encode() for target, text in zip(targets, texts, strict=True)}
    there = files.in_the_way(contents)
    if there and not force:
        said = "is already there; use --force to replace it, or --out FOLDER/FILE.toml to write elsewhere"
        raise errors.InputError([errors.Fault(said, str(target)) for target in there])
    _check_together(targets, texts, check)
    files.put_together(contents)
    _say_what_was_made(targets, world, read)


def _name_of(returned: Path) -> str:
    """A name for a scenario from the name of a file."""
    return re.sub(r"[^A-Za-z0-9]+", "-", returned.stem).strip("-").lower()[:80].rstrip("-") or "from-return"


def _check_together(targets: Sequence[Path], texts: Sequence[str], check: Callable[[str], object]) -> None:
    """Make sure that the files will read well together.

    Raises
    ------
    InputError
        With what keeps them from being run; places are those the files were meant for.
    """
    folder = targets[0].absolute().parent
    with contextlib.ExitStack() as stack:
        with errors.writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            beside = stack.enter_context(
                tempfile.TemporaryDirectory(dir=folder, prefix=".spread-", ignore_cleanup_errors=True)
            )
            written = [Path(beside) / target.name for target in targets]
            for path, text in zip(written, texts, strict=True):
                path.write_text(text, encoding="utf-8", newline="")
        try:
            check(str(written[0]))
        except errors.InputError as error:
            found = [
                errors.Fault(
                    one.message.replace(beside, str(folder)), one.place.replace(beside, str(folder)), one.line, one.key
                )
                for one in error.faults
            ]
            raise errors.InputError(found) from None


def _say_what_was_made(targets: Sequence[Path], world: "founding.World", read: "returns.Return") -> None:
    for target in targets:
        render.say(f"Wrote {target}")
    left_out = [name for name in read.components if name not in world.said.components]
    if left_out:
        render.say(f"Left out, as nobody is eligible: {', '.join(left_out)}")
    if read.aside:
        render.say(f"Columns left aside: {', '.join(read.aside)}")
    render.say(f"Thresholds and deadlines are placeholders: set the programme's own in {targets[0]}")

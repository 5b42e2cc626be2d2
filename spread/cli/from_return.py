"""`spread scenario new --from-return`: a scenario that can be run, out of a quarterly return."""

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spread import errors
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
    there = [target for target in targets if target.exists()]
    if there and not force:
        said = "is already there; use --force to replace it, or --out FOLDER/FILE.toml to write elsewhere"
        raise errors.InputError([errors.Fault(said, str(target)) for target in there])
    read = returns.read_return(returned, columns=columns)
    world = founding.found_world(read, place=str(returned))
    told = world.said._replace(source=tables.shown(returned.name))
    text = from_return.scenario_text(chosen, told, sites=SITES, stages=STAGES, columns=columns)
    with errors.writing(place):
        place.absolute().parent.mkdir(parents=True, exist_ok=True)
        _write_all(targets, (text, world.sites_csv, world.stages_csv), check)
    _say_what_was_made(targets, world, read)


def _name_of(returned: Path) -> str:
    """A name for a scenario from the name of a file."""
    return re.sub(r"[^A-Za-z0-9]+", "-", returned.stem).strip("-").lower()[:80].rstrip("-") or "from-return"


def _write_all(targets: Sequence[Path], texts: Sequence[str], check: Callable[[str], object]) -> None:
    """Write the files once all of them together read well; none of them before.

    Raises
    ------
    InputError
        With what keeps them from being run; places are those the files were meant for.
    """
    folder = targets[0].absolute().parent
    with tempfile.TemporaryDirectory(dir=folder, prefix=".spread-") as beside:
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
        for path, target in zip(written, targets, strict=True):
            path.replace(target)


def _say_what_was_made(targets: Sequence[Path], world: "founding.World", read: "returns.Return") -> None:
    for target in targets:
        render.say(f"Wrote {target}")
    left_out = [name for name in read.components if name not in world.said.components]
    if left_out:
        render.say(f"Left out, as nobody is eligible: {', '.join(left_out)}")
    if read.aside:
        render.say(f"Columns left aside: {', '.join(read.aside)}")
    render.say(f"Thresholds and deadlines are placeholders: set the programme's own in {targets[0]}")

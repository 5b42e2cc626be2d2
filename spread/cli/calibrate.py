"""`spread calibrate`: fit a scenario to observed adoption, and say what the data told and what they could not."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spread import errors
from spread.calibration import efforts
from spread.cli import answering, fitting, options, render

if TYPE_CHECKING:
    from spread.calibration import fit
    from spread.scenarios import schema

KIND = "fit"
HEADINGS = ("Before (90 %)", "After (90 %)", "What the data say")
MOVED_COLUMNS = (
    "name", "meaning", "unit", "basis", "shrinkage", "shift", "zero_before", "zero_after", "is_informed",
    "before_q05", "before_q50", "before_q95", "after_q05", "after_q50", "after_q95",
)  # fmt: skip


@click.command(
    epilog=options.examples(
        "spread calibrate tracheostomy-standard --observed observed.csv",
        "spread calibrate mine.toml --observed q2.csv --until 2022-09 --free kappa",
    )
)
@options.scenario
@fitting.observed
@click.option("--until", metavar="DATE", help="Use observations up to this day only.")
@fitting.free
@fitting.effort("usual", "How many simulations to spend.")
@click.option("--sets", type=click.IntRange(10, 10_000), default=500, show_default=True, metavar="N",
              help="Parameter sets to keep.")  # fmt: skip
@fitting.seed
@options.machine
@options.output
@options.table_format
@options.talk
def calibrate(scenario: str, files: tuple[str, ...], until: str | None, form: str, **chosen: Any) -> None:
    """Fit a scenario to what was observed.

    SCENARIO is a file, or the name of a base in the catalogue. Keeps what its
    parameters may be in results/NAME/fit-KEY/, for `spread run --posterior`.
    """
    from spread.scenarios import reading

    asked = _asked(reading.read_scenario(scenario), files, until, chosen["free"])
    settings = fitting.settings_of(
        files, chosen, until=asked.until and asked.until.isoformat(), free=list(asked.free), sets=chosen["sets"]
    )
    document = answering.kept(
        KIND, asked.scenario, settings, chosen, lambda means: _fitted(asked, chosen, means),
        title=f"Fitting {asked.scenario.name}",
    )  # fmt: skip
    print_fit(document, form=form)
    for text in document["warnings"]:
        render.say(render.wrap(f"Note: {text}"))


def _asked(
    scenario: "schema.Scenario", files: tuple[str, ...], until: str | None, free: tuple[str, ...]
) -> "fit.Asked":
    """What is to be fitted, to what.

    Raises
    ------
    InputError
        With every mistake of the files and options together.
    """
    from spread import dates
    from spread.calibration import evidence, fit

    faults: list[errors.Fault] = []
    last: date | None = None
    rows: tuple[Any, ...] = ()
    self_reported = False
    try:
        last = None if until is None else dates.parse_date(until)
    except ValueError as error:
        faults.append(errors.Fault(str(error), "--until"))
    with errors.noted(faults):
        rows, self_reported = evidence.read_all(files, scenario)
    if faults:
        raise errors.InputError(faults)
    return fit.Asked(scenario, rows, free, last, self_reported)


def _fitted(asked: "fit.Asked", chosen: Mapping[str, Any], means: answering.Means) -> answering.Answer:
    from spread.calibration import fit, posterior

    found = fit.calibrate(
        asked, seed=chosen["seed"], effort=efforts.EFFORTS[chosen["effort"]], sets=chosen["sets"], hands=means.hands,
        folder=means.folder,
        report=means.report,
    )  # fmt: skip
    document = {
        **found.about,
        "digest": found.digest,
        "learned": fit.learned_rows(found, asked.scenario),
    }
    return answering.Answer(document, {}, lambda building: posterior.write_posterior(building, found))


def draw(folder: Path, *, out: Path | None = None) -> list[Path]:
    """Draw what a fit moved, into its folder unless told otherwise; the files written.

    Raises
    ------
    InputError
        When the folder holds no fit.
    """
    from spread.plots import posterior, writing
    from spread.runs import kept_answers

    place = kept_answers.find(folder, KIND)
    document = kept_answers.read(place, KIND) or {}
    drawn, frame = posterior.plot_posterior(document), posterior.tabulate_posterior(document)
    words = posterior.describe_posterior(document)
    return list(writing.write_figure(drawn, (out or place / "figures") / "posterior", frame=frame, alt_text=words))


def print_fit(document: Mapping[str, Any], *, form: str) -> None:
    """Print what was learned of each free parameter, and what the data could not tell."""
    rows = document["learned"]
    if form != "table":
        render.print_rows(rows, columns={name: name for name in MOVED_COLUMNS}, form=form)
        return
    render.print_text(_opening(document) + "\n")
    blocks = [(_parameter(row), (_range(row, "before"), _range(row, "after"), _said(row))) for row in rows]
    render.print_blocks(blocks, headings=HEADINGS)
    render.print_text("\n" + "\n".join(render.wrap(line) for line in _closing(document)))


def _opening(document: Mapping[str, Any]) -> str:
    span = f"{document['first_date']} to {document['last_date']}"
    fits = document["within_90"]
    return render.wrap(
        f"Fitted to {document['points']} observations, {span}; {100 * fits:.0f} % of them lie within the fitted "
        "model's 90 % range."
    )


def _parameter(row: Mapping[str, Any]) -> str:
    return f"{row['name']}: {row['meaning']}" if row["meaning"] else str(row["name"])


def _range(row: Mapping[str, Any], when: str) -> str:
    middle, low, high = (row[f"{when}_{name}"] for name in ("q50", "q05", "q95"))
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"


def _said(row: Mapping[str, Any]) -> str:
    if not row["is_informed"]:
        said = "not informed by these data"
    else:
        said = f"{100 * max(row['shrinkage'], 0.0):.0f} % of the uncertainty gone"
    if row["zero_before"] is not None and row["zero_before"] == row["zero_before"]:
        said += f"\nchance of none {100 * row['zero_before']:.0f} % before, {100 * row['zero_after']:.0f} % after"
    return said


def _say_directions(known: int, free: int) -> str:
    """How many combinations of what was free are well determined, where there is anything to combine."""
    if free == 1:
        return "One number was free: the column says how far the data settle it."
    if known == 0:
        return f"None of the {free} numbers that were free, nor a combination of them, is well determined."
    return f"The data determine about {known} of the {free} numbers that were free, or as many combinations of them."


def _closing(document: Mapping[str, Any]) -> list[str]:
    free, known = len(document["learned"]), document["directions"]
    lines = [
        f"{_say_directions(known, free)} Every other parameter stays as it was believed before, and forecasts go on "
        "integrating over it."
    ]
    for one, other, correlation in document["confounded"]:
        sense = "together" if correlation > 0 else "one for the other"
        lines.append(f"'{one}' and '{other}' cannot be told apart: they move {sense} (correlation {correlation:+.2f}).")
    return lines

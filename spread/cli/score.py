"""`spread score`: past forecasts against what happened."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spread.cli import answer, options, render

if TYPE_CHECKING:
    from spread.calibration import track_record

COLUMNS = ("ambition", "deadline", "scope", "name", "key", "made_on", "data_date")
MOST_LISTED = 12
NOTE = """\
Chance: what was said, and whether the target was met. Value: the middle run and
where 90 % of runs lay. Brier score: squared distance of the chance from what
happened (0 the best, 0.25 for saying 50 % always); log score: minus the log of
the chance given to it (0.69 for 50 %). Forecasts of one ambition are not
independent looks at how good forecasts are."""


@click.command(
    epilog=options.examples(
        "spread score results/forecasts.csv --observed observed.csv",
        "spread score results --observed observed.csv --name pews-october",
    )
)
@click.argument("forecasts", type=click.Path(path_type=Path))
@click.option(
    "--observed", "observed_file", type=click.Path(path_type=Path), required=True, metavar="FILE",
    help="What happened: observed.csv.",
)  # fmt: skip
@click.option("--name", "names", multiple=True, metavar="NAME", help="Only forecasts of this scenario (repeatable).")
@click.option(
    "--within", "within_days", type=click.IntRange(0, 366), default=15, show_default=True, metavar="DAYS",
    help="An observation so near a deadline counts as of it.",
)  # fmt: skip
@options.table_format
def score(forecasts: Path, observed_file: Path, names: tuple[str, ...], within_days: int, form: str) -> None:
    """Set past forecasts against what happened.

    FORECASTS is forecasts.csv, to which every run adds a row per ambition, or
    the results folder it lies in. Each forecast is matched by its ambition's
    interventions, measure, scope and deadline, scored, and set beside what
    anyone could have said without a model; those not matched are listed.
    """
    from spread import errors
    from spread.calibration import forecast_record, observed, track_record

    faults: list[errors.Fault] = []
    made: tuple[forecast_record.Forecast, ...] = ()
    seen: tuple[observed.Observation, ...] = ()
    with errors.noted(faults):
        made = forecast_record.read_forecasts(forecasts)
    with errors.noted(faults):
        seen = observed.read_observed(observed_file)
    if faults:
        raise errors.InputError(faults)
    known = tuple(dict.fromkeys(one.name for one in made))
    for name in names:
        if name not in known:
            hint = errors.did_you_mean(name, known) or f"; there are {', '.join(known)}"
            raise errors.InputError(errors.Fault(f"no forecast of '{name}'{hint}", str(forecasts)))
    chosen = [one for one in made if not names or one.name in names]
    print_record(track_record.score_forecasts(chosen, seen, within_days=within_days), form=form)


def print_record(record: "track_record.Record", *, form: str) -> None:
    """Print what became of forecasts."""
    from spread import cells

    if form == "csv":
        rows = record.rows()
        columns = tuple(rows[0]) if rows else COLUMNS
        render.print_text(cells.csv_text(columns, [[row[name] for name in columns] for row in rows]))
    elif form == "json":
        render.print_text(cells.json_text(_as_json(record)))
    else:
        _print_tables(record)


def _as_json(record: "track_record.Record") -> dict[str, Any]:
    unmatched = [
        {**{name: getattr(one.forecast, name) for name in COLUMNS}, "why": one.why} for one in record.unmatched
    ]
    unused = [
        {"date": one.date, "interventions": one.interventions, "measure": str(one.measure), "group": one.scope,
         "line": one.line}
        for one in record.unused
    ]  # fmt: skip
    return {
        "scored": record.rows(),
        "share_inside": record.share_inside,
        "summaries": [one._asdict() for one in record.summaries],
        "bins": [one._asdict() for one in record.bins],
        "unmatched": unmatched,
        "unused": unused,
    }


def _print_tables(record: "track_record.Record") -> None:
    if not record.scored:
        render.print_text("No forecast could be scored.")
    groups: dict[tuple[Any, ...], list[track_record.Scored]] = {}
    for one in record.scored:
        forecast = one.forecast
        groups.setdefault((forecast.ambition, forecast.deadline, forecast.scope), []).append(one)
    for (ambition, deadline, scope), scored in groups.items():
        _print_group(ambition, deadline, scope, scored)
    if record.scored:
        _print_summary(record)
    _print_rest(record)
    if record.scored:
        render.print_text("\n" + NOTE)


def _print_group(ambition: str, deadline: object, scope: str, scored: "Sequence[track_record.Scored]") -> None:
    place = "" if scope == "national" else f", {scope}"
    outcome = scored[0].outcome
    met = {None: "no target stated", True: "target met", False: "target not met"}[outcome.met]
    off = f" (observed {outcome.days_off} days off)" if outcome.days_off else ""
    words = f"{ambition}{place}, by {answer.say_day(deadline)}: {_percent(outcome.value)}, {met}{off}"
    render.print_text(render.wrap(words))
    rows = [
        (
            str(one.forecast.data_date), f"{one.forecast.name}{'*' if one.was_known else ''}",
            _percent(one.forecast.chance), _percent(one.forecast.value_q50),
            f"{_percent(one.forecast.value_q05)} to {_percent(one.forecast.value_q95)}",
            {True: "yes", False: "no", None: "-"}[one.is_inside], _number(one.brier), _number(one.log_score),
        )
        for one in scored
    ]  # fmt: skip
    headings = ("Data of", "Scenario", "Chance", "Value", "5-95 %", "Inside", "Brier", "Log")
    render.print_table(rows, headings=headings, right=(False, False, True, True, True, False, True, True))
    if any(one.was_known for one in scored):
        render.print_text("* made after the deadline")
    render.print_text("")


def _print_summary(record: "track_record.Record") -> None:
    count = len(record.scored)
    inside = _percent(record.share_inside)
    render.print_text(
        render.wrap(f"{count:,} forecast{'s' if count != 1 else ''} scored; {inside} of values within 5-95 %")
    )
    rows = [
        (one.who, f"{one.n:,}", _number(one.brier), _number(one.log_score), _points(one.absolute_error))
        for one in record.summaries
    ]
    headings = ("Who", "Forecasts", "Brier", "Log", "Off by")
    render.print_table(rows, headings=headings, right=(False, True, True, True, True))
    if record.bins:
        render.print_text("\nWhen the chance was said to be")
        said = [
            (f"{100 * one.low:.0f} to {100 * one.high:.0f} %", f"{one.n:,}", _percent(one.mean_chance),
             _percent(one.share_met))
            for one in record.bins
        ]  # fmt: skip
        render.print_table(
            said, headings=("Chance", "Forecasts", "Mean chance", "Target met"), right=(False, True, True, True)
        )


def _print_rest(record: "track_record.Record") -> None:
    reasons: dict[str, list[str]] = {}
    for one in record.unmatched:
        place = "" if one.forecast.scope == "national" else f" {one.forecast.scope}"
        said = f"{one.forecast.ambition}{place} by {one.forecast.deadline} ({one.forecast.name})"
        why = one.why.replace(one.forecast.scope, "these") if place else one.why
        reasons.setdefault(why, []).append(said)
    if reasons:
        render.print_text(f"\n{len(record.unmatched):,} not scored")
    for why, about in reasons.items():
        unique = list(dict.fromkeys(about))
        more = f" and {len(unique) - MOST_LISTED} more" if len(unique) > MOST_LISTED else ""
        render.print_text(render.wrap(f"  {why}: {'; '.join(unique[:MOST_LISTED])}{more}"))
    if record.unused:
        lines = ", ".join(str(one.line) for one in record.unused[:MOST_LISTED])
        more = " ..." if len(record.unused) > MOST_LISTED else ""
        render.print_text(render.wrap(f"Observed, but no forecast is about it: line {lines}{more}"))


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.0f} %"


def _points(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.1f} points"


def _number(number: float) -> str:
    return "-" if math.isnan(number) else f"{number:.2f}"

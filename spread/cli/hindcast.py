"""`spread hindcast`: would the forecasts have been good? Fit to each cut, forecast past it, and score beside rivals."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from spread import errors
from spread.calibration import efforts
from spread.cli import answering, fitting, options, render

if TYPE_CHECKING:
    from spread.calibration import hindcast as hindcasts

KIND = "hindcast"
KINDS = ("psc", "intervention")
HEADS = {
    "spread": "spread", "last_value": "last", "linear": "line", "log_linear": "log", "logistic": "logit",
    "bass": "Bass", "as_others": "others",
}  # fmt: skip
NOTE = """\
Scores: mean CRPS of the n dates after the cut over that of the last value
forecast (of what the others did, where something was left out); below 1 is
better, the best of a row has a star. 50/80/95: how often the model's ranges
held what happened. Met: the chance it gave the target, and whether it was met."""


@click.command(
    epilog=options.examples(
        "spread hindcast vte.toml --observed vte-providers --cut 2011-09-30",
        "spread hindcast pews.toml --observed return.csv --leave-out psc:YH",
    )
)
@options.scenario
@fitting.observed
@click.option("--cut", "cuts", multiple=True, metavar="DATE",
              help="Forecast what came after from what was known by this day; repeatable.")  # fmt: skip
@click.option("--leave-out", "left_out", metavar="KIND:NAME",
              help="Forecast this from the others: psc:YH or intervention:caffeine.")  # fmt: skip
@fitting.free
@fitting.effort("quick", "How many simulations to spend on each cut.")
@fitting.seed
@options.machine
@options.output
@options.table_format
@options.talk
def hindcast(scenario: str, files: tuple[str, ...], form: str, **chosen: Any) -> None:
    """Would its forecasts have been good?

    SCENARIO is a file, or the name of a base in the catalogue. At each cut it
    is fitted to what was known by then, forecasts what came later, and is
    scored beside simple rivals. Kept in results/NAME/hindcast-KEY/.
    """
    from spread.scenarios import reading

    asked = _asked(reading.read_scenario(scenario), files, chosen)
    settings = fitting.settings_of(
        files, chosen, cuts=[cut.isoformat() for cut in asked.cuts],
        left_out=asked.left_out and list(asked.left_out), free=list(asked.free),
    )  # fmt: skip
    document = answering.kept(
        KIND, asked.scenario, settings, chosen, lambda means: _looked_back(asked, chosen, means),
        title=f"Looking back at {asked.scenario.name}",
    )  # fmt: skip
    print_hindcast(document, form=form)


def _asked(scenario: Any, files: tuple[str, ...], chosen: Mapping[str, Any]) -> "hindcasts.Asked":
    """What is asked.

    Raises
    ------
    InputError
        With every mistake of options and files.
    """
    from spread.calibration import hindcast as hindcasts

    faults: list[errors.Fault] = []
    cuts = [day for text in chosen["cuts"] if (day := _day(text, faults)) is not None]
    left_out = _left_out(chosen["left_out"], faults)
    if faults:
        raise errors.InputError(faults)
    return hindcasts.read_asked(scenario, files, cuts=cuts, left_out=left_out, free=chosen["free"])


def _day(text: str, faults: list[errors.Fault]) -> date | None:
    from spread import dates

    try:
        return dates.parse_date(text)
    except ValueError as error:
        faults.append(errors.Fault(str(error), "--cut"))
        return None


def _left_out(text: str | None, faults: list[errors.Fault]) -> "hindcasts.LeftOut | None":
    from spread.calibration import hindcast as hindcasts
    from spread.scenarios import names

    if text is None:
        return None
    kind, _, name = text.partition(":")
    if kind not in KINDS or not name:
        hint = errors.did_you_mean(kind, KINDS) or "; write psc:YH or intervention:NAME"
        faults.append(errors.Fault(f"'{text}' says not what to leave out{hint}", "--leave-out"))
        return None
    return hindcasts.LeftOut(kind, (names.psc_code(name) or name) if kind == "psc" else name)


def _looked_back(asked: "hindcasts.Asked", chosen: Mapping[str, Any], means: answering.Means) -> answering.Answer:
    """Forecast from every cut, and score."""
    from spread.calibration import forecasts_at, verdicts
    from spread.calibration import hindcast as hindcasts
    from spread.runs import kept_answers

    effort = efforts.EFFORTS[chosen["effort"]]
    work = forecasts_at.Work(chosen["seed"], effort, effort.kept, means.hands, means.folder, means.report)
    found = hindcasts.hindcast(asked, work)
    verdict = verdicts.judge(found.cases, found.sites, seed=chosen["seed"])
    document = {**verdicts.as_document(verdict), "notes": list(found.notes)}
    rows = verdicts.forecast_rows(found.cases)
    texts = {
        "scores.csv": kept_answers.table_text(document["scored"], verdicts.Scored._fields),
        "forecasts.csv": kept_answers.table_text(rows, verdicts.FORECAST_COLUMNS),
    }
    return answering.Answer(document, texts)


# --- what is printed --------------------------------------------------------------------------------


def print_hindcast(document: Mapping[str, Any], *, form: str) -> None:
    """Print scores beside rivals, and the verdict in words."""
    if form != "table":
        rows = document["scored"]
        render.print_rows(rows, columns={name: name for name in rows[0]}, form=form)
        return
    _print_scores(document["scored"])
    _print_sites(document["sites"])
    render.print_text("\n" + "\n".join(render.wrap(line) for line in _words(document)))
    render.print_text("\n" + NOTE)


def _print_scores(scored: Sequence[Mapping[str, Any]]) -> None:
    """A block for each series, a row for each cut."""
    for series in dict.fromkeys(one["series"] for one in scored):
        mine = [one for one in scored if one["series"] == series]
        who = list(dict.fromkeys(one["who"] for one in mine))
        render.print_text(f"\n{render.wrap(series)}")
        rows = [
            _cut_row([one for one in mine if one["cut"] == cut], who) for cut in dict.fromkeys(o["cut"] for o in mine)
        ]
        headings = ("Cut", "n", *(HEADS[name] for name in who), "50/80/95", "Met")
        render.print_table(rows, headings=headings, right=(False, *(True for _ in headings[1:])))


def _cut_row(mine: Sequence[Mapping[str, Any]], who: Sequence[str]) -> tuple[str, ...]:
    by = {one["who"]: one for one in mine}
    known = [one["scaled"] for one in mine if one["scaled"] is not None and one["scaled"] == one["scaled"]]
    cells = []
    for name in who:
        scaled = by[name]["scaled"] if name in by else None
        is_best = bool(known) and scaled == min(known)
        cells.append("-" if scaled is None or scaled != scaled else f"{scaled:.2f}{'*' if is_best else ''}")
    ours = by.get("spread")
    held = "-" if ours is None else "/".join(f"{100 * ours[f'held_{share}']:.0f}" for share in (50, 80, 95))
    first = mine[0]
    return (first["cut"] or "none", str(first["ahead"]), *cells, held, _met(ours))


def _met(ours: Mapping[str, Any] | None) -> str:
    if ours is None or not ours["ambition"]:
        return "-"
    return f"{100 * ours['chance']:.0f} % {'yes' if ours['met'] else 'no'}"


def _print_sites(sites: Sequence[Mapping[str, Any]]) -> None:
    if not sites:
        return
    render.print_text("\nSites, one by one: ranked score of stages, Brier score of having adopted")
    for name, cut in dict.fromkeys((one["intervention"], one["cut"]) for one in sites):
        mine = [one for one in sites if (one["intervention"], one["cut"]) == (name, cut)]
        rows = [(one["who"], str(one["sites"]), _number(one["ranked"]), _number(one["brier"])) for one in mine]
        render.print_text(f"\n{name}, from {cut}")
        render.print_table(rows, headings=("Who", "Sites", "Ranked", "Brier"), right=(False, True, True, True))


def _number(value: float | None) -> str:
    return "-" if value is None or value != value else f"{value:.3f}"


def _words(document: Mapping[str, Any]) -> list[str]:
    return [*document["words"], *(f"Note: {note}." for note in document["notes"])]

"""`spread since`: what changed since the last forecast, and how much each change moved the chance."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from spread.cli import answer, hands, options, progress, render

if TYPE_CHECKING:
    from spread.decisions import past_runs
    from spread.decisions import since as splits

MOST_SAID = 6
STEP = 0.001
MEASURE_WORDS = {"chance": "Chance", "value": "Projected"}


@click.command(
    epilog=options.examples(
        "spread since pews-september pews-october",
        "spread since results/pews-october results/pews-october --format csv",
        "spread since 1f0c2ab9d4 7be08c1f52 --for psc:Wessex",
    )
)
@click.argument("old")
@click.argument("new")
@click.option(
    "--orders", type=click.Choice(["auto", "all", "one"]), default="auto", show_default=True,
    help="Average over all orders of changing things, or change one after another; auto: all for up to 3 things.",
)  # fmt: skip
@options.machine
@options.view
@options.table_format
@options.talk
def since(
    old: str, new: str, orders: str, view: options.View | None, form: str, quiet: bool, verbose: bool, **machine: Any
) -> None:
    """What changed since the last forecast, and what made the chance move?

    OLD and NEW are run folders, first digits of their keys, or names of
    scenarios, whose latest runs are meant (one name twice: its last two). The
    change is split into new data, who is counted, the plan, what is believed,
    the model's version and luck, by running what is between the two.
    """
    from spread.calibration import posterior
    from spread.decisions import past_runs
    from spread.decisions import since as splits

    new_folder = past_runs.find_forecast(new)
    old_folder = past_runs.find_forecast(old, before=new_folder)
    whose = answer.resolve_view(past_runs.read_forecast(new_folder).question.scenario, view)
    with progress.shown(title="since", quiet=quiet) as shown, hands.engaged(machine) as hired:
        found = splits.since(
            old_folder,
            new_folder,
            scopes=(whose.scope,),
            all_orders={"auto": None, "all": True, "one": False}[orders],
            hands=hired,
            fit_of=posterior.fit_of,
            report=lambda title, done, total: shown(done, total, title),
        )
    if form == "table":
        _print(found, whose)
    else:
        records = found.table().to_dict(orient="records")
        rows = [{str(name): _plain(value) for name, value in row.items()} for row in records]
        render.print_rows(rows, columns={str(name): str(name) for name in found.table().columns}, form=form)


def _plain(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value


def _print(found: "splits.Since", whose: options.View) -> None:
    about = answer.about_scenario(found.new.question.scenario, runs=0)
    render.print_text(f"Old: {_who(found.old)}\nNew: {_who(found.new)}\n")
    _print_differences(found)
    for name in dict.fromkeys(one.ambition for one in found.changes):
        place = "" if whose == options.View() else f", {about['names'].get(whose.group, whose.group)}"
        render.print_text("\n" + render.wrap(f"{about['titles'].get(name, name)}{place}"))
        for change in found.changes:
            if change.ambition == name:
                _print_change(found, change)
    render.print_text("\n" + _note(found))


def _who(one: "past_runs.Forecast") -> str:
    manifest = one.manifest
    runs = int(manifest["draws"]) * int(manifest["replicates"])
    return f"{manifest['name']}, {manifest['key']}, made on {answer.say_day(manifest['made_on'])}; {runs:,} runs"


def _print_differences(found: "splits.Since") -> None:
    """The first few of what differs, in plain words, and files that are not what they were."""
    from spread.scenarios import difference

    scenarios = (found.old.question.scenario, found.new.question.scenario)
    told = [*_fits(found), *(str(one) for one in difference.differences(*scenarios))]
    if told:
        render.print_text("\nWhat differs")
    for line in told[:MOST_SAID]:
        render.print_text(render.wrap(f"  {line}"))
    if len(told) > MOST_SAID:
        render.print_text(f"  and {len(told) - MOST_SAID} more: 'spread scenario diff' lists them")
    for whose, one in (("old", found.old), ("new", found.new)):
        for file in one.lost:
            render.print_text(render.wrap(f"  a data file of the {whose} run is not what it was: {file}"))
    if found.left_out:
        render.print_text(render.wrap(f"  assessed in one of the two only: {', '.join(found.left_out)}"))


def _fits(found: "splits.Since") -> list[str]:
    """Which fit was put in place of which, where they are not the same."""
    ends = (found.old, found.new)
    if len({one.question.posterior for one in ends}) == 1:
        return []
    old, new = (one.manifest.get("posterior_folder") or "none" for one in ends)
    return [f"fit: {old}, made anew" if old == new else f"fit: {old} -> {new}"]


def _print_change(found: "splits.Since", change: "splits.Change") -> None:
    from spread.decisions import splitting

    old, new = _points(change.old), _points(change.new)
    moved = (
        f", by {change.old_deadline} then {change.new_deadline}" if change.old_deadline != change.new_deadline else ""
    )
    total = round((round(100 * change.new, 1) - round(100 * change.old, 1)) / 100, 6)
    render.print_text(f"  {MEASURE_WORDS[change.measure]} {old} -> {new} % ({_signed(total)} points){moved}")
    shown = splitting.round_to_total([share.mean for share in change.shares], total, STEP)
    for share, mean in zip(change.shares, shown, strict=True):
        words = " with ".join(say_part(part) for part in share.parts)
        span = f"({_signed(share.low)} to {_signed(share.high)})"
        render.print_text(f"    {_signed(mean):>6}  {span:<18} {words}")
    if not change.shares:
        render.print_text("    nothing that moves a number differs")


def say_part(part: str) -> str:
    """A part as a table names it."""
    from spread.decisions import question_parts

    return question_parts.WORDS[part]


def _points(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.1f}"


def _signed(share: float) -> str:
    if math.isnan(share):
        return "-"
    if math.isinf(share):
        return "no end"
    return f"{100 * share:+.1f}".replace("-0.0", "0.0").replace("+0.0", "0.0")


def _note(found: "splits.Since") -> str:
    return "\n".join(_notes(found))


def _notes(found: "splits.Since") -> Sequence[str]:
    changed = [group for group in found.joined if group]
    order = ", ".join(" and ".join(group) for group in changed)
    notes = [render.wrap("In points; in brackets where 95 of 100 such splits would lie. Parts add up to the change.")]
    if len(changed) > 1:
        how = (
            "its average over all orders of changing them" if found.all_orders else f"as changed in this order: {order}"
        )
        notes.append(render.wrap(f"What changes do together is shared out: each is {how}."))
    if found.runs:
        notes.append(f"{found.runs:,} runs between the two.")
    return notes

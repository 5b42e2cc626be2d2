"""Plans beside each other in a manager's words: what differs, how surely, at what cost, for which sites."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from spread.cli import answer, beside_words, options, render
from spread.plots import wording

if TYPE_CHECKING:
    import pandas as pd

    from spread.decisions import comparison, sides

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]

HEADINGS: Final = {
    "chance": "Chance",
    "value": "Projected",
    "sites": "Sites",
    "date_met": "Half met by",
    "gap": "Fairness gap",
}
NOT_CLEAR: Final = "not clear"
MOST_IN_DETAIL: Final = 4
"""More questions than these are told in the table alone, unless more talk is asked for."""
NOTE: Final = """\
Under each number: what a plan adds to the first one, on the same luck, and the
range in which that lies 95 times in 100, for all pairs of plans together. Plans
that share a letter cannot be told apart; "not clear" says so of the first one.
Chance: in how many runs of 100 the target is met. Projected and Sites: at the
deadline, the mean of all runs. Half met by: the day by which half of the runs
have met the target (-: not by the end); a run that never does counts as the day
after the end, so plans differ by that much at the least. Fairness gap: most
deprived fifth less least deprived, in points."""


def print_comparison(
    found: "comparison.Comparison",
    every: "Sequence[sides.Side]",
    *,
    view: options.View,
    form: str,
    sites: int | None,
    verbose: bool,
) -> None:
    """Print what a comparison says.

    Parameters
    ----------
    found
        The comparison, in one scope.
    every
        Its plans, the first the one that others are compared with.
    view
        The scope.
    form
        ``table``, ``json`` or ``csv``.
    sites
        How many sites to name, of those whose fate changes most; None for none.
    verbose
        Tell the details of every ambition, however many there are.
    """
    named = most_changed(found.fates, view=view, count=sites)
    if form != "table":
        _print_tables(found, named, view=view, form=form)
        return
    about = answer.about_scenario(every[0].scenario, runs=int(found.plans["runs"].min()))
    render.print_text(_opening(found, every, about=about, view=view))
    questions = beside_words.rows_of(found.differences[["ambition", "deadline"]].drop_duplicates())
    detailed = verbose or len(questions) <= MOST_IN_DETAIL
    for question in questions:
        _print_question(found, question, about=about, view=view, detailed=detailed)
    render.print_sections(list(beside_words.of_plans(found, end=every[0].scenario.end)))
    if sites is not None:
        _print_sites(named, about=about)
    render.print_text("\n" + NOTE)


def most_changed(fates: "pd.DataFrame", *, view: options.View, count: int | None) -> "pd.DataFrame":
    """The sites of a scope whose fate changes most, of each pair of plans and ambition."""
    here = fates if view == options.View() else fates[fates["psc"] == view.group]
    change = here["gained"] + here["lost"]
    ordered = here.assign(change=change).sort_values(["change", "site"], ascending=[False, True], kind="stable")
    keys = ["ambition", "deadline", "intervention", "one", "other"]
    return ordered[ordered["change"] > 0].groupby(keys, sort=False).head(count or 0).drop(columns="change")


def _print_tables(found: "comparison.Comparison", named: "pd.DataFrame", *, view: options.View, form: str) -> None:
    """Every table of a comparison: one object of them (json), or below each other, named in the first column (csv)."""
    from spread import cells

    here = found.fates_by_psc
    shown = found._replace(
        fates=named, fates_by_psc=here if view == options.View() else here[here["psc"] == view.group]
    )
    tables = {name: beside_words.rows_of(table) for name, table in shown._asdict().items()}
    if form == "json":
        render.print_text(cells.json_text(tables))
        return
    rows = [{"table": name, **row} for name, its in tables.items() for row in its]
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    render.print_text(cells.csv_text(columns, [[row.get(name) for name in columns] for row in rows]))


# --- the table ------------------------------------------------------------------------------------


def _opening(
    found: "comparison.Comparison", every: "Sequence[sides.Side]", *, about: Mapping[str, Any], view: options.View
) -> str:
    first = every[0]
    basis = first.tables["ambitions"].to_dict(orient="records")
    who = about["whole"] if view == options.View() else about["names"].get(view.group, view.group)
    said = f"{wording.say_number(len(every))} plans on the same luck; {who}; {about['runs']:,} runs of each"
    titles = [f"  {side.name}: {side.scenario.title}" for side in every if side.scenario.title]
    told = [
        answer.basis_line({str(name): value for name, value in basis[0].items()}),
        "",
        render.wrap(said[0].upper() + said[1:]),
        *map(render.wrap, titles),
    ]
    return "\n".join([*told, render.wrap(f"Compared with the first, {first.name}")]) + "\n\n"


def _print_question(
    found: "comparison.Comparison", question: Row, *, about: Mapping[str, Any], view: options.View, detailed: bool
) -> None:
    """One ambition by one deadline: a block for each plan, and what follows from them."""
    values, differences = (beside_words.rows_of(table, question) for table in (found.values, found.differences))
    first = str(found.plans["plan"][0])
    title = answer.say_aim(question, about=about)
    measures = [name for name in HEADINGS if _is_worth_telling(name, values, differences)]
    plans = [name for name in found.plans["plan"] if any(row["plan"] == name for row in values)]
    blocks = [
        (
            _plan_title(name, values, question),
            [_cell(measure, name, first, values, differences) for measure in measures],
        )
        for name in plans
    ]
    render.print_text(render.wrap(title))
    render.print_blocks(blocks, headings=[HEADINGS[name] for name in measures])
    render.print_text("")
    for line in beside_words.ranking(values):
        render.print_text(render.wrap(line))
    render.print_text("")
    if detailed:
        about_plans = beside_words.of_question(found, question, about=about, view=view)
        render.print_sections(list(about_plans))
        render.print_text("")


def _is_worth_telling(measure: str, values: Rows, differences: Rows) -> bool:
    """Whether there is a column for a measure: not for dates that no plan reaches and that set none apart."""
    mine = [row for row in values if row["measure"] == measure]
    if measure != "date_met":
        return bool(mine)
    clear = any(row["clear"] for row in differences if row["measure"] == measure)
    return clear or any(row["half_by"] is not None for row in mine)


def _plan_title(name: str, values: Rows, question: Row) -> str:
    """A plan's name, and its own deadline where that is another."""
    by = next(row["by"] for row in values if row["plan"] == name)
    return name if by == question["deadline"] else f"{name}, by {answer.say_day(by)}"


def _cell(measure: str, plan: str, first: str, values: Rows, differences: Rows) -> str:
    """A plan's own number with its letters, and what it adds to the first with the range of that."""
    own = next((row for row in values if row["plan"] == plan and row["measure"] == measure), None)
    if own is None:
        return "-"
    lines = [f"{_say_value(own)} {own['letters']}"]
    for row in differences:
        if (row["measure"], row["one"], row["other"]) == (measure, first, plan):
            lines += [_say_difference(row) if row["clear"] else NOT_CLEAR, _say_range(row)]
    return "\n".join(lines)


def _say_value(row: Row) -> str:
    if row["measure"] == "date_met":
        return "-" if row["half_by"] is None else wording.say_short_month(answer.as_date(row["half_by"]))
    if row["measure"] == "gap":
        return _signed(100 * row["value"])
    if row["unit"] != "share":
        return f"{row['value']:,.0f}"
    return answer.percent(row["value"]) if row["value"] >= 0 else f"{_signed(100 * row['value'])} %"


def _say_difference(row: Row) -> str:
    """A difference in points, sites or days."""
    if row["unit"] == "days":
        return f"{abs(row['difference']):,.0f} days {'later' if row['difference'] > 0 else 'sooner'}"
    unit = "points" if row["unit"] == "share" else row["unit"]
    return f"{_signed(_scaled(row, row['difference']))} {unit}"


def _say_range(row: Row) -> str:
    """The range of a difference; of days, the sooner for the better."""
    low, high = (_scaled(row, row[end]) for end in ("low", "high"))
    if not math.isfinite(high - low):
        return "(one draw)"
    if row["unit"] == "days" and row["clear"]:
        low, high = sorted((abs(low), abs(high)))
        return f"({low:,.0f} to {high:,.0f})"
    return f"({_signed(low)} to {_signed(high)})"


def _scaled(row: Row, number: float) -> float:
    return 100 * number if row["unit"] == "share" else number


def _signed(number: float) -> str:
    """A number with its sign: whole, or to a tenth where it is small; no sign before nothing."""
    written = f"{number:+,.0f}" if abs(number) >= 9.95 else f"{number:+.1f}"
    return written if float(written.replace(",", "")) else "0"


def _print_sites(named: "pd.DataFrame", *, about: Mapping[str, Any]) -> None:
    """The sites that change most, with the shares of runs in which each is gained and lost."""
    render.print_text("\nSites that change most: in how many runs of 100 each is gained, and lost\n")
    rows = [
        {
            **row,
            "place": about["names"].get(row["psc"], row["psc"]),
            "gained": answer.percent(row["gained"]),
            "lost": answer.percent(row["lost"]),
        }
        for row in beside_words.rows_of(named)
    ]
    columns = {"other": "Plan", "site": "Site", "place": "Collaborative", "gained": "Gained", "lost": "Lost"}
    render.print_rows(rows, columns=columns, form="table", right=("gained", "lost"))

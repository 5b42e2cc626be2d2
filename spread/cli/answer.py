"""The answer of a run in a manager's words: what is the chance, how far off, who is furthest behind."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spread import errors
from spread.cli import holding_back, options, render, together
from spread.plots import wording
from spread.report import holding_back as bottlenecks
from spread.report import words

if TYPE_CHECKING:
    from spread.scenarios import schema

Row = Mapping[str, Any]

HEADINGS = ("Chance", "Projected", "Target", "Short by", "Furthest behind")
NOTE = """\
Chance: in how many runs of 100 the target is met; in brackets, the range of
80 % of the sets of assumptions. Projected: the middle run, and where 90 % of
runs lie. Short by: what is still missing at the deadline in the middle run.
Furthest behind: the collaborative with the most sites missing, on average."""
GROUP_NOTE = """\
Projected: the middle run, and where 90 % of runs lie. A chance is assessed for
England and for each collaborative."""
NO_AMBITION = """\
Projected: the middle run, and where 90 % of runs lie. This scenario has no
ambition that can be assessed, so there is no chance to state."""
DECIMALS = {"change": "+.0f", "level": ".1f"}
"""How the values of rates are written, in percent; shares are whole and never 0 or 100."""
PLACE_WIDTH = 20
ADOPTED = "stage>=5"
NOT_FITTED = words.NOT_FITTED
percent, as_date, say_day = words.percent, words.as_date, words.say_day


def span(low: float | None, high: float | None) -> str:
    """A range of shares in brackets on its own line, or nothing when it is not known."""
    around = words.span(low, high)
    return f"\n({around})" if around else ""


def about_scenario(scenario: "schema.Scenario", *, runs: int) -> dict[str, Any]:
    """Collect what an answer says around its numbers: titles, names of places, where it starts.

    ``title, runs, origin``; ``whole``, what the whole world is called; ``titles`` of ambitions and interventions;
    ``of_organisations``, the ambitions that count organisations; ``names`` of groups.
    """
    from spread.scenarios import catalogue, names

    start_from = scenario.start_from
    titles = {name: intervention.title for name, intervention in scenario.interventions.items()}
    titles |= {name: ambition.title for name, ambition in scenario.ambitions.items()}
    return {
        "title": f"{scenario.title} ({scenario.name})" if scenario.title else scenario.name,
        "whole": "England" if scenario.world.population == "england" else "All sites",
        "runs": runs,
        "origin": scenario.start if start_from is None else start_from.as_of,
        "titles": titles,
        "of_organisations": [name for name, one in scenario.ambitions.items() if one.organisation_share is not None],
        "names": {code: names.short_name(entry["name"]) for code, entry in catalogue.pscs().items()},
    }


def resolve_view(scenario: "schema.Scenario", view: options.View | None) -> options.View:
    """Whom an answer is for, collaboratives by their code whatever name was used.

    Raises
    ------
    InputError
        When the scenario's world has no such collaborative.
    """
    from spread.scenarios import names

    if view is None or view.group_kind != "psc":
        return view or options.View()
    sites = scenario.world.sites
    known = names.psc_codes() if sites is None else names.codes_in_sites(sites)
    code = names.psc_code(view.group) or view.group
    if code not in known:
        spellings = (*known, *names.aliases())
        message = f"no collaborative '{view.group}' in this world{errors.did_you_mean(view.group, spellings)}"
        raise errors.InputError(errors.Fault(message, "--for"))
    return options.View("psc", code)


def print_answer(
    tables: Mapping[str, Sequence[Row]], *, about: Mapping[str, Any], view: options.View, form: str
) -> None:
    """Print what a run says of each ambition, for England or for one group.

    Parameters
    ----------
    tables
        Rows of ``ambitions``, ``summary`` and, where known, ``joint`` and ``bottlenecks``.
    about
        What `about_scenario` collects.
    view
        Whose.
    form
        ``table``, ``json`` or ``csv``.
    """
    rows = [row for row in tables["ambitions"] if row["scope"] == view.scope]
    if not rows:
        _print_group(tables, about=about, view=view, form=form)
    elif form != "table":
        held = [bottlenecks.as_data(row, tables.get("bottlenecks", ()), form=form) for row in rows]
        told = [{**row, "holding_back": held_back} for row, held_back in zip(rows, held, strict=True)]
        render.print_rows(told, columns={name: name for name in told[0]}, form=form)
    else:
        render.print_text(_opening(rows[0], about=about, view=view))
        cells = [_ambition_cells(row, about=about) for row in rows]
        shown = len(HEADINGS) if any(row[-1] for row in cells) else len(HEADINGS) - 1
        blocks = [(say_aim(row, about=about), own[:shown]) for row, own in zip(rows, cells, strict=True)]
        render.print_blocks(blocks, headings=HEADINGS[:shown])
        if view == options.View() and tables.get("joint"):
            render.print_text("\n" + together.say(tables["joint"], percent))
        lines = holding_back.say_lines(rows, tables.get("bottlenecks", ()), titles=about["titles"])
        if lines:
            render.print_text("\n" + lines)
        render.print_text("\n" + (NOTE if shown == len(HEADINGS) else NOTE.partition("Furthest")[0]))


def _opening(row: Row, *, about: Mapping[str, Any], view: options.View) -> str:
    who = about["whole"] if view.group_kind == "national" else about["names"].get(view.group, view.group)
    facts = f"{who}; {about['runs']:,} runs; {words.say_conditioned(row, about['origin'])}"
    return "\n".join([basis_line(row), "", render.wrap(about["title"]), render.wrap(facts)]) + "\n\n"


def basis_line(row: Row) -> str:
    """Say first what the numbers rest on."""
    return render.wrap(words.say_basis(row))


def _ambition_cells(row: Row, *, about: Mapping[str, Any]) -> list[str]:
    return [
        percent(row["chance"]) + span(row["chance_p10"], row["chance_p90"]),
        _projected(row),
        _target(row),
        _short_by(row, about=about),
        _furthest(row, about=about),
    ]


def say_aim(row: Row, *, about: Mapping[str, Any]) -> str:
    """An ambition's title with its deadline, unless the title says that already."""
    title = str(about["titles"].get(row["ambition"], row["ambition"]))
    deadline = as_date(row["deadline"])
    return title if wording.say_month(deadline) in title else f"{title}, by {wording.say_short_month(deadline)}"


def _projected(row: Row) -> str:
    """The middle run and the range; a change with its sign, and nothing but its chance for a milestone."""
    if row["measure"] == "milestone":
        return "-"
    if row["measure"] not in DECIMALS:
        return percent(row["value_q50"]) + span(row["value_q05"], row["value_q95"])
    form = DECIMALS[row["measure"]]
    middle, low, high = (_number(100 * row[name], form) for name in ("value_q50", "value_q05", "value_q95"))
    return f"{middle} %\n({low} to {high} %)"


def _number(number: float, form: str) -> str:
    """A number as a form writes it, and no minus before nothing."""
    written = format(number, form)
    return written if float(written) else format(0.0, form).removeprefix("+")


def _target(row: Row) -> str:
    threshold = row["threshold"]
    if words.is_missing(threshold):
        return "-"
    if row["measure"] == "milestone":
        return "by then"
    return f"{100 * threshold:+.3g} %" if row["measure"] == "change" else f"{100 * threshold:.3g} %"


def _short_by(row: Row, *, about: Mapping[str, Any]) -> str:
    short = row["shortfall_q50"]
    if words.is_missing(short) or row["measure"] == "milestone":
        return "-"
    return "met" if short <= 0 else _gap(row, short, about=about)


def _gap(row: Row, short: float, *, about: Mapping[str, Any]) -> str:
    """What is missing: sites or organisations, or points of a share or rate."""
    return words.gap(str(row["measure"]), short, of_organisations=row["ambition"] in about["of_organisations"])


def _furthest(row: Row, *, about: Mapping[str, Any]) -> str:
    code = row["furthest_behind_psc"]
    if words.is_missing(code) or not code:
        return ""
    gap = row["furthest_behind_short"]
    name = textwrap.fill(str(about["names"].get(code, code)), PLACE_WIDTH)
    return name if words.is_missing(gap) else f"{name}\n(by {_gap(row, gap, about=about)})"


def _print_group(
    tables: Mapping[str, Sequence[Row]], *, about: Mapping[str, Any], view: options.View, form: str
) -> None:
    """Print projected shares at the deadlines, or else at the end, where no chance is assessed."""
    deadlines = {str(as_date(row["deadline"])) for row in tables["ambitions"]}
    deadlines = deadlines or {max(str(as_date(row["date"])) for row in tables["summary"])}
    rows = [
        row
        for row in tables["summary"]
        if (row["group_kind"], row["group"]) == (view.group_kind, view.group)
        and str(as_date(row["date"])) in deadlines
        and row["measure"] == ADOPTED
    ]
    if form != "table":
        columns = tuple(tables["summary"][0])
        render.print_rows(rows, columns={name: name for name in columns}, form=form)
        return
    group = about["whole"] if view == options.View() else f"{view.group_kind.replace('_', ' ')} {view.group}"
    facts = f"{group}; {about['runs']:,} runs"
    basis = {"basis": "the run rests on a fit" if about.get("is_fitted") else ""}
    said = basis_line(next(iter(tables["ambitions"]), basis))
    render.print_text(f"{said}\n\n{render.wrap(about['title'])}\n{render.wrap(facts)}\n\n")
    cells = [_group_cells(row, about=about) for row in rows]
    render.print_table(cells, headings=("Share adopted", "Date", "Projected"), right=(False, False, True))
    render.print_text("\n" + (GROUP_NOTE if tables["ambitions"] else NO_AMBITION))


def _say_label(label: str, *, about: Mapping[str, Any]) -> str:
    """The title of an intervention; of a set of them, how many."""
    from spread.outcomes import naming

    if not label.startswith(naming.ALL_OF):
        return str(about["titles"].get(label, label))
    count = label.count("+") + 1
    return "Both together" if count == 2 else f"All {wording.say_number(count)} together"


def _group_cells(row: Row, *, about: Mapping[str, Any]) -> list[str]:
    return [
        _say_label(row["intervention"], about=about),
        wording.say_short_month(as_date(row["date"])),
        percent(row["q50"]) + span(row["q05"], row["q95"]),
    ]

"""`spread target`: where the next unit of support does most, by collaborative or by site."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spread.cli import answer, answering, asking, options, planning, render
from spread.scenarios import names as collaboratives

if TYPE_CHECKING:
    from spread.scenarios import schema

GAIN_COLUMNS = (
    "psc", "name", "group", "is_clear", "sites", "sites_low", "sites_high", "chance", "chance_low", "chance_high",
    "nothing_share", "less_share", "draws",
)  # fmt: skip
SITE_COLUMNS = ("site", "psc", "chance_without", "chance_with", "gain", "low", "high", "group", "is_sure")
GAINED = "Sites gained"
HEADINGS = ("", "Collaborative", GAINED, "Chance, points", "No change", "Fewer")
SITE_HEADINGS = ("Site", "Collaborative", "Without", "With", "Added, points")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_SITES_SAID = 10
MOST_NAMED = 4
PSC_NOTE = """\
In brackets: where the true figure lies with 95 % confidence. Collaboratives
under one letter cannot be told apart. No change: sets of assumptions, of 100,
in which every run ends the same; Fewer: in which fewer sites are there."""
SITE_NOTE = """\
This says whom regional support decides. What support of one single site would
do it cannot say: a plan gives support to collaboratives, not to sites."""


@click.command(
    epilog=options.examples(
        'spread target scenarios/tracheostomy/standard.toml --amount "1 WTE"',
        'spread target scenarios/tracheostomy/light.toml --amount "1 hour" --budget 5',
        "spread target scenarios/tracheostomy/standard.toml --by site --budget 20",
    )
)
@options.scenario
@asking.ambition
@asking.deadline
@click.option(
    "--by", type=click.Choice(["psc", "site"]), default="psc", show_default=True, help="Collaboratives, or sites."
)
@click.option(
    "--amount", metavar="AMOUNT", help="How much more: '1 WTE', '1 hour', '10 percentage points of champions'."
)
@click.option("--lever", metavar="NAME", help="Of what, where the unit does not say: champions, measurement ...")
@click.option("--budget", type=click.IntRange(min=1), metavar="N", help="Share out so many; by site, name the first N.")
@click.option("--from", "on", metavar="DATE", help="There is more from this day on; from the start unless given.")
@asking.draws_option(500)
@asking.replicates
@asking.seed
@options.machine
@asking.out
@asking.force
@options.table_format
@options.talk
def target(scenario: str, **chosen: Any) -> int:
    """Where does the next unit of support do most?

    SCENARIO is a file, or the name of a base in the catalogue. Each collaborative
    is given the amount in turn, on the same luck; or, by site, the plan is set
    against the same plan without regional support.
    """
    _check_options(chosen)
    found = planning.read(scenario, start_file=None, as_of=None)
    settings = _settings(found, chosen)
    document = asking.kept("target", found, settings, chosen, lambda means: _compute(found, chosen, means))
    if chosen["form"] == "table":
        print_answer(document)
    else:
        _print_data(document, chosen["form"])
    return asking.ending(document)


def _check_options(chosen: Mapping[str, Any]) -> None:
    """Make sure the options go together.

    Raises
    ------
    click.UsageError
    """
    if chosen["by"] == "psc" and chosen["amount"] is None:
        raise click.UsageError("--by psc needs --amount, such as '1 WTE' or '1 hour'")
    for name, option in (("amount", "--amount"), ("lever", "--lever"), ("on", "--from")):
        if chosen["by"] == "site" and chosen[name] is not None:
            raise click.UsageError(
                f"{option} goes with --by psc; by site, the plan is set against the plan without regional support"
            )


def _settings(scenario: "schema.Scenario", chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What decides the answer, checked.

    Raises
    ------
    InputError
    """
    from spread.decisions import target as targeting

    on = asking.parse_day(chosen["on"], "--from")
    asked = targeting.settled(scenario, asking.question(scenario, chosen["ambition"], chosen["deadline"]), on)
    amount = _amount(chosen)
    return {
        "by": chosen["by"],
        "ambition": asked.ambition,
        "deadline": asked.deadline,
        "lever": "support" if amount is None else amount.lever.path,
        "size": None if amount is None else amount.size,
        "from": on,
        "units": chosen["budget"] or 0,
        **{name: chosen[name] for name in ("draws", "replicates", "seed")},
    }


def _amount(chosen: Mapping[str, Any]) -> Any:
    from spread.decisions import amounts

    return None if chosen["amount"] is None else amounts.parse_amount(chosen["amount"], chosen["lever"])


def _compute(scenario: "schema.Scenario", chosen: Mapping[str, Any], means: answering.Means) -> answering.Answer:
    from spread.decisions import target as targeting
    from spread.runs import kept_answers

    question = asking.question(scenario, chosen["ambition"], chosen["deadline"])
    amount = _amount(chosen)
    shared: dict[str, Any] = {name: chosen[name] for name in ("draws", "replicates", "seed")}
    shared |= {"hands": means.hands, "report": means.told}
    shared["budget"] = chosen["budget"] or 0
    found = (
        targeting.target_sites(scenario, question, **shared)
        if amount is None
        else targeting.target_places(scenario, question, amount, on=asking.parse_day(chosen["on"], "--from"), **shared)
    )
    document = targeting.describe(found, scenario)
    texts = {"sites.csv": kept_answers.table_text(targeting.site_rows(found), SITE_COLUMNS)}
    if found.gains:
        texts["gains.csv"] = kept_answers.table_text(targeting.gain_rows(found), GAIN_COLUMNS)
    return answering.Answer(document, texts, draw)


def draw(folder: Path, *, out: Path | None = None) -> list[Path]:
    """Draw the figure of an answer, into its own folder unless told where to, and return the files written.

    Raises
    ------
    InputError
        When there is no answer in the folder, or more than one.
    """
    from spread.plots import targets, writing
    from spread.runs import kept_answers

    place = kept_answers.find(folder, "target")
    document = kept_answers.read(place, "target") or {}
    return list(
        writing.write_figure(
            targets.plot_targets(document),
            (out or place / "figures") / "targets",
            frame=targets.tabulate_targets(document),
            alt_text=targets.describe_targets(document),
        )
    )


# --- in words ------------------------------------------------------------------------------------


def print_answer(document: Mapping[str, Any]) -> None:
    """Print an answer for people."""
    render.print_text(asking.opening(document))
    render.print_text("\n" + "\n".join(_say_whole(document)) + "\n\n")
    if document["gains"]:
        _print_gains(document)
    render.print_text("\n".join(_say_groups(document)))
    if document["budget"]:
        render.print_text("\n" + "\n".join(_say_budget(document)))
    if document["by"] == "site":
        _print_sites(document)


def _say_whole(document: Mapping[str, Any]) -> list[str]:
    """What the amount does everywhere at once, or regional support as a whole."""
    base, effect, is_psc = document["without_it"], document["effect"], document["by"] == "psc"
    start = "As planned" if is_psc else "Without regional support"
    more = f"{document['amount']} more in every collaborative" if is_psc else "With it"
    unit = "sites" if document["counts"] == "sites" else "points"
    nothing = f"In {asking.share(effect['nothing_share'])} of the sets of assumptions it changes nothing at all"
    return [
        render.wrap(f"{start}: {_standing(document, base)}; chance {answer.percent(base['chance'])}."),
        render.wrap(
            f"{more}: {_sites(document, effect)} {unit} {_span(document, effect)}; chance "
            f"{asking.points(effect, 'chance')}."
        ),
        render.wrap(f"{nothing}, and in {asking.share(effect['less_share'])} it gives fewer."),
    ]


def _standing(document: Mapping[str, Any], base: Mapping[str, Any]) -> str:
    if document["counts"] == "sites":
        return f"{base['sites']:.1f} of {base['eligible']:,} sites"
    return f"{100 * base['sites']:.1f} % on average"


def _scale(document: Mapping[str, Any]) -> float:
    return 1.0 if document["counts"] == "sites" else 100.0


def _sites(document: Mapping[str, Any], numbers: Mapping[str, Any]) -> str:
    return asking.signed(numbers, "sites", scale=_scale(document), decimals=2)


def _span(document: Mapping[str, Any], numbers: Mapping[str, Any]) -> str:
    return asking.span(numbers, "sites", scale=_scale(document), decimals=2)


def _print_gains(document: Mapping[str, Any]) -> None:
    render.print_text(render.wrap(f"{document['amount']} more in one collaborative:") + "\n\n")
    headings = list(HEADINGS)
    if document["counts"] != "sites":
        headings[2] = "Gained, points"
    rows = [
        [
            LETTERS[min(gain["group"], len(LETTERS)) - 1],
            collaboratives.short_name(gain["name"]),
            f"{_sites(document, gain)} {_span(document, gain)}",
            f"{asking.signed(gain, 'chance', scale=100.0)} {asking.span(gain, 'chance', scale=100.0, decimals=0)}",
            asking.share(gain["nothing_share"]),
            asking.share(gain["less_share"]),
        ]
        for gain in document["gains"]
    ]
    render.print_table(rows, headings=headings, right=(False, False, True, True, True, True))
    render.print_text("\n" + PSC_NOTE)
    render.print_text("\n" + render.wrap(_say_finding(document)) + "\n\n")


def _say_finding(document: Mapping[str, Any]) -> str:
    """Name the first, or say that there is none."""
    gains = document["gains"]
    if not any(gain["is_clear"] for gain in gains):
        return f"No gain is clearly more than none, once it is allowed for that {len(gains)} are looked at together."
    first = [gain for gain in gains if gain["group"] == 1]
    names = [collaboratives.short_name(gain["name"]) for gain in first]
    if len(first) == 1:
        return f"{names[0]} gains most."
    if len(first) == len(gains):
        return "No collaborative can be said to gain more than another."
    if len(first) > MOST_NAMED:
        return f"The {len(first)} collaboratives under A gain most, and cannot be told apart."
    return f"{', '.join(names[:-1])} and {names[-1]} gain most and cannot be told apart."


def _say_groups(document: Mapping[str, Any]) -> list[str]:
    """How many sites support decides."""
    names = [name for name in document["groups"][0] if name not in ("psc", "name")] if document["groups"] else []
    counts = {name: sum(row[name] for row in document["groups"]) for name in names}
    total = sum(counts.values())
    what = "this amount everywhere" if document["by"] == "psc" else "regional support"
    said = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    unsure = total - document["sure"]
    doubt = f" For {unsure:,} of them the runs are too few to be sure." if unsure else ""
    return [
        render.wrap(f"Of {total:,} sites, with and without {what}: {said}.{doubt}"),
        render.wrap(document["rule"] + "."),
    ]


def _say_budget(document: Mapping[str, Any]) -> list[str]:
    """Who gets how many, and what that adds."""
    budget = document["budget"]
    given = ", ".join(f"{collaboratives.short_name(unit['name'])} {unit['units']}" for unit in budget["units"])
    over = budget["over_equal_shares"]
    is_better = over["sites_low"] is not None and over["sites_low"] > 0
    verdict = "" if is_better else " It cannot be told from sharing them equally."
    unit = "sites" if document["counts"] == "sites" else "points"
    left = budget["asked"] - sum(unit["units"] for unit in budget["units"])
    rest = f" What is left over ({left} of {budget['asked']}) adds nothing anywhere." if left else ""
    lines = [f"{budget['amount']} shared out, one unit after another: {given or 'none'}.{rest}"]
    for words, numbers in (("Against none", budget["effect"]), ("Against equal shares", over)):
        gain = f"{_sites(document, numbers)} {unit} {_span(document, numbers)}"
        lines.append(f"{words}: {gain}; chance {asking.points(numbers, 'chance')}.")
    return [*(render.wrap(line) for line in lines[:-1]), render.wrap(lines[-1] + verdict)]


def _print_sites(document: Mapping[str, Any]) -> None:
    if document["first_sites"]:
        shown = document["first_sites"][:MOST_SITES_SAID]
        render.print_text(f"\nThe first {len(shown)} sites by what regional support adds:\n\n")
        names = {row["psc"]: collaboratives.short_name(row["name"]) for row in document["groups"]}
        rows = [
            [
                site["site"],
                names[site["psc"]],
                answer.percent(site["chance_without"]),
                answer.percent(site["chance_with"]),
                f"{100 * site['gain']:+.0f} ({100 * site['low']:.0f} to {100 * site['high']:.0f})",
            ]
            for site in shown
        ]
        render.print_table(rows, headings=SITE_HEADINGS, right=(False, False, True, True, True))
    render.print_text("\n" + SITE_NOTE)


def _print_data(document: Mapping[str, Any], form: str) -> None:
    """Print an answer for programs: all of it as JSON; as CSV its gains, or the first sites."""
    from spread import cells

    if form == "json":
        render.print_text(cells.json_text(document))
        return
    rows, columns = (
        (document["first_sites"], SITE_COLUMNS) if document["by"] == "site" else (document["gains"], GAIN_COLUMNS)
    )
    render.print_rows(rows, columns={name: name for name in columns}, form="csv")

"""`spread sensitivity`: which parameters move the answer, what is worth finding out, where the uncertainty is from."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from spread.cli import answer, answering, asking, options, planning, render

if TYPE_CHECKING:
    from spread.scenarios import schema

MORRIS_COLUMNS = (
    "output", "name", "meaning", "basis", "mu", "mu_star", "sigma", "error", "floor", "is_clear",
)  # fmt: skip
SOBOL_COLUMNS = ("output", "name", "meaning", "basis", "first", "first_error", "total", "total_error")
WORTH_COLUMNS = ("measure", "name", "meaning", "basis", "gain", "floor", "is_clear")
SPLIT_COLUMNS = ("source", "sd", "share")
MODEL_COLUMNS = (
    "model", "words", "value", "chance", "more_value", "more_value_low", "more_value_high",
    "more_chance", "more_chance_low", "more_chance_high",
)  # fmt: skip
EFFORT = ("trajectories", "sets", "lucks", "draws", "replicates")
HEADINGS = ("What we do not know", "Basis", "Share", "Alone", "Moves it")
WORTH_HEADINGS = ("What to find out", "Basis", "Chance", "Sites")
MOST_WORTH_SAID = 5
NOT_SPLIT = "One replicate cannot tell luck from parameters; with two or more the uncertainty is split."
NOTE = """\
Share: of the differences between sets of assumptions, how much is due to this,
alone or with others (±: 95 %). These overlap: they may add up to over 100 %.
Alone: without what it does together with others. Moves it: by how many points
of the projected share, across its range (5 to 95 %), on average."""


@click.command(
    epilog=options.examples(
        "spread sensitivity scenarios/tracheostomy/standard.toml",
        "spread sensitivity pews-standard --option coaches=3 --option support=light",
        "spread sensitivity tracheostomy-standard --trajectories 10 --sets 128",
    )
)
@options.scenario
@asking.ambition
@asking.deadline
@click.option(
    "--option", "plans", multiple=True, metavar="SETTING", help="A plan to choose; every support level unless given."
)
@click.option(
    "--trajectories", type=click.IntRange(min=2), default=20, show_default=True, metavar="N",
    help="Effort of the screening.",
)  # fmt: skip
@click.option(
    "--sets", type=click.IntRange(min=8), default=256, show_default=True, metavar="N",
    help="Effort of the indices; a power of 2.",
)  # fmt: skip
@click.option(
    "--lucks", type=click.IntRange(min=2), default=4, show_default=True, metavar="N",
    help="Runs of chance each set meets.",
)  # fmt: skip
@asking.draws_option(500)
@asking.replicates
@asking.seed
@options.machine
@asking.out
@asking.force
@options.table_format
@options.talk
def sensitivity(scenario: str, **chosen: Any) -> int:
    """Which parameters move the answer, and which are worth finding out?

    SCENARIO is a file, or the name of a base in the catalogue. Needs the extra
    'sensitivity': pip install 'spread[sensitivity]'.
    """
    _check_sets(chosen["sets"])
    found = planning.read(scenario, start_file=None, as_of=None)
    question = asking.question(found, chosen["ambition"], chosen["deadline"])
    settings = {
        "ambition": question.ambition,
        "deadline": question.deadline or found.ambitions[question.ambition].deadline,
        "plans": list(chosen["plans"]),
        **{name: chosen[name] for name in (*EFFORT, "seed")},
    }
    document = asking.kept("sensitivity", found, settings, chosen, lambda means: _compute(found, chosen, means))
    if chosen["form"] == "table":
        print_answer(document)
    else:
        _print_data(document, chosen["form"])
    return asking.ending(document)


def _check_sets(count: int) -> None:
    """Make sure the sample is one that Sobol's sequence covers evenly.

    Raises
    ------
    click.BadParameter
    """
    if count & (count - 1):
        lower = 1 << (count.bit_length() - 1)
        raise click.BadParameter(f"--sets {count} is no power of 2; write {lower} or {2 * lower}")


def _compute(scenario: "schema.Scenario", chosen: Mapping[str, Any], means: answering.Means) -> answering.Answer:
    from spread.decisions import sensitivity as finding
    from spread.runs import kept_answers

    found = finding.find_sensitivity(
        scenario,
        asking.question(scenario, chosen["ambition"], chosen["deadline"]),
        options=chosen["plans"],
        effort=finding.Effort(**{name: chosen[name] for name in EFFORT}),
        seed=chosen["seed"],
        hands=means.hands,
        report=means.told,
    )
    document = finding.describe(found, scenario)
    tables = {
        "morris.csv": ("parameters", MORRIS_COLUMNS),
        "sobol.csv": ("indices", SOBOL_COLUMNS),
        "worth.csv": ("worth", WORTH_COLUMNS),
        "split.csv": ("split", SPLIT_COLUMNS),
        "models.csv": ("models", MODEL_COLUMNS),
    }
    texts = {name: kept_answers.table_text(document[key], columns) for name, (key, columns) in tables.items()}
    return answering.Answer(document, texts)


# --- in words ------------------------------------------------------------------------------------


def print_answer(document: Mapping[str, Any]) -> None:
    """Print an answer for people."""
    render.print_text(asking.opening(document) + "\n")
    _print_indices(document)
    render.print_text("\n" + "\n".join(_say_screening(document)))
    render.print_text("\n" + "\n".join(_say_split(document)))
    render.print_text("\n" + "\n".join(_say_options(document)))
    _print_worth(document)


def _of(document: Mapping[str, Any], key: str, column: str, value: str) -> list[Mapping[str, Any]]:
    return [row for row in document[key] if row[column] == value]


def _print_indices(document: Mapping[str, Any]) -> None:
    """The parameters that do most, everything else together, and nothing."""
    moves = {row["name"]: row["mu_star"] for row in _of(document, "parameters", "output", "value")}
    rows = [
        [
            row["meaning"],
            row["basis"],
            f"{asking.share(row['total'])} ± {100 * row['total_error']:.0f}",
            asking.share(max(row["first"], 0.0)),
            f"{100 * moves[row['name']]:.1f}" if row["name"] in moves else "",
        ]
        for row in _of(document, "indices", "output", "value")
    ]
    render.print_table(rows, headings=HEADINGS, right=(False, False, True, True, True))
    render.print_text("\n" + NOTE)
    noise = document["luck_share"]["value"]
    if noise is not None:
        render.print_text(render.wrap(f"Noise: shares below {100 * noise:.1f} % cannot be told from luck."))


def _say_screening(document: Mapping[str, Any]) -> list[str]:
    """How many parameters do something, too little to say, or nothing at all."""
    rows = [row for row in _of(document, "parameters", "output", "value") if row["name"] != "nothing"]
    clear = [row for row in rows if row["is_clear"]]
    still = [row for row in rows if row["mu_star"] == 0]
    lines = [
        f"Uncertain parameters: {len(rows):,}. Those that move the projected share by more than luck does: "
        f"{len(clear):,}; that do too little to tell from luck: {len(rows) - len(clear) - len(still):,}; that do "
        f"nothing, not one run changed: {len(still):,}."
    ]
    indexed = {row["name"] for row in _of(document, "indices", "output", "value")}
    next_in_line = [row for row in clear if row["name"] not in indexed][:MOST_WORTH_SAID]
    if next_in_line:
        said = "; ".join(f"{row['name']} ({100 * row['mu_star']:.1f} points)" for row in next_in_line)
        lines.append(f"Next in line: {said}.")
    return [render.wrap(line) for line in lines]


def _say_split(document: Mapping[str, Any]) -> list[str]:
    """How much of the uncertainty is luck, parameters and structure, and what other models say."""
    parts = ", ".join(
        f"{row['source']} {asking.share(row['share'])}" for row in document["split"] if row["share"] is not None
    )
    is_known = all(row["share"] is not None for row in document["split"])
    lines = [render.wrap(f"Of the whole uncertainty of the projected share: {parts}." if is_known else NOT_SPLIT)]
    for row in document["models"]:
        more = f"{asking.points(row, 'more_value')}; chance {asking.points(row, 'more_chance')}"
        lines.append(render.wrap(f"  {row['words']}: {more}"))
    return lines


def _say_options(document: Mapping[str, Any]) -> list[str]:
    """What each plan gives."""
    unit = "sites" if document["counts"] == "sites" else "%"
    scale = 1.0 if document["counts"] == "sites" else 100.0
    said = [
        f"  {row['option']}: chance {answer.percent(row['chance'])}, {scale * row['sites']:.1f} {unit}"
        for row in document["options"]
    ]
    return ["Plans to choose between:", *said]


def _print_worth(document: Mapping[str, Any]) -> None:
    """What is worth finding out before choosing between the plans; or that nothing is."""
    chance, sites = (_of(document, "worth", "measure", measure) for measure in ("chance", "sites"))
    clear = {row["name"] for row in (*chance, *sites) if row["is_clear"]}
    if not clear:
        floor = f" (less than {100 * chance[0]['floor']:.1f} points of chance)" if chance else ""
        words = f"Finding any one parameter out before choosing is worth nothing that can be told from chance{floor}."
        render.print_text("\n" + render.wrap(words))
        return
    in_sites = {row["name"]: row for row in sites}
    scale = 1.0 if document["counts"] == "sites" else 100.0
    ordered = sorted((row for row in chance if row["name"] in clear), key=lambda row: -in_sites[row["name"]]["gain"])
    rows = [
        [
            row["meaning"],
            row["basis"],
            _worth(row, 100.0),
            _worth(in_sites[row["name"]], scale),
        ]
        for row in ordered[:MOST_WORTH_SAID]
    ]
    render.print_text("\nWhat finding one out before choosing adds (-: nothing to be told from chance)\n\n")
    headings: Sequence[str] = [*WORTH_HEADINGS[:2], "Chance, points", WORTH_HEADINGS[3]]
    render.print_table(rows, headings=headings, right=(False, False, True, True))


def _worth(row: Mapping[str, Any], scale: float) -> str:
    return f"+{scale * row['gain']:.2f}" if row["is_clear"] else "-"


def _print_data(document: Mapping[str, Any], form: str) -> None:
    """Print an answer for programs: all of it as JSON; as CSV its indices."""
    from spread import cells

    if form == "json":
        render.print_text(cells.json_text(document))
        return
    render.print_rows(document["indices"], columns={name: name for name in SOBOL_COLUMNS}, form="csv")

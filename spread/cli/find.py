"""`spread find`: the least support, the fewest coaches or the latest start for a wanted chance."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import spread
from spread import errors
from spread.cli import answer, answering, asking, completing, finding_words, options, planning, render

if TYPE_CHECKING:
    from spread.decisions import levels, trials
    from spread.scenarios import schema

KIND = "find"


@click.command(
    epilog=options.examples(
        "spread find tracheostomy-standard --lever coaches --chance 0.25",
        "spread find scenarios/pews/standard.toml --lever support --chance 0.5",
        "spread find mine.toml --lever coaches --lever2 champions --chance 0.8",
    )
)
@options.scenario
@asking.ambition
@click.option(
    "--lever",
    required=True,
    multiple=True,
    metavar="PATH",
    shell_complete=completing.levers,
    help="What may change: coaches, coaches.NENC, support ...; given twice, the second is --lever2.",
)
@click.option(
    "--lever2",
    metavar="PATH",
    shell_complete=completing.levers,
    help="A second one: the pairs at which the chance is just met.",
)
@click.option("--chance", required=True, type=float, metavar="C", help="The chance that is wanted, such as 0.8.")
@click.option("--low", metavar="X", help="The lower end of the lever's range; a sensible one unless given.")
@click.option("--high", metavar="Y", help="The higher end of it.")
@click.option("--low2", metavar="X", help="The lower end of the second lever's range.")
@click.option("--high2", metavar="Y", help="The higher end of it.")
@click.option("--cost", "costs", multiple=True, metavar="ITEM=POUNDS", help="For a unit of an item of costs.csv.")
@click.option("--by", metavar="DATE", help="Which deadline of the ambition; its own unless given.")
@options.view
@asking.draws_option(500)
@asking.replicates
@asking.seed
@options.machine
@asking.out
@asking.force
@options.table_format
@options.talk
def find(scenario: str, **chosen: Any) -> int:
    """What is the least it takes for a wanted chance?

    SCENARIO is a file, or the name of a base in the catalogue. Looks for the
    smallest setting of a lever (the latest, of a start) at which the ambition has
    the chance, with its interval; of two levers, for the pairs.
    """
    paths = [path for path in (*chosen["lever"], chosen["lever2"]) if path is not None]
    if len(paths) > 2:
        raise click.UsageError("two levers at most: --lever and --lever2")
    chosen |= {"lever": paths[0], "lever2": paths[1] if len(paths) == 2 else None}
    found = planning.read(scenario, start_file=None, as_of=None)
    asked, scales = _read_question(found, chosen)
    costs = _read_costs(chosen["costs"])
    settings = _settings(asked, scales, costs, chosen)
    document = asking.kept(
        KIND, found, settings, chosen, lambda means: _compute(found, asked, scales, costs, chosen, means)
    )
    _print(document, chosen["form"])
    return asking.ending(document)


def _read_question(
    scenario: "schema.Scenario", chosen: Mapping[str, Any]
) -> "tuple[trials.Question, tuple[levels.Scale, ...]]":
    """The question and the levers, once all of it makes sense.

    Raises
    ------
    InputError
        With everything that does not.
    """
    from spread.decisions import find as finding
    from spread.decisions import levels

    if chosen["lever2"] is None and any(chosen[name] is not None for name in ("low2", "high2")):
        raise click.UsageError("--low2 and --high2 go with --lever2")
    if chosen["lever2"] is None and chosen["costs"]:
        raise click.UsageError("--cost goes with --lever2: one lever has no cheapest pair")
    faults: list[errors.Fault] = []
    asked, scales, view = None, [], options.View()
    with errors.noted(faults):
        asked = asking.question(scenario, chosen["ambition"], None)
    with errors.noted(faults):
        view = answer.resolve_view(scenario, chosen["view"])
    for number in ("", "2"):
        if chosen[f"lever{number}"] is not None:
            with errors.noted(faults):
                low, high = chosen[f"low{number}"], chosen[f"high{number}"]
                scales.append(levels.read_scale(scenario, chosen[f"lever{number}"], low=low, high=high))
    with errors.noted(faults):
        if asked is not None:
            asked = asked._replace(deadline=asking.parse_day(chosen["by"], "--by"), scope=view.scope)
            finding.check_question(asked, scales, chosen["chance"])
    if faults or asked is None:
        raise errors.InputError(faults)
    return asked, tuple(scales)


def _read_costs(texts: tuple[str, ...]) -> dict[str, float]:
    """Prices as ``ITEM=POUNDS``.

    Raises
    ------
    InputError
    """
    costs = {}
    for text in texts:
        item, equals, price = text.partition("=")
        try:
            costs[item.strip()] = float(price)
        except ValueError:
            equals = ""
        if not equals:
            raise errors.InputError(errors.Fault("expected ITEM=POUNDS, such as coaches=5000", f"--cost {text}"))
    return costs


def _settings(
    asked: "trials.Question", scales: "tuple[levels.Scale, ...]", costs: Mapping[str, float], chosen: Mapping[str, Any]
) -> dict[str, Any]:
    """What decides the answer."""
    return {
        "question": asked._asdict(),
        "levers": [[scale.name, scale.value(scale.least), scale.value(scale.most)] for scale in scales],
        "wanted": chosen["chance"],
        "costs": dict(costs),
        **{name: chosen[name] for name in ("draws", "replicates", "seed")},
    }


def _compute(
    scenario: "schema.Scenario",
    asked: "trials.Question",
    scales: "tuple[levels.Scale, ...]",
    costs: Mapping[str, float],
    chosen: Mapping[str, Any],
    means: answering.Means,
) -> answering.Answer:
    from spread.decisions import find as finding
    from spread.decisions import found, frontier
    from spread.runs import kept_answers

    began = time.perf_counter()
    given = {name: chosen[name] for name in ("chance", "draws", "replicates", "seed")}
    given |= {"hands": means.hands, "report": means.told}
    texts = {}
    if len(scales) == 2:
        pairs = frontier.find_frontier(scenario, asked, (scales[0], scales[1]), costs_gbp=costs, **given)
        document = found.frontier_data(pairs)
        texts["frontier.csv"] = kept_answers.table_text(found.frontier_rows(document), found.FRONTIER_COLUMNS)
    else:
        document = found.finding_data(finding.find(scenario, asked, scales[0], **given))
    texts["response.csv"] = kept_answers.table_text(found.response_rows(document), found.RESPONSE_COLUMNS)
    about = answer.about_scenario(scenario, runs=0)
    place = about["names"].get(asked.scope.removeprefix("psc:"), about["whole"])
    whole = {**document, **found.question_data(scenario, asked, chosen["chance"]), "whole": place}
    whole["wall_seconds"] = round(time.perf_counter() - began, 2)
    whole["engine"] = chosen["engine"]

    def drawn(folder_there: Path) -> None:
        about_it = {"name": scenario.name, "model_version": spread.__version__, "basis": answer.NOT_FITTED}
        draw(folder_there, document={**about_it, **whole})

    return answering.Answer(whole, texts, drawn)


def draw_dose(folder: Path, *, out: Path | None = None) -> list[Path]:
    """Draw the response curve of an answer about one lever."""
    return draw(folder, kind="dose", out=out)


def draw_frontier(folder: Path, *, out: Path | None = None) -> list[Path]:
    """Draw the frontier of an answer about two levers."""
    return draw(folder, kind="frontier", out=out)


def draw(
    folder: Path, *, kind: str | None = None, out: Path | None = None, document: Mapping[str, Any] | None = None
) -> list[Path]:
    """Draw the figure of an answer, the response curve or the frontier, and return the files written.

    Raises
    ------
    InputError
        When there is no answer there, or it is about another number of levers.
    """
    import importlib

    from spread.plots import writing
    from spread.runs import kept_answers

    place = folder if document is not None else kept_answers.find(folder, KIND)
    told = document if document is not None else kept_answers.read(place, KIND) or {}
    own = "frontier" if "pairs" in told else "dose"
    if kind not in (None, own):
        levers = "two levers" if own == "frontier" else "one lever"
        raise errors.InputError(errors.Fault(f"is about {levers}: plot {own} instead", str(place)))
    figure = importlib.import_module(f"spread.plots.{own}")
    drawn, frame, words = (getattr(figure, f"{verb}_{own}")(told) for verb in ("plot", "tabulate", "describe"))
    stem = (out or place / "figures") / own
    return list(writing.write_figure(drawn, stem, frame=frame, alt_text=words))


def _print(document: Mapping[str, Any], form: str) -> None:
    from spread import cells
    from spread.decisions import found

    if form == "json":
        render.print_text(cells.json_text(document))
    elif form == "csv" and "pairs" in document:
        columns = {name: name for name in found.FRONTIER_COLUMNS}
        render.print_rows(found.frontier_rows(document), columns=columns, form="csv")
    elif form == "csv":
        columns = {name: name for name in found.RESPONSE_COLUMNS[:-1]}
        render.print_rows(found.response_rows(document), columns=columns, form="csv")
    else:
        finding_words.print_answer(document)

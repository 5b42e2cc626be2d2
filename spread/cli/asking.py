"""What questions of where and why have in common: their options, the question, an answer kept in a folder."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from spread import errors
from spread.cli import answer, answering, render
from spread.report import words

if TYPE_CHECKING:
    from spread.decisions import trials
    from spread.scenarios import schema

SOME_FAILED = 3

ambition = click.option(
    "--ambition", metavar="NAME", help="Which ambition; may be left out where there is only one."
)  # fmt: skip
deadline = click.option("--deadline", metavar="DATE", help="By when; the ambition's own unless given.")
seed = click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, metavar="N", help="Names the luck."
)
out = click.option("--out", type=click.Path(), metavar="DIR", help="The folder; results/NAME/KIND-KEY unless given.")
force = click.option("--force", is_flag=True, help="Compute again, and replace another answer in DIR.")


def draws_option(default: int) -> Callable[[Any], Any]:
    """``--draws``, so many unless given."""
    return click.option(
        "--draws", type=click.IntRange(min=2), default=default, show_default=True, metavar="N",
        help="Parameter sets to try.",
    )  # fmt: skip


replicates = click.option(
    "--replicates",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    metavar="N",
    help="Runs of chance in each.",
)


def parse_day(text: str | None, option: str) -> date | None:
    """A day given as an option.

    Raises
    ------
    InputError
        When it is none.
    """
    from spread import dates

    if text is None:
        return None
    try:
        return dates.parse_date(text)
    except ValueError as error:
        raise errors.InputError(errors.Fault(str(error), f"{option} {text}")) from None


def question(scenario: "schema.Scenario", name: str | None, deadline: str | None) -> "trials.Question":
    """The question asked, of the only ambition where none is named.

    Raises
    ------
    InputError
        When it is not clear which, or it cannot be asked.
    """
    from spread.decisions import trials

    known = list(scenario.ambitions)
    if name is None and len(known) != 1:
        message = f"say which ambition: {', '.join(known)}" if known else "this scenario has no ambition"
        raise errors.InputError(errors.Fault(message, "--ambition"))
    asked = trials.Question(name or known[0], parse_day(deadline, "--deadline"))
    trials.check_question(scenario, asked)
    return asked


def kept(
    kind: str,
    scenario: "schema.Scenario",
    settings: Mapping[str, Any],
    chosen: Mapping[str, Any],
    compute: "Callable[[answering.Means], answering.Answer]",
) -> dict[str, Any]:
    """The document of an answer, with what it says around its numbers; see `answering.kept`."""
    told = answer.about_scenario(scenario, runs=0)
    about = {"title": told["title"], "whole": told["whole"], "basis": answer.NOT_FITTED}

    def computed(means: answering.Means) -> answering.Answer:
        found = compute(means)
        return found._replace(document={**about, **found.document})

    return answering.kept(kind, scenario, settings, chosen, computed, title=kind)


def ending(document: Mapping[str, Any]) -> int:
    """The exit code of an answer; how many runs failed goes to stderr."""
    if document["failures"]:
        render.say(f"{document['failures']:,} runs failed and are left out")
        return SOME_FAILED
    return 0


# --- in words ------------------------------------------------------------------------------------


def opening(document: Mapping[str, Any]) -> str:
    """What an answer begins with: what it rests on, the scenario, the ambition, the runs."""
    day = answer.say_day(document["deadline"])
    facts = f"{document['whole']}; by {day}; {document['runs']:,} runs"
    title = render.wrap(document["title"])
    return f"{document['basis']}\n\n{title}\n{render.wrap(document['ambition_title'])}\n{facts}\n"


points = words.points


def signed(numbers: Mapping[str, Any], name: str, *, scale: float = 1.0, decimals: int = 1) -> str:
    """A number of an answer with its sign, and none before nothing."""
    return words.signed(numbers[name], scale=scale, decimals=decimals)


def span(numbers: Mapping[str, Any], name: str, *, scale: float = 1.0, decimals: int = 1) -> str:
    """The interval of a number in brackets; nothing where it is not known."""
    return words.between(numbers[f"{name}_low"], numbers[f"{name}_high"], scale=scale, decimals=decimals)


def share(number: float) -> str:
    """A share counted in runs or sets, which may be none or all: ``45 %``."""
    return f"{100 * number:.0f} %"

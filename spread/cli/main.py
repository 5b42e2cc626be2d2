"""`spread`: the list of commands, and how every way of ending becomes an exit code.

0 done; 1 our bug, with its traceback; 2 bad input; 3 some replicates failed; 4 a required chance was not
met; 5 the machine refused; 130 interrupted.
"""

import contextlib
import errno
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

import spread
from spread import errors
from spread.cli import completing, interrupts, options

COMMANDS = {
    "run": "spread.cli.run:run",
    "compare": "spread.cli.compare:compare",
    "calibrate": "spread.cli.calibrate:calibrate",
    "hindcast": "spread.cli.hindcast:hindcast",
    "plot": "spread.cli.plot:plot",
    "brief": "spread.cli.brief:brief",
    "report": "spread.cli.report:report",
    "find": "spread.cli.find:find",
    "target": "spread.cli.target:target",
    "sensitivity": "spread.cli.sensitivity:sensitivity",
    "trace": "spread.cli.trace:trace",
    "since": "spread.cli.since:since",
    "score": "spread.cli.score:score",
    "results": "spread.cli.results:results",
    "return": "spread.cli.quarterly_return:quarterly_return",
    "scenario": "spread.cli.scenario:scenario",
    "network": "spread.cli.network:network",
    "assumptions": "spread.cli.assumptions:assumptions",
    "describe": "spread.cli.describe:describe",
}

# The first sentence of each command's help, so that listing them imports none of them; a test holds the two equal.
SHORT_HELP = {
    "run": "What is the chance that each ambition is met by its deadline?",
    "compare": "Which plan is better, by how much, and how sure is that?",
    "calibrate": "Fit a scenario to what was observed.",
    "hindcast": "Would its forecasts have been good?",
    "plot": "Draw a figure from a run folder: SVG, PNG, its numbers (CSV) and alt text.",
    "brief": "Say in six sentences where a programme stands and what would help.",
    "report": "Write a report a manager can open offline, as a page or as slides.",
    "find": "What is the least it takes for a wanted chance?",
    "target": "Where does the next unit of support do most?",
    "sensitivity": "Which parameters move the answer, and which are worth finding out?",
    "trace": "Tell the story of one replicate, or of one site in it.",
    "since": "What changed since the last forecast, and what made the chance move?",
    "score": "Set past forecasts against what happened.",
    "results": "List, show, expand, verify, export and bundle runs.",
    "return": "Check a quarterly assurance return, or write a simulated one.",
    "scenario": "List, show, check, begin and compare scenario files.",
    "network": "Who is in the world, and how they are connected.",
    "assumptions": "List every number the model uses: value, range, unit, basis and source.",
    "describe": "Fill in ODD, STRESS and an assumptions log for a scenario or run.",
}

CITATION = f"""\
The spread authors. spread: how patient-safety improvements spread through the NHS in England
[computer program]. Version {spread.__version__}.

Give the key of a run too (spread results list): it names every number that went into it.

@software{{spread,
  author  = {{{{The spread authors}}}},
  title   = {{spread: how patient-safety improvements spread through the {{NHS}} in {{England}}}},
  version = {{{spread.__version__}}},
  license = {{MIT}}
}}"""

INTERRUPTED = 130
MACHINE_ERRNOS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}
)


class LazyCommands(click.Group):
    """A group that imports the module of a command when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Commands in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now; None when there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module_name, _, function_name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module_name), function_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their first sentences."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SHORT_HELP.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[Any, Any, list[str]]:
        """As click does, but with the name that was probably meant."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            ctx.fail(f"no command '{name}'{errors.did_you_mean(name, tuple(COMMANDS))}")
        return super().resolve_command(ctx, args)


def _cite(context: click.Context, _option: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        click.echo(CITATION)
        context.exit()


@click.group(
    cls=LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog=options.examples("spread run scenarios/tracheostomy/standard.toml"),
)
@click.version_option(spread.__version__, prog_name="spread")
@click.option("--citation", is_flag=True, is_eager=True, expose_value=False, callback=_cite, help="How to cite it.")
def commands() -> None:
    """How patient-safety improvements spread through the NHS in England.

    A scenario file describes the programme; a run says how likely each
    ambition is to be met by its deadline.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    Parameters
    ----------
    arguments
        Words after `spread`; those of this process when None.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    _open_closed_streams()
    if completing.is_asked():
        sys.exit(completing.answer(commands))
    sys.exit(exit_code(lambda: invoke(words)))


def invoke(words: list[str]) -> int:
    """Run one command; its exit code is what it returns, or 0."""
    try:
        with commands.make_context("spread", words) as context:
            code = commands.invoke(context)
    except click.exceptions.Exit as ending:
        code = ending.exit_code
    # A reader who left does not change how the work ended.
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    return code if isinstance(code, int) else 0


def exit_code(action: Callable[[], int]) -> int:
    """Do it, say on stderr what went wrong in the user's terms, and return the exit code.

    Anything not named here is our bug and keeps its traceback.
    """
    try:
        with interrupts.none_lost():
            return action()
    except click.ClickException as error:
        with contextlib.suppress(OSError):
            error.show()
        return errors.SpreadError.exit_code
    except errors.SpreadError as error:
        _say(_nearby(str(error)))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        _say(str(error) or "Interrupted: nothing half-written is left behind.")
        return INTERRUPTED
    except MemoryError:
        _say("The machine ran out of memory; fewer --draws or --workers need less.")
        return errors.MachineError.exit_code
    except BrokenPipeError:
        return 0
    except OSError as error:
        if error.errno not in MACHINE_ERRNOS:
            raise
        _say(f"The machine refused: {error.strerror}: {error.filename or 'output'}")
        return errors.MachineError.exit_code
    finally:
        _forget_what_is_stuck()


def _open_closed_streams() -> None:
    """Send to nowhere what would go to a stream that was closed before we began."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - stays open until the end
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - stays open until the end


def _nearby(text: str) -> str:
    """A message with files below this folder named from here, as users name them."""
    with contextlib.suppress(OSError):  # the folder we are in may be gone
        return text.replace(f"{Path.cwd()}{os.sep}", "")
    return text


def _say(text: str) -> None:
    with contextlib.suppress(OSError):
        click.echo(text, err=True)


def _forget_what_is_stuck() -> None:
    """Send nowhere what stdout and stderr could not be rid of, so that closing them at exit cannot fail again."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)

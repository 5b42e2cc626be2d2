"""The options that commands share, in groups, and the small languages inside them."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import click

from spread import errors
from spread.cli import completing

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

GROUP_KINDS = ("national", "nhs_region", "psc", "ics", "setting", "imd_fifth", "network", "organisation")
GATE = re.compile(r"^\s*(?P<ambition>[^@>=]+?)\s*(@\s*(?P<deadline>[^>=]+?)\s*)?>=\s*(?P<chance>[0-9.]+)\s*$")

scenario: Decorator = click.argument("scenario", shell_complete=completing.scenarios)


class View(NamedTuple):
    """Whom a table or figure is for: everyone in England, or one group."""

    group_kind: str = "national"
    group: str = "national"

    @property
    def scope(self) -> str:
        """As the ambitions table writes it: ``national`` or ``psc:YH``."""
        return "national" if self.group_kind == "national" else f"{self.group_kind}:{self.group}"


class Gate(NamedTuple):
    """A chance that must be reached: ``AMBITION[@DATE]>=CHANCE``, with chance from 0 to 1."""

    ambition: str
    deadline: str | None
    chance: float

    def __str__(self) -> str:
        at = f"@{self.deadline}" if self.deadline else ""
        return f"{self.ambition}{at}>={self.chance:g}"


def _parse_view(_context: click.Context, _option: click.Parameter, text: str | None) -> View | None:
    if text is None:
        return None
    kind, colon, group = text.partition(":")
    if text == "national":
        return View()
    if not colon or not group or kind == "national" or kind not in GROUP_KINDS:
        hint = errors.did_you_mean(kind, GROUP_KINDS)
        raise click.BadParameter(f"'{text}' should be KIND:NAME such as psc:Wessex or setting:acute{hint}")
    return View(kind, group)


def _parse_gates(_context: click.Context, _option: click.Parameter, texts: tuple[str, ...]) -> tuple[Gate, ...]:
    return tuple(parse_gate(text) for text in texts)


def parse_gate(text: str) -> Gate:
    """Read one gate.

    Raises
    ------
    click.BadParameter
        When it is not written as one.
    """
    found = GATE.match(text)
    wanted = "should be AMBITION[@DATE]>=CHANCE, such as tracheostomy@2021-03>=0.8"
    if found is None:
        raise click.BadParameter(f"'{text}' {wanted}")
    try:
        chance = float(found["chance"])
    except ValueError:
        raise click.BadParameter(f"'{text}' {wanted}") from None
    if not 0 <= chance <= 1:
        raise click.BadParameter(f"'{text}': the chance {chance:g} is not between 0 and 1")
    return Gate(found["ambition"], found["deadline"], chance)


def examples(*lines: str) -> str:
    """The end of a help page: examples, each on a line of its own."""
    heading = "Example:" if len(lines) == 1 else "Examples:"
    return "\n".join(["\b", heading, *(f"  {line}" for line in lines)])


def _together(*options: Decorator) -> Decorator:
    """Several options as one decorator, listed in help in the order given."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


simulation = _together(
    click.option(
        "--draws",
        type=click.IntRange(min=1),
        default=500,
        show_default=True,
        metavar="N",
        help="Parameter sets to try.",
    ),
    click.option(
        "--replicates",
        type=click.IntRange(min=1),
        default=2,
        show_default=True,
        metavar="N",
        help="Runs of chance in each.",
    ),
    click.option(
        "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, metavar="N", help="Names the luck."
    ),
    click.option(
        "--precision",
        type=click.FloatRange(0.0, 0.5, min_open=True),
        metavar="H",
        help="Not --draws: until chances are known to ±H, such as 0.02.",
    ),
    click.option("--events", is_flag=True, help="Keep every event (events.parquet; large)."),
)

machine = _together(
    click.option(
        "--engine",
        type=click.Choice(["compiled", "process"]),
        default="compiled",
        show_default=True,
        help="Same results; process is slow, the check on the other.",
    ),
    click.option(
        "--workers", type=click.IntRange(min=1), metavar="N", help="Threads or processes; all cores unless given."
    ),
    click.option(
        "--executor",
        type=click.Choice(["local", "dask"]),
        default="local",
        show_default=True,
        help="Who does the work: this machine, or a cluster.",
    ),
    click.option("--scheduler", metavar="ADDRESS", help="The cluster's Dask scheduler: tcp://HOST:8786, or its file."),
)

starting_point = _together(
    click.option(
        "--from",
        "start_file",
        type=click.Path(),
        metavar="FILE",
        help="Start from this return, stages.csv or observed.csv.",
    ),
    click.option("--as-of", metavar="DATE", help="The date --from stands for: 2022-09-30, 2022-09 or '2022/23 Q2'."),
)

posterior = click.option(
    "--posterior", type=click.Path(), metavar="DIR", help="Use what `spread calibrate` found, in this folder."
)

output = _together(
    click.option("--out", type=click.Path(), metavar="DIR", help="The run folder; results/NAME/KEY unless given."),
    click.option("--force", is_flag=True, help="Compute again, and replace another run in DIR."),
    click.option("--no-wait", is_flag=True, help="Exit 5 if another process is at the same run."),
)

view = click.option(
    "--for", "view", callback=_parse_view, metavar="KIND:NAME", help="Whose view: psc:Wessex, ics:..., setting:acute."
)

gates = click.option(
    "--require",
    "gates",
    callback=_parse_gates,
    multiple=True,
    metavar="GATE",
    help="Exit 4 unless England's chance is as high: 'AMBITION[@DATE]>=0.8'.",
)

table_format = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to print.",
)

talk = _together(
    click.option("-q", "--quiet", is_flag=True, help="No progress, no talk."),
    click.option("-v", "--verbose", is_flag=True, help="More talk."),
)

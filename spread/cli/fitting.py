"""What commands that fit have in common: their options, and what names their answers."""

from collections.abc import Mapping
from typing import Any

import click

from spread.calibration import efforts
from spread.cli import options

observed = click.option(
    "--observed", "files", multiple=True, required=True, metavar="FILE",
    help="observed.csv, adoption_times.csv, stages.csv, a return, a shipped series; repeatable.",
)  # fmt: skip
free = click.option(
    "--free", multiple=True, metavar="NAME", help="Fit this parameter; those the data touch unless given."
)
seed = click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, metavar="N", help="Names the luck."
)


def effort(default: str, said: str) -> options.Decorator:
    """The option of how many simulations to spend."""
    return click.option(
        "--effort", type=click.Choice(tuple(efforts.EFFORTS)), default=default, show_default=True, help=said
    )


def settings_of(files: tuple[str, ...], chosen: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """What names an answer besides its scenario."""
    from spread.calibration import evidence
    from spread.runs import provenance

    shared = {"observed": [evidence.hash_of(name) for name in files], "code": provenance.code_hash("calibration")}
    return {**shared, "effort": chosen["effort"], "seed": chosen["seed"], **more}

"""What a shell offers for the word that is being typed: scenarios and levers beside what click knows itself."""

import glob
import os
from collections.abc import Iterable

import click
from click import shell_completion

COMPLETE_VARIABLE = "_SPREAD_COMPLETE"
SUFFIX = ".toml"


def scenarios(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of the catalogue, scenario files and folders that may hold some."""
    from spread.scenarios import catalogue

    names = [name for name in catalogue.base_names() if name.startswith(incomplete)]
    return [*names, *sorted(_files(incomplete))]


def _files(incomplete: str) -> Iterable[str]:
    for path in glob.iglob(f"{glob.escape(incomplete)}*"):
        if os.path.isdir(path):
            yield f"{path}/"
        elif path.endswith(SUFFIX):
            yield path


def levers(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[shell_completion.CompletionItem]:
    """Paths of levers, each with what it is called."""
    from spread.scenarios import levers as known

    return [
        shell_completion.CompletionItem(lever.path, help=lever.label)
        for lever in known.LEVERS
        if lever.path.startswith(incomplete)
    ]


def is_asked() -> bool:
    """Whether it is a shell that asks."""
    return bool(os.environ.get(COMPLETE_VARIABLE))


def answer(commands: click.Command) -> int:
    """Tell the shell what it asks for; the exit code."""
    return shell_completion.shell_complete(commands, {}, "spread", COMPLETE_VARIABLE, os.environ[COMPLETE_VARIABLE])

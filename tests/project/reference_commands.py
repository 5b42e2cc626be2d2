"""The page of commands, from the command line itself."""

import inspect
import re
from collections.abc import Iterator

import click

from spread import errors
from spread.cli import main as command_line
from tests.project.page_parts import MADE, markdown, table


def commands_page() -> str:
    """Every command, argument and option, and every way of ending."""
    root = command_line.commands
    context = click.Context(root, info_name="spread")
    parts = [_command(found, place) for found, place in _walk(root, context) if not isinstance(found, click.Group)]
    listed = [
        f"| [`spread {name}`](#spread-{name}) | {markdown(said)} |" for name, said in command_line.SHORT_HELP.items()
    ]
    return "\n".join([
        "# Commands\n",
        f"The scenario comes first; options are about the machine and the view. {MADE}\n",
        "| | |\n| --- | --- |\n" + "\n".join(listed) + "\n",
        *parts,
        _endings(),
    ])  # fmt: skip


def _walk(command: click.Command, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """A command and all below it, in the order they are listed."""
    yield command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _walk(below, click.Context(below, info_name=name, parent=context))


def _command(command: click.Command, context: click.Context) -> str:
    path = context.command_path
    group = path.split()[1]
    heading = f"## spread {group}\n\n" if path == f"spread {group}" else ""
    if not heading and command is _first_of(context):
        assert context.parent is not None
        heading = f"## spread {group}\n\n{_told(context.parent.command)}\n\n"
    title = heading if path == f"spread {group}" else f"{heading}### {path}\n\n"
    usage = " ".join(command.collect_usage_pieces(context))
    rows = [row for parameter in command.get_params(context) if (row := _option(parameter, context))]
    examples = re.findall(r"^  (spread .*)$", inspect.cleandoc(command.epilog or ""), flags=re.MULTILINE)
    parts = [
        f"{title}{_told(command)}\n\n```text\n{path} {usage}\n```\n",
        table(("option", "what it does", "unless given"), rows) if rows else "",
        "```sh\n" + "\n".join(line.strip() for line in examples) + "\n```\n" if examples else "",
    ]
    return "\n".join(part for part in parts if part)


def _first_of(context: click.Context) -> click.Command | None:
    """The first command of the group this one is in."""
    parent = context.parent
    assert parent is not None
    group = parent.command
    assert isinstance(group, click.Group)
    return group.get_command(parent, group.list_commands(parent)[0])


def _told(command: click.Command) -> str:
    paragraphs = inspect.cleandoc(command.help or "").replace("\f", "").split("\n\n")
    return "\n\n".join(markdown(paragraph) for paragraph in paragraphs)


def _option(parameter: click.Parameter, context: click.Context) -> tuple[str, str, str] | None:
    if not isinstance(parameter, click.Option) or "--help" in parameter.opts:
        return None
    names = ", ".join(f"`{name}`" for name in parameter.opts)
    kind = "" if parameter.is_flag else parameter.make_metavar(context).strip("[]").replace("|", r"\|")
    repeated = "; may be repeated" if parameter.multiple else ""
    told = markdown(f"{parameter.help or ''}").rstrip(".") + repeated
    default = "**required**" if parameter.required else _default(parameter)
    return names + (f" `{kind}`" if kind else ""), told, default


def _default(parameter: click.Option) -> str:
    given = parameter.default
    is_shown = parameter.show_default and isinstance(given, str | int | float) and not parameter.is_flag
    return f"{given}" if is_shown else ""


def _endings() -> str:
    said = inspect.cleandoc(command_line.__doc__ or "").partition("\n\n")[2].replace("\n", " ").rstrip(".")
    rows = [tuple(ending.strip().split(" ", 1)) for ending in said.split(";")]
    kinds = [
        (f"`{kind.__name__}`", str(kind.exit_code), markdown(inspect.cleandoc(kind.__doc__ or "").splitlines()[0]))
        for kind in (errors.SpreadError, errors.InputError, errors.MissingExtra, errors.MachineError)
    ]
    return "\n".join([
        "## Exit codes\n",
        table(("code", "means"), [(code, markdown(told)) for code, told in rows]),
        "Results go to stdout; talk, progress and messages to stderr. A message about a file names file, line and key,"
        " what was there, and what would be right; all mistakes come together. In Python the same are exceptions:\n",
        table(("exception", "code", "when"), kinds),
    ])  # fmt: skip

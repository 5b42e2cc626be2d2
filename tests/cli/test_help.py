"""Every help page fits 80 columns and ends in an example, and every example is understood."""

import shlex

import click
import pytest

from spread.cli import main


def pages():
    """Every command and group with the words that call it."""
    found = [((), main.commands)]
    context = click.Context(main.commands, info_name="spread")
    for name in main.COMMANDS:
        command = main.commands.get_command(context, name)
        found.append(((name,), command))
        if isinstance(command, click.Group):
            found += [((name, inner), child) for inner, child in command.commands.items()]
    return found


PAGES = pages()
NAMES = [" ".join(words) or "spread" for words, _ in PAGES]


def help_text(words, capsys):
    assert main.invoke([*words, "--help"]) == 0
    return capsys.readouterr().out


def examples(command):
    lines = (command.epilog or "").splitlines()
    return [line.split(">")[0].strip() for line in lines if line.startswith("  spread ")]


@pytest.mark.parametrize(("words", "command"), PAGES, ids=NAMES)
def test_every_help_page_fits_80_columns_and_has_an_example(words, command, capsys):
    text = help_text(words, capsys)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert examples(command)
    assert text.rstrip().splitlines()[-1].strip().startswith("spread ")


def test_the_list_of_commands_says_the_first_sentence_of_each():
    context = click.Context(main.commands, info_name="spread")
    helps = {name: main.commands.get_command(context, name).help for name in main.COMMANDS}
    firsts = {name: " ".join(text.split("\n\n")[0].split()) for name, text in helps.items()}
    assert firsts == main.SHORT_HELP


EXAMPLES = [(command, line) for _, command in PAGES for line in examples(command)]


@pytest.mark.parametrize(("command", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_every_example_is_understood(command, line):
    words = shlex.split(line)[1:]
    parsed = main.commands
    context = main.commands.make_context("spread", list(words), resilient_parsing=False)
    while isinstance(parsed, click.Group):
        name, parsed, words = parsed.resolve_command(context, words)
        context = parsed.make_context(name, list(words), parent=context)
    assert parsed.name

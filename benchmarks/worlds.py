"""The worlds that are timed, each written as a scenario and CSV files, as a user would bring them.

`bass`, `region_queues` and `system` have everything switched off but the laws they are about; `whole_system` has
everything the catalogue switches on.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

import networkx as nx

GRAPH_SEED = 20240331
REGION_COUNT = 15
MEMBERS_PER_NETWORK = 30

# Settings with the number of sites out of 22,000 and the speed of interest and decision, per month.
SYSTEM_SETTINGS = {"care_home": (15_000, 0.1), "gp": (6_700, 0.15), "acute": (300, 0.3)}

HEAD = """
schema = 1
start = 2020-01-01
push = "audit"
[world]
population = "files"
sites = "sites.csv"
{world}
[programmes.plain]
title = "Plain programme"
start = 2020-01-01
interventions = [{names}]
[ambitions.plain]
title = "Most sites"
programme = "plain"
interventions = [{names}]
threshold = 0.9
deadline = {deadline}
source = "made for a benchmark"
"""

NOTHING_BUT_LAWS = """
support = "none"
outreach_hours = 0
learning_sets = 0
course_interval_months = 0
champions = 0
measurement = 0
"""

OFF = dict.fromkeys(
    [
        "secular_log_per_year",
        "deadline_log_hr",
        "load_log_hr",
        "support_standard_log_hr",
        "support_enhanced_extra_log_hr",
        "push_none_log_hr",
        "dose_log_hr",
        "learning_set_log_hr",
        "champion_testing_log_hr",
        "measurement_testing_log_hr",
        "no_signal_log_hr",
        "lapse_measurement_log_hr",
        "lapse_champion_loss_log_hr",
        "lapse_turnover_log_hr",
        "baseline_site_correlation",
    ],
    0.0,
)
ALIKE = dict.fromkeys(
    ["frailty_variance", "region_log_sd", "culture_log_hr", "leadership_log_hr", "capability_log_hr"],
    0.0,
)
LIFE = {
    "contact_campaign_per_month": 0.5,
    "meeting_contact_share": 0.5,
    "decision_scale": 1.0,
    "cycle_weeks": 4.0,
    "testing_bundle_months": 5.0,
    "stop_per_month": 0.1,
    "resume_per_month": 1 / 3,
    "lapse_per_month": 1 / 36,
    "restart_per_month": 1 / 3,
    "patience_months": 3.0,
    "slots_per_1000_staff": 1.0,
    "slots_minimum": 1.0,
    "caseload_sites": 1.0,
}
"""Three elements a test of four weeks each, about half of which succeed; four in ten give up; use lasts three years."""


def bass(folder: Path, site_count: int) -> Path:
    """Adoption on a fixed random graph of mean degree 10: p = 0.01 and q = 0.5 a month, 60 months."""
    folder.mkdir(parents=True, exist_ok=True)
    write_sites(folder, [(site, site, "acute", site % REGION_COUNT, 1000) for site in range(site_count)])
    edges = nx.gnm_random_graph(site_count, 5 * site_count, seed=GRAPH_SEED).edges()
    ties = [(name(site), name(peer)) for one, other in edges for site, peer in ((one, other), (other, one))]
    write_table(folder / "ties.csv", "site peer", ties)
    parameters = OFF | ALIKE | {"kappa": 50.0, "decision_acute_per_month": 0.01, "decision_scale": 1.0}
    parameters |= {"lapse_per_month": 0.0, "spread_per_month": 0.0, "sustain_months": 600.0}
    return write_scenario(
        folder, "2024-12-31", NOTHING_BUT_LAWS + meetings(0) + "coaches = 0\n",
        [intervention("tool", kind="simple", elements=1, stages="2 = 1.0", peers="ties", testing=False)],
        parameters, 'ties = "ties.csv"',
    )  # fmt: skip


def region_queues(folder: Path) -> Path:
    """180 sites, 15 regions with two coaching places each, 60 months, no meetings."""
    folder.mkdir(parents=True, exist_ok=True)
    write_sites(folder, [(site, site, "acute", site % REGION_COUNT, 1000 + 1000 * (site % 2)) for site in range(180)])
    parameters = OFF | LIFE | {"interest_acute_per_month": 0.5, "decision_acute_per_month": 0.5, "kappa": 0.0}
    parameters |= {"interventions_per_coached_site": 2.0}
    tool = intervention("tool", kind="bundle", elements=3, stages="", peers="none")
    return write_scenario(
        folder, "2024-12-31", NOTHING_BUT_LAWS + meetings(0) + "coaches = 1\n", [tool], parameters
    )  # fmt: skip


def system(folder: Path, *, site_count: int = 22_000, interventions: int = 3, end: str = "2027-12-31") -> Path:
    """Sites in networks of 30 that meet monthly, 200 coaching places a region shared by the interventions."""
    folder.mkdir(parents=True, exist_ok=True)
    write_system_sites(folder, site_count, per_organisation=1)
    places = max(2, round(200 * site_count / 22_000))
    parameters = OFF | LIFE | {"kappa": 30.0, "interventions_per_coached_site": float(places)}
    parameters |= {"peer_weight_psc": 0.0, "peer_weight_clinical": 1.0}
    parameters |= {f"interest_{group}_per_month": speed for group, speed in speeds().items()}
    parameters |= {f"decision_{group}_per_month": 0.02 for group in speeds()}
    tools = [
        intervention(f"tool{number}", kind="bundle", elements=3, stages="5 = 0.02") for number in range(interventions)
    ]
    plan = NOTHING_BUT_LAWS + meetings(1) + "coaches = 1\nattendance = { clinical = 0.8 }\n"
    return write_scenario(folder, end, plan, tools, parameters, 'memberships = "memberships.csv"')


def whole_system(folder: Path, *, site_count: int = 22_000, interventions: int = 3, end: str = "2027-12-31") -> Path:
    """The same sites in organisations of two, with standard support and everything the catalogue switches on."""
    folder.mkdir(parents=True, exist_ok=True)
    write_system_sites(folder, site_count, per_organisation=2)
    tools = [
        intervention(f"tool{number}", kind="bundle", elements=3, stages="1 = 0.3\n2 = 0.1\n5 = 0.02")
        for number in range(interventions)
    ]
    plan = 'support = "standard"\nmeeting_interval_months = { clinical = 1 }\n'
    return write_scenario(folder, end, plan, tools, {}, 'memberships = "memberships.csv"')


# --- files ----------------------------------------------------------------------------------------


def name(site: int) -> str:
    """The code of a site; sorted, codes stand in the order of numbers."""
    return f"s{site:07d}"


def speeds() -> dict[str, float]:
    """Speed of interest by the catalogue's groups of settings, per month."""
    groups = {"care_home": "care_home", "gp": "primary_care", "acute": "acute"}
    return {groups[setting]: speed for setting, (_, speed) in SYSTEM_SETTINGS.items()}


def write_system_sites(folder: Path, site_count: int, *, per_organisation: int) -> None:
    """``sites.csv`` and ``memberships.csv``: network n of 30 consecutive sites in region n mod 15."""
    whole = sum(count for count, _ in SYSTEM_SETTINGS.values())
    settings = [setting for setting, (count, _) in SYSTEM_SETTINGS.items() for _ in range(count)]
    networks = [site // MEMBERS_PER_NETWORK for site in range(site_count)]
    write_sites(folder, [
        (site, site // per_organisation, settings[site * whole // site_count], network % REGION_COUNT,
         1000 + 1000 * (site % 2))
        for site, network in enumerate(networks)
    ])  # fmt: skip
    rows = [(f"n{network:06d}", "clinical", name(site)) for site, network in enumerate(networks)]
    write_table(folder / "memberships.csv", "network kind site", rows)


def write_sites(folder: Path, rows: Iterable[tuple[int, int, str, int, int]]) -> None:
    """``sites.csv`` from site, organisation, setting, region and staff."""
    table = [
        (name(site), f"o{organisation:07d}", setting, f"R{region:02d}", staff)
        for site, organisation, setting, region, staff in rows
    ]
    write_table(folder / "sites.csv", "site organisation setting psc staff", table)


def write_table(path: Path, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    """A CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns.split())
        writer.writerows(rows)


def meetings(clinical_months: int) -> str:
    """How often networks meet."""
    return f"meeting_interval_months = {{ psc = 0, ics = 0, clinical = {clinical_months}, national = 0 }}\n"


def intervention(
    code: str, *, kind: str, elements: int, stages: str, peers: str = "networks", testing: bool = True
) -> tuple[str, str]:
    """The code of an intervention and its tables."""
    tables = f"""
[interventions.{code}]
title = "{code}"
programme = "plain"
kind = "{kind}"
complexity = "low"
peers = "{peers}"
testing = {str(testing).lower()}
appeal = 1.0
[interventions.{code}.baseline_stages]
{stages}
"""
    parts = [f"[interventions.{code}.elements.e{e}]\nbaseline = 0.0\ndifficulty = 1.0\n" for e in range(elements)]
    return code, tables + "".join(parts)


def write_scenario(
    folder: Path,
    end: str,
    plan: str,
    interventions: list[tuple[str, str]],
    parameters: dict[str, float],
    world: str = "",
) -> Path:
    """``scenario.toml``: the plan, who there is, what spreads, and parameters."""
    names = ", ".join(f'"{code}"' for code, _ in interventions)
    head, _, tables = HEAD.format(names=names, world=world, deadline=end).partition("[world]")
    values = "".join(f"{key} = {value!r}\n" for key, value in parameters.items())
    spread = "".join(text for _, text in interventions)
    text = f'{head}name = "{folder.name}"\nend = {end}\n{plan}\n[world]{tables}{spread}\n[parameters]\n{values}'
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path

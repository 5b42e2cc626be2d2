"""A measured network with adoption times: does word of mouth show, or only a push that all feel?

Forty acute sites in four regions; who looks to whom was asked, and the day each first used a bundle was written down.
Here both are made up, by one history of the model with a strong peer effect, so that the answer is known; whether the
times of one history show it is another matter.

Run from the project's folder: ``python docs/tutorials/measured_network.py``. Takes a few minutes.
"""

import csv
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import spread
from spread.scenarios.schema import Scenario

PSCS = ("YH", "WX", "NENC", "KSS")
SITES = tuple(f"H{number:02d}" for number in range(40))
SCENARIO = """\
schema = 1
name = "measured-network"
base = "tracheostomy-standard"

[world]
population = "files"
sites = "sites.csv"
ties = "ties.csv"

[parameters]
kappa = {kappa}
"""
BELIEVED = '{ value = 2.0, low = 0.2, high = 6.0, scale = "log", zero = 0.3 }'
BUNDLE = "tracheostomy_bedhead_signs"


def main() -> None:
    """Write the files as they would be measured, fit to them, and say what became of the peer effect."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write(folder / "sites.csv", [
            {"site": site, "organisation": site, "setting": "acute", "psc": psc_of(site), "services": "tracheostomy"}
            for site in SITES
        ])  # fmt: skip
        write(folder / "ties.csv", [
            {"site": one, "peer": other, "layer": "advice", "weight": 1}
            for one in SITES for other in SITES if one != other and psc_of(one) == psc_of(other)
        ])  # fmt: skip
        truth = scenario_in(folder, "truth.toml", kappa="6.0")
        write(folder / "adoption_times.csv", times_in(truth))
        scenario = scenario_in(folder, "believed.toml", kappa=BELIEVED)
        found = spread.calibrate(
            scenario,
            folder / "adoption_times.csv",
            free=("kappa", "decision_acute_per_month"),
            effort="quick",
            sets=200,
        )
    for one in found.moved():
        print(f"{one['name']}: {one['shrinkage']:.0%} of the uncertainty gone")
        if one["name"] == "kappa":
            before, after = one["zero_before"], one["zero_after"]
            print(f"  chance that there is no word of mouth: {before:.0%} before, {after:.0%} after")
            shows = "show" if after < 0.5 * before else "do not show"
            print(f"  These times {shows} the word of mouth that made them.")


def psc_of(site: str) -> str:
    """The collaborative a site is in."""
    return PSCS[SITES.index(site) % len(PSCS)]


def scenario_in(folder: Path, name: str, *, kappa: str) -> Scenario:
    """A scenario of these sites, with a peer effect known or believed."""
    (folder / name).write_text(SCENARIO.format(kappa=kappa), encoding="utf-8")
    return spread.read_scenario(folder / name)


def write(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write a table."""
    told = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(told[0]))
        table.writeheader()
        table.writerows(told)


def times_in(scenario: Scenario) -> list[dict[str, object]]:
    """When each site first used the bundle in one history; blank where it had not by the end."""
    events = spread.run(scenario, draws=1, replicates=1, seed=5, events=True).tables["events"]
    mine = events[(events["event"] == "adoption") & (events["intervention"] == BUNDLE)]
    first = mine.groupby("site")["date"].min().dt.date.to_dict()
    looked_at = {"observed_from": scenario.start, "observed_until": scenario.end}
    return [{"site": site, "intervention": BUNDLE, "adopted_on": first.get(site, ""), **looked_at} for site in SITES]


if __name__ == "__main__":
    main()

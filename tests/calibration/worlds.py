"""Small worlds to fit: sites in three collaboratives that decide at one speed, and what would be seen of them."""

from datetime import date
from pathlib import Path

import numpy as np

from spread import api
from spread.calibration import observed, targets
from spread.runs import answers, replicate, sample
from tests import worlds

QUIET = Path(__file__).parent.parent / "verification" / "quiet.toml"
PSCS = ("YH", "WX", "NENC")
SPEED = "decision_acute_per_month"
SCENARIO = """\
schema = 1
name = "{name}"
base = "{base}"
end = 2022-12-31

[world]
population = "files"
sites = "sites.csv"
{ties}
[interventions.plain]
peers = "{peers}"
{pushed}
[parameters]
decision_acute_per_month = {{ value = 0.06, low = 0.02, high = 0.18, scale = "log" }}
decision_scale = 1.0
{parameters}
"""
QUARTERS = tuple(
    date(year, month, day) for year in (2020, 2021) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
)


PUSHED = """\
[[change]]
from = 2020-10-01
push = "incentive"
"""


def scenario_in(folder, *, sites=24, name="small", parameters="", ties=False, pushed=False):
    """A scenario of so many acute sites.

    With `ties`, everyone looks to everybody in the same collaborative; `pushed`: an incentive comes for all at once.
    """
    rows = [
        {"site": f"S{number:02d}", "organisation": f"O{number:02d}", "setting": "acute", "psc": PSCS[number % 3]}
        for number in range(sites)
    ]
    worlds.write_table(folder / "sites.csv", rows)
    if ties:
        pairs = [
            {"site": one["site"], "peer": other["site"], "layer": "advice", "weight": 1}
            for one in rows for other in rows if one is not other and one["psc"] == other["psc"]
        ]  # fmt: skip
        worlds.write_table(folder / "ties.csv", pairs)
    text = SCENARIO.format(
        name=name,
        base=QUIET.as_posix(),
        parameters=parameters,
        ties='ties = "ties.csv"\n' if ties else "",
        peers="ties" if ties else "none",
        pushed=PUSHED if pushed else "",
    )
    path = worlds.write_text(folder / f"{name}.toml", text)
    return api.read_scenario(path)


def row(day, count, out_of, *, group="national", kind="national", measure=None, name="plain"):
    """One observation of sites in use."""
    kind_of = measure or observed.Measure("at_least", 5)
    return observed.Observation(
        day, (name,), kind_of, kind, group, float(count), float(out_of), count / out_of, "", "", 0
    )


def blank_rows(sites=24, days=QUARTERS):
    """Where something will be seen: sites in use by collaborative and quarter."""
    return tuple(row(day, 0, sites // 3, group=psc, kind="psc") for day in days for psc in PSCS)


def seen(scenario, values, *, draw, seed=900, rows=None):
    """What would be seen of one history with some parameters set: the rows, with their counts filled in."""
    wanted = rows or blank_rows()
    job = answers.prepare(targets.observing(scenario, wanted, None), seed=seed, replicates=1)
    given = np.full((1, len(job.beliefs.names)), np.nan)
    for name, value in values.items():
        given[0, job.beliefs.names.index(name)] = value
    keeper = sample.InMemory()
    job = job._replace(sets=replicate.Sets(given, np.array([draw])))
    sample.gather(job, 1, keeper, sample.Hands(workers=1), lambda done, total, note: None)
    placed = targets.place_rows(wanted, job.plan).targets
    counts = keeper.chunks[0].arrays["counts"]
    found = []
    for target in placed:
        stages = targets.stage_counts(counts[:, target.date, target.place])[0]
        count = float(stages[list(target.stages)].sum())
        one = target.row
        found.append(row(one.date, count, one.denominator, group=one.group, kind=one.group_kind, measure=one.measure))
    return tuple(found)

"""A tiny world whose past is known: twelve sites of two collaboratives, one intervention."""

from pathlib import Path

from spread.calibration import efforts, forecasts_at
from spread.runs import sample
from spread.scenarios import reading

SITES = "\n".join(["site,organisation,setting,psc", *(f"S{n},O{n},acute,{'YH' if n % 2 else 'WX'}" for n in range(12))])
SCENARIO = """\
schema = 1
name = "tiny"
start = 2020-04-01
end = 2022-03-31

[world]
population = "files"
sites = "sites.csv"

[programmes.tiny]
start = 2020-04-01
interventions = ["checklist"]

[interventions.checklist]
title = "A checklist"
programme = "tiny"
kind = "simple"
complexity = "low"
appeal = { value = 1.0, low = 0.7, high = 1.4, scale = "log" }

[interventions.checklist.elements.list]
baseline = 0.1
difficulty = 1.0

[interventions.checklist.baseline_stages]
2 = { value = 0.5, low = 0.2, high = 0.8, scale = "logit" }

[ambitions.most]
title = "Six in ten by September 2021"
interventions = ["checklist"]
threshold = 0.6
deadline = 2021-09-30
"""
HEAD = "date,intervention,measure,group_kind,group,numerator,denominator,value\n"
DATES = ("2020-06-30", "2020-09-30", "2020-12-31", "2021-03-31", "2021-06-30", "2021-09-30")
SHARES = (1, 2, 4, 5, 7, 8)
WORK = forecasts_at.Work(1, efforts.Effort(60, 30, 20, 1), 40, sample.Hands(workers=1))


def write_world(folder: Path):
    """The scenario, on disk beside its sites."""
    (folder / "sites.csv").write_text(SITES + "\n")
    (folder / "tiny.toml").write_text(SCENARIO)
    return reading.read_scenario(folder / "tiny.toml")


def write_counts(folder: Path, counts=SHARES, *, measure="stage>=5", groups=("national",), name="observed.csv"):
    """Counts of sites by date, the same in every group but for its size."""
    rows = []
    for group in groups:
        kind, code, size = ("national", "", 12) if group == "national" else ("psc", group, 6)
        rows += [
            f"{day},checklist,{measure},{kind},{code},,,{count / 12:.4f}" if size == 12
            else f"{day},checklist,{measure},{kind},{code},{count // 2},6,"
            for day, count in zip(DATES, counts, strict=True)
        ]  # fmt: skip
    path = folder / name
    path.write_text(HEAD + "\n".join(rows) + "\n")
    return str(path)


def write_stages(folder: Path):
    """Stages site by site at six quarters: each moves on every other quarter."""
    rows = [
        f"S{site},checklist,{day},{min(2 + (quarter + site % 3) // 2, 6)},"
        for quarter, day in enumerate(DATES) for site in range(12)
    ]  # fmt: skip
    path = folder / "stages.csv"
    path.write_text("site,intervention,date,stage,since\n" + "\n".join(rows) + "\n")
    return str(path)

"""What the priors alone say: projected share by the deadline under every level of support and of push.

Run ``python -m tests.verification.prior_predictive`` to write the table of ``docs/prior_predictive.md`` anew; it takes
some minutes. The worlds not yet in the catalogue's England are small ``sites.csv`` files made here.
"""

import argparse
import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import spread.api as api

HERE = Path(__file__).parent / "worlds"
LEVELS = ("none", "light", "standard", "enhanced")
PUSHES = ("none", "audit", "incentive", "duty", "mandate")
# CCGs of April 2021 by collaborative (ONS lookup) and trusts by collaborative (ODS 2022), see the package's England.
CCGS = {"EM": 7, "EAST": 9, "GM": 10, "HINSL": 2, "ICHP": 1, "NWC": 17, "KSS": 5, "NENC": 8, "OX": 4, "SW": 3,
        "UCLP": 7, "WX": 3, "WM": 11, "WOE": 3, "YH": 16}  # fmt: skip
ACUTE = {"EM": 8, "EAST": 13, "GM": 7, "HINSL": 7, "ICHP": 5, "NWC": 17, "KSS": 10, "NENC": 8, "OX": 4, "SW": 7,
         "UCLP": 11, "WX": 6, "WM": 15, "WOE": 6, "YH": 14}  # fmt: skip


class Case(NamedTuple):
    """A programme of the table: its base, its own push and support, and what is published."""

    name: str
    base: str
    push: str
    support: str
    published: str


CASES = (
    Case("Tracheostomy", "tracheostomy", "duty", "standard", "ambition 90 %; no national count found"),
    Case("PEWS, national chart", "pews", "audit", "standard", "no national count found; not mandated"),
    Case("Oximetry@home", "oximetry.toml", "mandate", "standard", "106 of 106 CCGs"),
    Case("COPD, patients", "copd.toml", "audit", "standard", "8 % where introduced (2017-19); ambition 80 %"),
    Case("VTE", "vte.toml", "incentive", "light", "209 of 256 (82 %)"),
    Case("Interested sites", "interested.toml", "audit", "standard", "facilitation: odds ratio 2.76 (2.18-3.43)"),
    Case("Nothing saturates", "unsaturated.toml", "audit", "standard", "made for comparison"),
)


def write_sites(path: Path, counts: dict[str, int], setting: str, *, total: int) -> None:
    """`total` alike sites, spread over the collaboratives as `counts` are."""
    codes = [psc for psc, count in sorted(counts.items()) for _ in range(count)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("site", "organisation", "setting", "psc"))
        writer.writerows((f"x{n:03d}", f"x{n:03d}", setting, codes[n * len(codes) // total]) for n in range(total))


def variants(case: Case) -> Iterator[tuple[str, str]]:
    """(support, push) of every cell of a case's rows."""
    yield from ((level, case.push) for level in LEVELS)
    yield from ((case.support, push) for push in PUSHES if push != case.push)


def assess(case: Case, folder: Path, *, support: str, push: str, draws: int, workers: int | None) -> dict[str, Any]:
    """Projected value at the (last) deadline and the chance, for one cell."""
    base = case.base if not case.base.endswith(".toml") else (folder / case.base).as_posix()
    text = f'schema = 1\nname = "cell"\nbase = "{base}"\nsupport = "{support}"\npush = "{push}"\n'
    (folder / "cell.toml").write_text(text)
    results = api.run(api.read_scenario(folder / "cell.toml"), draws=draws, replicates=1, seed=11, workers=workers)
    rows = results.ambitions()
    row = rows[rows["scope"] == "national"].iloc[-1]
    found = results.summary()
    measure = "all_elements" if row["measure"] == "all_elements" else row["measure"]
    found = found[(found["group_kind"] == "national") & (found["measure"] == measure)]
    found = found[(found["date"] == row["deadline"]) & (found["intervention"] == row["interventions"].replace(";", "+"))
                  | (found["date"] == row["deadline"]) & found["intervention"].str.startswith("all_of")]  # fmt: skip
    cells = found.iloc[-1]
    return {"support": support, "push": push, "q10": cells["q10"], "q50": cells["q50"], "q90": cells["q90"],
            "chance": row["chance"], "draws": results.tables["parameters"]}  # fmt: skip


def make_worlds(folder: Path) -> None:
    """The scenario files and the site files they name."""
    for path in HERE.glob("*.toml"):
        (folder / path.name).write_text(path.read_text())
    write_sites(folder / "oximetry_sites.csv", CCGS, "ccg", total=106)
    write_sites(folder / "vte_sites.csv", ACUTE, "acute", total=256)
    write_sites(folder / "unsaturated_sites.csv", ACUTE, "acute", total=150)


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--only", default="")
    parser.add_argument("--workers", type=int, default=None)
    options = parser.parse_args()
    print("| programme | support | push | share by the deadline: 10 % | 50 % | 90 % | chance | published |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_worlds(folder)
        for case in CASES:
            if options.only.lower() not in case.name.lower():
                continue
            for support, push in variants(case):
                cell = assess(case, folder, support=support, push=push, draws=options.draws, workers=options.workers)
                shares = " | ".join(f"{cell[q]:.2f}" for q in ("q10", "q50", "q90"))
                own = "**" if (support, push) == (case.support, case.push) else ""
                name, chance = f"{own}{case.name}{own}", f"{cell['chance']:.2f}"
                print(f"| {name} | {support} | {push} | {shares} | {chance} | {case.published} |", flush=True)


if __name__ == "__main__":
    main()

"""Make the tables of England's care homes, GP practices, wards and units from published counts.

``python -m spread.network.make_england [folder]`` writes ``care_homes.csv``, ``practices.csv``, ``wards.csv`` and
``units.csv`` into a folder (the package's own unless one is given). It reads only tables bundled beside them, and
whatever it seems to draw at random follows from the codes of the sites: the same bytes every time.

None of these sites is a real one. Their numbers, sizes and deprivation add up to what is published; the rules are in
``england/README.md``.
"""

import hashlib
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

from spread import cells
from spread.network import bundled

FOLDER = Path(__file__).parent / "england"
FIFTHS = (1, 2, 3, 4, 5)
Cell = str | int


class Made(NamedTuple):
    """One table: its name, its columns and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def make_tables() -> tuple[Made, ...]:
    """All four tables."""
    return make_care_homes(), make_practices(), make_wards(), make_units()


def make_care_homes() -> Made:
    """Care homes: as many to a collaborative as estimated, with the beds and nursing homes of their region."""
    ccgs = bundled.read_table("ccgs")
    counts = _care_homes_of_ccgs(ccgs)
    region_of = {row["name"]: row["government_region"] for row in bundled.read_table("ics")}
    homes = {row["code"]: _codes("CH", row["code"], counts[row["code"]]) for row in ccgs}
    care: dict[str, str] = {}
    beds: dict[str, int] = {}
    for region in bundled.read_table("care_home_regions"):
        there = [row["code"] for row in ccgs if region_of[row["ics"]] == region["government_region"]]
        nursing, residential = _split_by_care(region, [code for ccg in there for code in homes[ccg]])
        care |= dict.fromkeys(nursing, "nursing") | dict.fromkeys(residential, "residential")
        beds |= _beds(region, nursing, residential)
    fifths = _fifths(ccgs, homes)
    rows = [(code, ccg, beds[code], care[code], fifths[code]) for ccg, codes in homes.items() for code in codes]
    return Made("care_homes", ("code", "ccg", "beds", "care", "imd_fifth"), list[tuple[Cell, ...]](rows))


def make_practices() -> Made:
    """GP practices: as many to a CCG as published, with lists that add up to the people who live there."""
    ccgs = bundled.read_table("ccgs")
    variation = bundled.quantity("practice_list_sd") / bundled.quantity("practice_list_mean")
    practices = {row["code"]: _codes("GP", row["code"], int(row["practices"])) for row in ccgs}
    everyone = [code for codes in practices.values() for code in codes]
    list_size = _spread("patients", everyone, variation)
    fifths = _fifths(ccgs, practices)
    rows: list[tuple[Cell, ...]] = []
    for row in ccgs:
        codes = practices[row["code"]]
        patients = share_out(int(row["population"]), [list_size[code] for code in codes])
        rows += [(code, row["code"], size, fifths[code]) for code, size in zip(codes, patients, strict=True)]
    return Made("practices", ("code", "ccg", "patients", "imd_fifth"), rows)


def make_wards() -> Made:
    """Wards: shared evenly between the mental-health trusts, those first by code taking what is left over."""
    trusts = [row["code"] for row in bundled.read_table("trusts") if row["setting"] == "mental_health"]
    counts = share_out(round(bundled.quantity("mental_health_wards")), [1.0] * len(trusts))
    rows = [
        (f"{trust}-W{number:02}", trust)
        for trust, count in zip(trusts, counts, strict=True)
        for number in range(1, count + 1)
    ]
    return Made("wards", ("code", "trust"), list[tuple[Cell, ...]](rows))


def make_units() -> Made:
    """One maternity unit for each trust with maternity services, one neonatal unit for each with neonatal care."""
    rows: list[tuple[Cell, ...]] = [
        (f"{row['code']}-{setting[:3].upper()}", row["code"], setting)
        for row in bundled.read_table("trusts")
        for setting in ("maternity", "neonatal")
        if setting in row["services"].split(";")
    ]
    return Made("units", ("code", "trust", "setting"), rows)


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers that add up to `total`, in proportion to `weights`; the largest remainders are rounded up."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    shares = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda row: (shares[row] - exact[row], row))
    for row in by_remainder[: total - sum(shares)]:
        shares[row] += 1
    return shares


def shuffle(purpose: str, codes: Iterable[str]) -> list[str]:
    """Codes in an order that looks random, different for each purpose and always the same."""
    return sorted(codes, key=lambda code: hashlib.sha256(f"{purpose}:{code}".encode()).digest())


def lognormal_quantiles(count: int, variation: float) -> list[float]:
    """The middles of `count` equal slices of a lognormal distribution of median 1; `variation` is sd / mean."""
    sigma = math.sqrt(math.log1p(variation**2))
    return [math.exp(sigma * NormalDist().inv_cdf((rank + 0.5) / count)) for rank in range(count)]


def write_tables(folder: Path) -> None:
    """Write every table into a folder."""
    for made in make_tables():
        text = cells.csv_text(made.columns, made.rows)
        (folder / f"{made.name}.csv").write_text(text, encoding="utf-8", newline="")


def _codes(prefix: str, ccg: str, count: int) -> list[str]:
    return [f"{prefix}-{ccg}-{number:03}" for number in range(1, count + 1)]


def _spread(purpose: str, codes: Sequence[str], variation: float) -> dict[str, float]:
    """A size for each code, up to a factor: the quantiles of a lognormal distribution in a shuffled order."""
    return dict(zip(shuffle(purpose, codes), lognormal_quantiles(len(codes), variation), strict=True))


def _care_homes_of_ccgs(ccgs: Sequence[bundled.Row]) -> dict[str, int]:
    """How many care homes each CCG has: its collaborative's, by population."""
    counts: dict[str, int] = {}
    for psc in bundled.read_table("psc"):
        own = [row for row in ccgs if row["psc"] == psc["psc"]]
        shares = share_out(int(psc["care_homes_estimate"]), [float(row["population"]) for row in own])
        counts |= {row["code"]: share for row, share in zip(own, shares, strict=True)}
    return counts


def _split_by_care(region: bundled.Row, codes: Sequence[str]) -> tuple[list[str], list[str]]:
    """The nursing homes among the homes of a region, as large a part as published, and the residential ones."""
    homes, nursing_homes = int(region["homes"]), int(region["nursing_homes"])
    nursing, _ = share_out(len(codes), [nursing_homes, homes - nursing_homes])
    mixed = shuffle("care", codes)
    return mixed[:nursing], mixed[nursing:]


def _beds(region: bundled.Row, nursing: Sequence[str], residential: Sequence[str]) -> dict[str, int]:
    """Beds of the homes of a region, at least one each, with the published mean of either kind of care."""
    homes, nursing_homes = int(region["homes"]), int(region["nursing_homes"])
    variation = _variation_within(region)
    beds: dict[str, int] = {}
    for codes, mean in (
        (nursing, int(region["nursing_beds"]) / nursing_homes),
        (residential, int(region["residential_beds"]) / (homes - nursing_homes)),
    ):
        size = _spread("beds", codes, variation)
        shares = share_out(round(mean * len(codes)), list(size.values()))
        beds |= {code: max(1, share) for code, share in zip(size, shares, strict=True)}
    return beds


def _variation_within(region: bundled.Row) -> float:
    """The sd / mean that both kinds of home must have for all homes of a region to have the published sd.

    ``sd^2 = variation^2 (p m_n^2 + (1 - p) m_r^2) + p (1 - p) (m_n - m_r)^2`` with p the share of nursing homes and
    m_n, m_r the mean beds of nursing and residential homes.
    """
    homes, nursing_homes = int(region["homes"]), int(region["nursing_homes"])
    share = nursing_homes / homes
    nursing = int(region["nursing_beds"]) / nursing_homes
    residential = int(region["residential_beds"]) / (homes - nursing_homes)
    between = share * (1.0 - share) * (nursing - residential) ** 2
    squares = share * nursing**2 + (1.0 - share) * residential**2
    return math.sqrt((float(region["sd_beds"]) ** 2 - between) / squares)


def _fifths(ccgs: Sequence[bundled.Row], sites: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The national fifth of deprivation of each site's neighbourhood, 1 the most deprived.

    Of the sites of a CCG as many are in fifth 1 as people live there; the rest follow the fifths 2 to 5 of its system.
    """
    systems = {row["name"]: row for row in bundled.read_table("ics")}
    fifths: dict[str, int] = {}
    for row in ccgs:
        others = [float(systems[row["ics"]][f"imd_q{fifth}_share"]) for fifth in FIFTHS[1:]]
        own = float(row["imd_q1_share"])
        weights = [own, *((1.0 - own) * share / sum(others) for share in others)]
        codes = shuffle("deprivation", sites[row["code"]])
        counts = share_out(len(codes), weights)
        drawn = (fifth for fifth, count in zip(FIFTHS, counts, strict=True) for _ in range(count))
        fifths |= dict(zip(codes, drawn, strict=True))
    return fifths


if __name__ == "__main__":
    write_tables(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)

"""What holds an ambition back: where the sites that are not there stand at its deadline, in numbers and in words."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def find(ambitions: Iterable[Row], bottlenecks: Sequence[Row]) -> list[Row]:
    """The bottlenecks of the interventions that ambitions count, at their deadlines, where they are counted."""
    places = {(row["intervention"], day_of(row), row["psc"]): row for row in bottlenecks}
    wanted = dict.fromkeys(
        (name, day_of(row), str(row["scope"]).removeprefix("psc:"))
        for row in ambitions
        for name in str(row["interventions"]).split("+")
    )
    return [places[key] for key in wanted if key in places and not math.isnan(missing(places[key]))]


def as_data(ambition: Row, bottlenecks: Sequence[Row], *, form: str) -> Any:
    """The same for programs: sites by intervention and cause (json), or words (csv)."""
    found = find([ambition], bottlenecks)
    if form == "json":
        return {row["intervention"]: sites_by_cause(row) for row in found}
    return "; ".join(f"{row['intervention']}: {say_sites(sites_by_cause(row)) or 'none'}" for row in found)


def say_sites(sites: Mapping[str, float]) -> str:
    """Sites by cause in whole numbers that add up, most first: ``12 undecided, 8 waiting for a coach``."""
    from spread.outcomes import delays  # brings numpy, which no help page waits for

    words = dict(zip(delays.CAUSES, delays.PLAIN_WORDS, strict=True))
    whole = round_together(sites)
    ordered = sorted(whole, key=lambda cause: -whole[cause])
    return ", ".join(f"{whole[cause]} {words[cause]}" for cause in ordered if whole[cause])


def round_together(numbers: Mapping[str, float]) -> dict[str, int]:
    """Numbers as whole ones that add up to their rounded sum: those with the largest remainders are rounded up."""
    whole = {name: int(number) for name, number in numbers.items()}
    left = round(sum(numbers.values())) - sum(whole.values())
    for name in sorted(numbers, key=lambda one: whole[one] - numbers[one])[:left]:
        whole[name] += 1
    return whole


def sites_by_cause(row: Row) -> dict[str, float]:
    """Sites that are not there, by what keeps them."""
    from spread.outcomes import delays

    return {cause: float(row[cause]) for cause in delays.CAUSES}


def missing(row: Row) -> float:
    """How many sites are not there."""
    return sum(sites_by_cause(row).values())


def day_of(row: Row) -> str:
    """The deadline of a row."""
    return str(row["deadline"])[:10]

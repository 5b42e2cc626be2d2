"""What holds an ambition back, in plain lines: where the sites that are not there stand at its deadline."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from spread.cli import render

Row = Mapping[str, Any]

MOST_LINES: Final = 3
HEADING: Final = "What holds it back: sites not using it at the deadline (mean of all runs)"


def find(ambitions: Iterable[Row], bottlenecks: Sequence[Row]) -> list[Row]:
    """The bottlenecks of the interventions that ambitions count, at their deadlines, where they are counted."""
    places = {(row["intervention"], _day(row), row["psc"]): row for row in bottlenecks}
    wanted = dict.fromkeys(
        (name, _day(row), str(row["scope"]).removeprefix("psc:"))
        for row in ambitions
        for name in str(row["interventions"]).split("+")
    )
    return [places[key] for key in wanted if key in places and not math.isnan(_missing(places[key]))]


def say_lines(ambitions: Sequence[Row], bottlenecks: Sequence[Row], *, titles: Mapping[str, str]) -> str:
    """A heading and a line for each intervention, most sites missing first; nothing where none are missing."""
    found = sorted(find(ambitions, bottlenecks), key=lambda row: -_missing(row))
    missing = [row for row in found if round(_missing(row)) > 0]
    if not missing:
        return ""
    several = len({_day(row) for row in missing}) > 1
    lines = [_say_line(row, titles=titles, several=several) for row in missing[:MOST_LINES]]
    more = len(missing) - MOST_LINES
    return "\n".join([HEADING, *lines, *([f"  and {more} more in bottlenecks.csv"] if more > 0 else [])])


def as_data(ambition: Row, bottlenecks: Sequence[Row], *, form: str) -> Any:
    """The same for programs: sites by intervention and cause (json), or words (csv)."""
    found = find([ambition], bottlenecks)
    if form == "json":
        return {row["intervention"]: _sites(row) for row in found}
    return "; ".join(f"{row['intervention']}: {say_sites(_sites(row)) or 'none'}" for row in found)


def say_sites(sites: Mapping[str, float]) -> str:
    """Sites by cause in whole numbers that add up, most first: ``12 undecided, 8 waiting for a coach``."""
    from spread.outcomes import delays

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


def _say_line(row: Row, *, titles: Mapping[str, str], several: bool) -> str:
    title = titles.get(row["intervention"], row["intervention"])
    when = f" on {_day(row)}" if several else ""
    of = f"{round(_missing(row))} of {round(row['eligible'])} sites"
    return render.wrap(f"  {title}{when}, {of}: {say_sites(_sites(row))}")


def _sites(row: Row) -> dict[str, float]:
    from spread.outcomes import delays

    return {cause: float(row[cause]) for cause in delays.CAUSES}


def _missing(row: Row) -> float:
    return sum(_sites(row).values())


def _day(row: Row) -> str:
    return str(row["deadline"])[:10]

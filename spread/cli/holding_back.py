"""What holds an ambition back, in plain lines: where the sites that are not there stand at its deadline."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spread.cli import render
from spread.report import holding_back

Row = Mapping[str, Any]

MOST_LINES: Final = 3
HEADING: Final = "What holds it back: sites not using it at the deadline (mean of all runs)"


def say_lines(ambitions: Sequence[Row], bottlenecks: Sequence[Row], *, titles: Mapping[str, str]) -> str:
    """A heading and a line for each intervention, most sites missing first; nothing where none are missing."""
    found = sorted(holding_back.find(ambitions, bottlenecks), key=lambda row: -holding_back.missing(row))
    missing = [row for row in found if round(holding_back.missing(row)) > 0]
    if not missing:
        return ""
    several = len({holding_back.day_of(row) for row in missing}) > 1
    lines = [_say_line(row, titles=titles, several=several) for row in missing[:MOST_LINES]]
    more = len(missing) - MOST_LINES
    return "\n".join([HEADING, *lines, *([f"  and {more} more in bottlenecks.csv"] if more > 0 else [])])


def _say_line(row: Row, *, titles: Mapping[str, str], several: bool) -> str:
    title = titles.get(row["intervention"], row["intervention"])
    when = f" on {holding_back.day_of(row)}" if several else ""
    of = f"{round(holding_back.missing(row))} of {round(row['eligible'])} sites"
    return render.wrap(f"  {title}{when}, {of}: {holding_back.say_sites(holding_back.sites_by_cause(row))}")

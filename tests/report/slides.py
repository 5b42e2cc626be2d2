"""Reports made up for slides: one ambition or many, short words or long ones, some of them hostile."""

from datetime import date

import pandas as pd

from spread.plots import sheet
from spread.report import content

HOSTILE = "<a:t>Tom & \"Jerry\"</a:t> \x0b\x00 =cmd|' /C calc'!A0 {{x}}"
LONG = "An ambition with a name that goes on and on, as names that committees agree upon will do, until nobody reads it"


def answer(number: int = 1, *, title: str = "Nine in ten sites use it by March 2021", programme: str = "Care programme",
           chance: float = 0.26, measure: str = "stage>=5") -> content.Answer:  # fmt: skip
    brief = content.Brief(
        f"It begins with {number} of 180 sites.", "The middle run has 78 % of sites there.", "Meeting it is unlikely.",
        "It needs 12 more sites a month.", "Furthest behind is West Midlands.", "More coaches would help.",
    )  # fmt: skip
    return content.Answer(
        f"ambition_{number}", title, programme, "England", date(2021, 3, 31),
        "Unlikely: the chance is about 3 in 10; the middle run is 21 sites short.", "about 3 in 10",
        "under 1 to over 9 in 10", "very low", brief, {"chance": chance, "measure": measure, "scope": "national"},
    )  # fmt: skip


def draw(height: float = 3.0):
    figure, _ = sheet.build_sheet(
        [sheet.Row(height, 0.9, 0.5)], title="A finding", subtitle="What it shows", caption="Source: here", key=()
    )
    return figure


def picture(name: str, *, height: float = 3.0, title: str = "A finding") -> content.Picture:
    return content.Picture(name, title, f"Line chart of {name}. It rises.", pd.DataFrame(), lambda: draw(height))


def table(name: str, rows: int = 3, *, columns: int = 3, cell: str = "12", folded: bool = False) -> content.Table:
    heads = tuple(f"Column {number}" for number in range(columns))
    told = tuple((f"Row {row}", *[cell] * (columns - 1)) for row in range(rows))
    return content.Table(
        name, f"Table of {name}", heads, told, (False,) + (True,) * (columns - 1), "A note.", folded=folded
    )


def section(name: str, *parts: content.Part, heading: str = "") -> content.Section:
    return content.Section(name, heading or f"About {name}", parts)


def report(
    *answers: content.Answer, sections: tuple[content.Section, ...] = (), title: str = "A plan"
) -> content.Report:
    usual = (
        section("chances", table("chances")),
        section("progress", "The line is the middle run.", picture("curves")),
        section("behind", "Somebody is.", picture("collaboratives"), table("places", 15),
                picture("missed", height=20.0), table("causes", folded=True)),
        section("fairness", "No gap can be told from luck. In half of the runs it is there.", table("gaps", 1)),
        section("cost", table("costs", 60), "No price is built in."),
        section("use", "It can be used to:", content.Points(("Compare plans.", "Think.")), "Use it soon."),
        section("reproduce", content.Points(("spread run /home/jane/x.toml",))),
    )  # fmt: skip
    plan = content.Plan("plan-a", "Plan A", "abcdef0123", "/home/jane/results")
    basis, start = "Not fitted to data: it rests on judgement.", "From 1 April 2020"
    told = answers or (answer(),)
    return content.Report(
        title, "England", date(2026, 11, 23), "0.1.0", basis, start, "very low", (plan,), told, sections or usual
    )

"""The chapters on where each ambition is heading, who is behind, and what keeps sites."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from spread.outcomes import delays
from spread.plots import wording
from spread.report import answers, content, folders, frames, holding_back, pictures, titles, words
from spread.scenarios import names as collaboratives

MOST_IN_DETAIL: Final = 4
"""So many ambitions are told collaborative by collaborative; of more, the first ones."""
TOGETHER: Final = 0.9


def chances(run: folders.Run, told: Sequence[content.Answer], *, scope: str) -> content.Section:
    """Every ambition in one table."""
    rows = [
        (
            answer.title,
            answers.say_target(answer.numbers),
            wording.say_date(answer.deadline),
            answer.chance_words or "not stated",
            answer.range_words,
            answers.say_value(answer.numbers, answer.numbers["value_q50"]),
            _ninety(answer.numbers),
            _short(run, answer),
        )
        for answer in told
    ]
    heads = ("Ambition", "Target", "By", "Chance", "Range of the chance", "Middle run", "9 runs in 10", "Short by")
    note = (
        "Chance: in how many of 10 runs the target is met. Range of the chance: what it is in eight of ten sets of "
        "assumptions. Middle run: half of the runs have more, half have less. Short by: what is then missing at the "
        "deadline."
    )
    frame = frames.frame([dict(answer.numbers) for answer in told])
    table = frames.table(
        "chances", "Chance, projection and target of each ambition", heads, rows, left=5, note=note, frame=frame
    )
    parts: list[content.Part] = [table]
    joint = _together(run) if scope == "national" else ""
    return content.Section("chances", "The chance of each ambition", tuple(parts + ([joint] if joint else [])))


def _ninety(row: folders.Document | Any) -> str:
    if row["measure"] == "milestone" or words.is_missing(row["value_q05"]):
        return ""
    low, high = (answers.say_value(row, row[name]).replace("a change of ", "") for name in ("value_q05", "value_q95"))
    return low if low == high else f"{low} to {high}"


def _short(run: folders.Run, answer: content.Answer) -> str:
    short = answer.numbers["shortfall_q50"]
    if words.is_missing(short) or answer.numbers["measure"] == "milestone":
        return ""
    return "met" if short <= 0 else answers.say_gap(run.scenario, answer.numbers, short)


def _together(run: folders.Run) -> str:
    """How many ambitions are met in the same run; nothing for a single one."""
    rows = run.rows("joint")
    if not rows:
        return ""
    low, middle, high = (
        max((int(row["met_at_least"]) for row in rows if row["chance"] >= share), default=0)
        for share in ((1 + TOGETHER) / 2, 0.5, (1 - TOGETHER) / 2)
    )
    every = rows[-1]
    return (
        f"Together: in the middle run {middle} of the {int(rows[0]['of'])} ambitions with a target are met, in nine "
        f"runs of ten {low} to {high}. The chance of all of them is {wording.say_chance(every['chance'])}; if they had "
        f"nothing in common it would be {wording.say_chance(every['if_independent'])}."
    )


def progress(run: folders.Run, group: pictures.Group) -> content.Section | None:
    """How the share grows over time, with its range."""
    picture = pictures.of_run("curves", run, group)
    if picture is None:
        return None
    heads, rows = _by_date(picture)
    table = frames.table(
        "curves-table", "Projected share at each date: the middle run, and where 8 runs in 10 lie",
        heads, rows, left=len(heads) - 2, frame=picture.frame, folded=True,
    )  # fmt: skip
    opening = "The line is the middle run. Bands hold 50, 80 and 95 of 100 runs; the further ahead, the wider."
    return content.Section("progress", "Where it is heading", (opening, picture, table))


def _by_date(picture: content.Picture) -> tuple[list[str], list[list[str]]]:
    """The curves as a table: a row a date, two columns a curve; a row a curve and date where there are several."""
    frame = (
        picture.frame.sort_values(["date"], kind="stable") if picture.frame["label"].nunique() == 1 else picture.frame
    )
    rows = [
        [str(row["label"]), words.say_day(row["date"]), wording.say_projected(row["q50"]),
         wording.say_span(row["q10"], row["q90"])]
        for row in folders.rows_of(frame)
    ]  # fmt: skip
    heads = ["Improvement", "Date", "Middle run", "8 runs in 10"]
    return (heads, rows) if frame["label"].nunique() > 1 else (heads[1:], [row[1:] for row in rows])


def behind(run: folders.Run, told: Sequence[content.Answer], group: pictures.Group) -> content.Section | None:
    """Who is furthest behind, and what keeps the sites that are not there."""
    parts: list[content.Part] = []
    detailed = [answer for answer in told if answer.numbers["measure"] != "milestone"][:MOST_IN_DETAIL]
    for number, answer in enumerate(detailed, start=1):
        parts += _of_ambition(run, answer, group, mark="" if number == 1 else f"-{number}", several=len(detailed) > 1)
    if len(told) > len(detailed) and detailed:
        parts.append(f"The first {len(detailed)} of {len(told)} ambitions are told here; the figures cover all.")
    return content.Section("behind", "Who is behind, and why", tuple(parts)) if parts else None


def _of_ambition(
    run: folders.Run, answer: content.Answer, group: pictures.Group, *, mark: str, several: bool
) -> Iterator[content.Part]:
    if several:
        yield f"{answer.title}:"
    yield answer.brief.behind
    if group[0] == "national":
        places = _collaboratives(run, answer, mark)
        if places is not None:
            picture = pictures.of_run(
                "ambitions", run, group, name=f"collaboratives{mark}", by="psc", ambition=answer.ambition
            )
            yield from ([picture] if picture is not None else [])
            yield places
    picture = pictures.of_run("missed", run, group, name=f"missed{mark}", ambition=answer.ambition)
    if picture is not None:
        yield picture
        yield _causes(run, answer, mark)


def _collaboratives(run: folders.Run, answer: content.Answer, mark: str) -> content.Table | None:
    """The chance of each collaborative, the lowest first."""
    rows = [
        row
        for row in run.rows("ambitions")
        if row["ambition"] == answer.ambition
        and str(row["scope"]).startswith("psc:")
        and words.as_date(row["deadline"]) == answer.deadline
    ]
    if not rows:
        return None
    ordered = sorted(rows, key=lambda row: (-_number(row["shortfall_q50"]), _number(row["chance"])))
    cells = [
        (
            collaboratives.short_name(titles.of_scope(run.scenario, str(row["scope"]))),
            words.percent(row["chance"]),
            words.span(row["chance_p10"], row["chance_p90"]),
            answers.say_value(row, row["value_q50"]),
            "" if words.is_missing(row["shortfall_q50"]) or row["shortfall_q50"] <= 0
            else answers.say_gap(run.scenario, row, row["shortfall_q50"]),
        )
        for row in ordered
    ]  # fmt: skip
    heads = ("Collaborative", "Chance by itself", "Range of the chance", "Middle run", "Short by")
    note = (
        "Chance by itself: that the collaborative reaches the same target for its own sites. Those with few sites "
        "reach it, or miss it, more by luck."
    )
    caption = f"Collaboratives, furthest behind first: {answer.title}"
    return frames.table(f"places{mark}", caption, heads, cells, note=note, frame=frames.frame(ordered))


def _number(value: float) -> float:
    return 0.0 if words.is_missing(value) else float(value)


def _causes(run: folders.Run, answer: content.Answer, mark: str) -> content.Table:
    """Where sites that are not there stand, an intervention a row."""
    found = holding_back.find([answer.numbers], run.rows("bottlenecks"))
    named = dict(zip(delays.CAUSES, delays.PLAIN_WORDS, strict=True))
    rows = []
    for row in found:
        sites = holding_back.round_together(holding_back.sites_by_cause(row))
        adopted = round(row["eligible"]) - sum(sites.values())
        rows.append(
            [titles.of_label(run.scenario, str(row["intervention"])), f"{adopted:,}", *map(str, sites.values())]
        )
    heads = ("Improvement", "In use", *(words.capital(named[cause]) for cause in delays.CAUSES))
    caption = f"Where sites stand on {wording.say_date(answer.deadline)}, mean of all runs: {answer.title}"
    return frames.table(
        f"causes{mark}", caption, heads, rows, frame=frames.frame([dict(row) for row in found]), folded=True
    )

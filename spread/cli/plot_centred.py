"""Centred stage bars by collaborative, of a run at its deadline or of a return's latest quarter."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spread import errors
from spread.cli import options, plot_stages, reported

if TYPE_CHECKING:
    import pandas as pd

    from spread.plots import centred, data

RETURNED_AT = {"stopped": "stage_2", "lapsed": "stage_3"}
"""The stages at which a return would show what is beside the scale."""
MOST_DATES_NAMED = 12


def draw(
    given: Path,
    *,
    out: Path | None = None,
    view: options.View | None = None,
    intervention: str | None = None,
    date: str | None = None,
) -> list[Path]:
    """Draw the bars of one intervention, or of each, and return the files written."""
    if view is not None and view.group_kind != "national":
        raise click.UsageError("centred shows every collaborative; leave --for out")
    from spread.plots import centred, writing

    if given.is_file():
        standings, stem = of_return(given, intervention, date), (out or given.parent / "figures")
    else:
        from spread.runs import listing

        run = listing.find_run(str(given))
        standings, stem = of_run(run, intervention, date), (out or run / "figures")
    written: list[Path] = []
    for name, standing in standings.items():
        figure = centred.plot_centred(standing)
        frame, words = centred.tabulate_centred(standing), centred.describe_centred(standing)
        place = stem / plot_stages.stem_of("centred", name, None)
        written += writing.write_figure(figure, place, frame=frame, alt_text=words)
    return written


def of_run(run: Path, intervention: str | None, day: str | None) -> "dict[str, centred.Standing]":
    """What each intervention of a run (or the one asked for) is drawn from."""
    import pandas as pd

    from spread.plots import centred, stages, wording
    from spread.plots import data as tables

    found = plot_stages.read_tables(run)
    parts = plot_stages.mean_counts(run, "psc")
    whole = plot_stages.mean_counts(run, "national")
    names = [panel.intervention for panel in stages.choose_panels(found, whole, intervention=intervention)]
    standings = {}
    for name in names:
        on = _day_of(found, whole, name, day)
        rows = [counts[(counts["intervention"] == name) & (counts["date"] == on)] for counts in (whole, parts)]
        table = pd.concat([rows[0].assign(psc=centred.WHOLE), rows[1].assign(psc=rows[1]["group"])])
        for beside, column in RETURNED_AT.items():
            table[column] += table[beside]
        table["name"] = [
            tables.name_group(found, tables.NATIONAL if code == centred.WHOLE else ("psc", str(code)))
            for code in table["psc"]
        ]
        standings[name] = centred.Standing(
            title=tables.title_of(found, name), day=on.date(), when=wording.say_date(on.date()), table=table,
            source=f"{tables.make_caption(found)} Shares are of eligible sites, mean of all runs; sites that gave up "
            "stand at stage 2 and lapsed ones at stage 3, as in a return.", is_projected=True,
        )  # fmt: skip
    return standings


def _day_of(found: "data.PlotData", counts: "pd.DataFrame", name: str, asked: str | None) -> "pd.Timestamp":
    """The report date asked for; the last deadline of an ambition about the intervention unless told; else the last."""
    import pandas as pd

    from spread.plots import data as tables

    there = [pd.Timestamp(day) for day in sorted(counts["date"].unique())]
    if asked is not None:
        wanted = pd.Timestamp(parse_day(asked))
        if wanted not in there:
            raise errors.InputError(
                errors.Fault(f"the run reports on {_few([str(day.date()) for day in there])}", f"--date {asked}")
            )
        return wanted
    wanted_names = set(tables.split_names(name))
    due = [
        row["deadline"]
        for _, row in found.ambitions.iterrows()
        if wanted_names & set(tables.split_names(row["interventions"])) and row["deadline"] in there
    ]
    return max(due) if due else there[-1]


def of_return(source: Path, intervention: str | None, day: str | None) -> "dict[str, centred.Standing]":
    """What each component of a return (or the one asked for) is drawn from."""
    reports = reported.read(source)
    if intervention is not None:
        reported.choose_intervention(reports, intervention, str(source))
    names = [intervention] if intervention else list(dict.fromkeys(reports["intervention"]))
    return {name: _of_component(reports[reports["intervention"] == name], source, name, day) for name in names}


def _of_component(rows: "pd.DataFrame", source: Path, name: str, day: str | None) -> "centred.Standing":
    import pandas as pd

    from spread import dates
    from spread.plots import centred

    told = rows[rows["stage"] >= 0]
    there = sorted(told["quarter"].unique())
    if not there:
        raise errors.InputError(errors.Fault(f"no stage of '{name}' is reported", str(source)))
    on = pd.Timestamp(there[-1])
    if day is not None:
        on = pd.Timestamp(parse_day(dates.quarter_name(parse_day(day))))
        if on not in there:
            known = _few([dates.quarter_name(pd.Timestamp(one).date()) for one in there])
            raise errors.InputError(errors.Fault(f"'{name}' is reported for {known}", f"--date {day}"))
    here = rows[rows["quarter"] == on]
    quarter = dates.quarter_name(on.date())
    noun = "sites" if here["key"].str.contains(" / ", regex=False).any() else "organisations"
    blanks, outside = int(here["stage"].isna().sum()), int((here["stage"] == reported.NOT_ELIGIBLE).sum())
    return centred.Standing(
        title=reported.titles().get(name, name), day=on.date(), when=quarter, table=_count(here), noun=noun,
        source=f"{reported.say_file(source)}, for {quarter}. Shares are of the {noun} that reported a stage; "
        f"not counted: {blanks:,} blank, {outside:,} not eligible.",
    )  # fmt: skip


def _count(here: "pd.DataFrame") -> "pd.DataFrame":
    """How many reported each stage, everybody first, then by collaborative."""
    import pandas as pd

    from spread.plots import centred, stage_ramp

    told = here[here["stage"] >= 0]
    rows = []
    groups = [(centred.WHOLE, "All", told), *((str(code), "", own) for code, own in told.groupby("psc"))]
    for code, name, own in groups:
        counts = {column: float((own["stage"] == stage).sum()) for stage, column in enumerate(stage_ramp.COLUMNS)}
        rows.append({"psc": code or centred.WHOLE, "name": name or str(own["psc_name"].iloc[0]), **counts})
    if len(rows) == 2 and not rows[1]["psc"]:
        rows = rows[:1]
    return pd.DataFrame(rows)


def parse_day(text: str, option: str = "--date") -> date:
    """A day from the command line.

    Raises
    ------
    InputError
    """
    from spread import dates

    try:
        return dates.parse_date(text)
    except ValueError as error:
        raise errors.InputError(errors.Fault(str(error), option)) from None


def _few(names: list[str]) -> str:
    shown = names if len(names) <= MOST_DATES_NAMED else [names[0], "...", *names[-MOST_DATES_NAMED + 2 :]]
    return ", ".join(shown)

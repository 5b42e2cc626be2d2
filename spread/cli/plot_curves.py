"""Curves of several runs, or with what was observed and what simple rivals make of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from spread import errors
from spread.cli import options, plot

if TYPE_CHECKING:
    import pandas as pd

    from spread.calibration import observed
    from spread.plots import data, series

RIVALS: Final = ("last_value", "linear", "logistic")
MEMBERS: Final = 4000  # paths of each: even, so that walks and their mirror images have the last value in the middle
SEED: Final = 1
FEWEST_POINTS: Final = 2


def draw_beside_observed(
    folder: Path, *, view: options.View, observed: Sequence[str], rivals: bool = False, out: Path | None = None,
    **asked: Any,
) -> list[Path]:  # fmt: skip
    """Draw curves with what was observed, and simple forecasts from it; the files written."""
    from spread.plots import data

    tables = data.load(folder, group_names=plot.group_names())
    frames = {"observed": read_observed(folder, observed)}
    if rivals:
        group = (view.group_kind, view.group)
        intervention = asked.get("intervention")
        frames["rivals"] = forecast(tables, frames["observed"], intervention=intervention, group=group)
    return plot.draw(folder, kind="curves", view=view, out=out, tables=tables, **asked, **frames)


def draw_overlay(
    folders: Sequence[Path], *, view: options.View, out: Path | None = None, observed: Sequence[str] = (),
    intervention: str | None = None,
) -> list[Path]:  # fmt: skip
    """Draw the curves of several runs on one panel, into the folder of the last unless told otherwise."""
    from spread.plots import data, overlay, writing

    runs = [data.load(folder, group_names=plot.group_names()) for folder in folders]
    seen = read_observed(folders[-1], observed) if observed else None
    whose: dict[str, Any] = {
        "intervention": intervention, "group": (view.group_kind, view.group), "observed": seen,
    }  # fmt: skip
    drawn = overlay.plot_overlay(runs, **whose)
    frame = overlay.tabulate_overlay(runs, **whose)
    words = overlay.describe_overlay(runs, **whose)
    others = [str(run.scenario.get("name", "")) for run in runs[:-1]]
    asked = {
        name: value for name, value in {"intervention": intervention, "observed": seen}.items() if value is not None
    }
    stem = (out or folders[-1] / "figures") / plot.stem_of("-".join(["curves-beside", *others]), view, asked)
    return list(writing.write_figure(drawn, stem, frame=frame, alt_text=words))


def read_observed(folder: Path, files: Sequence[str]) -> "pd.DataFrame":
    """What files tell of the world of a run, columns `plots.reality.OBSERVED`.

    Raises
    ------
    InputError
        With every mistake of every file.
    """
    import pandas as pd

    from spread.calibration import evidence
    from spread.plots import reality
    from spread.scenarios import reading

    found = evidence.read_all(files, reading.read_scenario(str(folder / "scenario.toml")))
    return pd.DataFrame([_row(one, files) for one in found.rows], columns=list(reality.OBSERVED))


def forecast(
    tables: "data.PlotData", seen: "pd.DataFrame", *, intervention: str | None, group: tuple[str, str]
) -> "pd.DataFrame":
    """What simple rivals forecast of the one share of a figure, columns `plots.reality.RIVALS`.

    They know the points up to the start of the run if these are enough, otherwise all of them.

    Raises
    ------
    InputError
        When more than one share is drawn, too few points are known, or the last of them ends the run.
    """
    import numpy as np
    import pandas as pd

    from spread.calibration import rivals
    from spread.plots import reality, series

    drawn = series.choose_series(tables, intervention=intervention, group=group)
    if len(drawn) > 1:
        names = ", ".join(one.key for one in drawn)
        raise errors.InputError(errors.Fault(f"rivals are drawn beside one share; name one of {names}", "--rivals"))
    points = reality.points_of(drawn[0], group=group, observed=seen).drop_duplicates("date")
    known = _known(points, drawn[0])
    dates = _dates_ahead(drawn[0], known)
    past = rivals.past([day.date() for day in known["date"]], known["value"].to_numpy(), name=drawn[0].key)
    rows = []
    for name in RIVALS:
        generator = np.random.default_rng(SEED)
        ensemble = rivals.forecast(name, past, [day.date() for day in dates], members=MEMBERS, generator=generator)
        middle = np.median(ensemble.ensemble, axis=0)
        rows += [
            {"rival": name, "date": day, "value": float(value), "points": len(known), "until": known["date"].iloc[-1]}
            for day, value in zip(dates, middle, strict=True)
        ]
    return pd.DataFrame(rows, columns=list(reality.RIVALS))


def _row(one: "observed.Observation", files: Sequence[str]) -> dict[str, object]:
    measure = str(one.measure)
    source = one.source or Path(files[0]).name
    return {
        "date": one.date, "interventions": "+".join(one.interventions), "measure": measure,
        "group_kind": one.group_kind, "group": one.group, "value": one.value, "source": source,
    }  # fmt: skip


def _known(points: "pd.DataFrame", drawn: "series.Series") -> "pd.DataFrame":
    before = points[points["date"] <= drawn.frame["date"].iloc[0]]
    known = before if len(before) >= FEWEST_POINTS else points
    if len(known) < FEWEST_POINTS:
        counted = "no point of it is" if known.empty else "only one point of it is"
        message = f"rivals need {FEWEST_POINTS} observed points or more of {drawn.key}; {counted} known"
        raise errors.InputError(errors.Fault(message, "--rivals"))
    return known


def _dates_ahead(drawn: "series.Series", known: "pd.DataFrame") -> "list[pd.Timestamp]":
    """The day after the last known point, and the report dates after that."""
    import pandas as pd

    first = known["date"].iloc[-1] + pd.Timedelta(days=1)
    ahead = [day for day in drawn.frame["date"] if day > first]
    if not ahead:
        message = f"what is observed of {drawn.key} reaches the end of the run; nothing is left for rivals to forecast"
        raise errors.InputError(errors.Fault(message, "--rivals"))
    return [first, *ahead]

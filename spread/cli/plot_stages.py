"""Stages over time and by collaborative: from a run's adoption.parquet, or a return, to their figures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spread import errors
from spread.cli import options

if TYPE_CHECKING:
    import pandas as pd

    from spread.plots import data

ADOPTION = "adoption.parquet"
KEYS = ("date", "intervention", "group_kind", "group")


def draw(
    folder: Path, *, out: Path | None = None, view: options.View | None = None, intervention: str | None = None
) -> list[Path]:
    """Draw the stages of a group of a run over time, and return the files written."""
    from spread.plots import stages, writing
    from spread.runs import listing

    run = listing.find_run(str(folder))
    whose = options.View() if view is None else view
    found = read_tables(run)
    counts = mean_counts(run, whose.group_kind, whose.group)
    group = (whose.group_kind, whose.group)
    figure = stages.plot_stages(found, counts, group=group, intervention=intervention)
    frame = stages.tabulate_stages(found, counts, group=group, intervention=intervention)
    words = stages.describe_stages(found, counts, group=group, intervention=intervention)
    stem = (out or run / "figures") / stem_of("stages", intervention, view)
    return list(writing.write_figure(figure, stem, frame=frame, alt_text=words))


def read_tables(run: Path) -> "data.PlotData":
    """What captions and titles are made of."""
    from spread.cli import plot
    from spread.plots import data

    return data.load(run, group_names=plot.group_names())


def stem_of(kind: str, intervention: str | None, view: options.View | None) -> str:
    """A file name that says what the figure shows, without an ending."""
    from spread.cli import plot

    return plot.stem_of(kind, view or options.View(), {"intervention": intervention or ""})


def mean_counts(run: Path, group_kind: str, group: str | None = None) -> "pd.DataFrame":
    """Sites by stage, mean over runs, by date and intervention, of one kind of group (or one group of it).

    Raises
    ------
    InputError
        When the run has no such table or group.
    """
    import pandas as pd

    from spread.plots import stage_ramp

    path = run / ADOPTION
    columns = [*stage_ramp.COLUMNS, *stage_ramp.BESIDE]
    if not path.is_file():
        raise errors.InputError(errors.Fault("not found; a finished run writes it", str(path)))
    chosen = [("group_kind", "==", group_kind)]
    chosen += [("group", "==", group)] if group is not None else []
    table = pd.read_parquet(path, columns=[*KEYS, "eligible", *columns], filters=chosen)
    if table.empty:
        raise errors.InputError(errors.Fault(_not_there(path, group_kind, group)))
    for key in KEYS[1:]:
        table[key] = table[key].astype("str")
    means = table.groupby(list(KEYS), sort=False, observed=True)[["eligible", *columns]].mean()
    return means.reset_index()


def _not_there(path: Path, group_kind: str, group: str | None) -> str:
    """What there is instead of a group."""
    import pandas as pd

    there = pd.read_parquet(path, columns=["group_kind", "group"]).astype("str").drop_duplicates()
    kinds = list(dict.fromkeys(there["group_kind"]))
    if group_kind not in kinds:
        return f"'{group_kind}' is no kind of group in the results{_known(group_kind, kinds)}"
    groups = list(there.loc[there["group_kind"] == group_kind, "group"])
    return f"no {group_kind} '{group}' in the results{_known(str(group), groups)}"


def _known(name: str, known: Sequence[str]) -> str:
    return errors.did_you_mean(name, known) or f"; known: {', '.join(known)}"

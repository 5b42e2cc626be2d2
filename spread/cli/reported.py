"""What sites say of themselves, as one plain table: from a quarterly return, a ``stages.csv``, or one simulated run."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from spread import errors

if TYPE_CHECKING:
    import pandas as pd

    from spread.decisions import trace as tracing
    from spread.network import population as people
    from spread.network import returns

COLUMNS = ("intervention", "psc", "psc_name", "key", "beside", "who", "quarter", "stage")
"""`key` tells who; `beside` whom they stand next to (the trust they merged into, else themselves); `stage` is 0-7,
-1 not eligible, NaN not reported."""
NOT_ELIGIBLE = -1.0


def read(path: Path) -> "pd.DataFrame":
    """Read a quarterly return, or a ``stages.csv``, whichever it is.

    Raises
    ------
    InputError
        When it is neither, or there are faults in it.
    """
    from spread.network import returns, start

    if not path.is_file():
        raise errors.InputError(errors.Fault("not found", str(path)))
    if start.is_stages(path):
        return _of_stages(path)
    return of_return(returns.read_return(path))


def of_return(read: "returns.Return") -> "pd.DataFrame":
    """A return as rows; two rows about the same organisation or site in a quarter are its less advanced stage."""
    import numpy as np
    import pandas as pd

    successor = {code.casefold(): new.casefold() for code, new in _successors().items()}
    found: dict[tuple[str, str, str, str, date], float] = {}
    names: dict[str, str] = {}
    beside: dict[str, str] = {}
    for entry in read.entries:
        organisation = entry.organisation.casefold()
        key = f"{organisation} / {entry.site.casefold()}" if entry.site else organisation
        whole = entry.organisation_title
        names[key] = f"{entry.site_code} {entry.site_name}".strip() if entry.site else whole
        beside[key] = successor.get(organisation, organisation)
        for name, stage in entry.stages.items():
            row = (name, entry.psc, key, beside[key], entry.quarter)
            value = np.nan if stage is None else float(stage)
            found[row] = _less_advanced(found.get(row, np.nan), value)
    rows = [(name, psc, key, near, names[key], day, stage) for (name, psc, key, near, day), stage in found.items()]
    table = pd.DataFrame(rows, columns=["intervention", "psc", "key", "beside", "who", "quarter", "stage"])
    return _finished(table, _names_of(table["psc"]))


def _less_advanced(one: float, other: float) -> float:
    """The less advanced of two stages; one that was reported before one that was not, or was not eligible."""
    stages = [stage for stage in (one, other) if stage >= 0]
    if stages:
        return min(stages)
    return one if one == NOT_ELIGIBLE else other


def _of_stages(path: Path) -> "pd.DataFrame":
    """A ``stages.csv`` by quarter, the last row of each counting; England's sites with their collaborative."""
    import pandas as pd

    from spread import dates
    from spread.network import start, tables

    named = tables.read_csv(path, start.STAGE_COLUMNS, tables.Findings(str(path)))
    interventions = tuple(dict.fromkeys(row.text("intervention") for row in named.rows if row.text("intervention")))
    told = start.read_stages(path, date.max, population=None, interventions=interventions)
    codes = tuple(dict.fromkeys(row.text("site") for row in named.rows))
    home = _homes(codes)
    rows = [
        (
            interventions[tool],
            home.get(codes[site], ""),
            codes[site],
            codes[site],
            codes[site],
            dates.parse_date(dates.quarter_name(day)),
            _as_reported(stage),
        )
        for place, (site, tool) in enumerate(zip(told.site.tolist(), told.intervention.tolist(), strict=True))
        for day, stage in told.history(place)
    ]
    table = pd.DataFrame(rows, columns=["intervention", "psc", "key", "beside", "who", "quarter", "stage"])
    last = table.drop_duplicates(["intervention", "key", "quarter"], keep="last").reset_index(drop=True)
    return _finished(last, _names_of(last["psc"]))


def _as_reported(stage: int) -> float:
    """A stage as a return would give it: what was stopped stands at 2, what lapsed at 3."""
    from spread import model

    return float(model.REPORTED_AS[stage])


def of_run(trace: "tracing.Trace") -> "pd.DataFrame":
    """One simulated history as a return without fault or delay would tell it, by site code."""
    import numpy as np
    import pandas as pd

    from spread import dates
    from spread.outcomes import returns

    world, units = trace.job.world, trace.inputs.units
    quarters = dates.quarter_ends(world.origin, trace.scenario.end) or (trace.scenario.end,)
    stages = returns.stages_at(trace.log, world.origin, quarters)
    people, count = world.population, len(units.site)
    sites = np.tile(units.site, len(quarters))
    codes = np.array(people.site_codes)[sites]
    table = pd.DataFrame(
        {
            "intervention": np.tile(np.array(units.interventions)[units.intervention], len(quarters)),
            "psc": np.array(people.psc_codes)[people.psc[sites]],
            "key": codes,
            "beside": codes,
            "who": codes,
            "quarter": np.repeat(np.array(quarters, dtype=object), count),
            "stage": stages.ravel().astype(np.float64),
        }
    )
    return _finished(table, dict(zip(people.psc_codes, people.psc_names, strict=True)))


def middle_run(folder: Path, interventions: Iterable[str], scope: str) -> tuple[int, int]:
    """The draw and replicate of the run in the middle: of the ambition about these interventions, at its last deadline.

    The first run where no ambition is.
    """
    import pandas as pd

    path = folder / "run_values.parquet"
    if not path.is_file():
        return 0, 0
    values = pd.read_parquet(path).dropna(subset=["value"])
    for where in (scope, "national"):
        here = values[(values["scope"] == where) & values["ambition"].isin(_about(folder, interventions))]
        if len(here):
            first = here[here["ambition"] == here["ambition"].iloc[0]]
            last = first[first["deadline"] == first["deadline"].max()].sort_values(
                ["value", "draw", "replicate"], kind="stable"
            )
            middle = last.iloc[(len(last) - 1) // 2]
            return int(middle["draw"]), int(middle["replicate"])
    return 0, 0


def _about(folder: Path, interventions: Iterable[str]) -> list[str]:
    import pandas as pd

    table = pd.read_csv(folder / "ambitions.csv", dtype=str, keep_default_na=False)
    wanted = set(interventions)
    return [
        str(row["ambition"]) for _, row in table.iterrows() if wanted & set(str(row["interventions"]).split("+"))
    ]  # fmt: skip


def choose_intervention(reports: "pd.DataFrame", asked: str | None, place: str) -> str:
    """The intervention asked for, or the only one.

    Raises
    ------
    InputError
        When it is not there, or there are several and none is asked for.
    """
    known = [str(name) for name in dict.fromkeys(reports["intervention"])]
    if asked in known:
        return str(asked)
    if asked is not None:
        hint = errors.did_you_mean(asked, known) or f"; known: {', '.join(known)}"
        raise errors.InputError(errors.Fault(f"no intervention '{asked}'{hint}", place))
    if len(known) != 1:
        raise errors.InputError(errors.Fault(f"name one with --intervention: {', '.join(known)}", place))
    return known[0]


def of_psc(reports: "pd.DataFrame", psc: str, place: str) -> "pd.DataFrame":
    """What one collaborative reported.

    Raises
    ------
    InputError
        When it is not there.
    """
    found = reports[reports["psc"] == psc]
    if found.empty:
        known = list(dict.fromkeys(reports["psc"]))
        hint = errors.did_you_mean(psc, known) or f"; known: {', '.join(known)}"
        raise errors.InputError(errors.Fault(f"nothing of psc '{psc}'{hint}", place))
    return found


def titles() -> dict[str, str]:
    """What the catalogue calls interventions."""
    from spread.scenarios import catalogue

    return {name: str(entry["title"]) for name, entry in catalogue.interventions().items()}


def _finished(table: "pd.DataFrame", names: Mapping[str, str]) -> "pd.DataFrame":
    import pandas as pd

    table["psc_name"] = [names.get(psc) or psc or "All" for psc in table["psc"]]
    table["quarter"] = pd.to_datetime(table["quarter"])
    return table[list(COLUMNS)]


def _names_of(codes: Iterable[str]) -> dict[str, str]:
    from spread.scenarios import catalogue

    known = catalogue.pscs()
    return {code: str(known[code]["name"]) for code in codes if code in known}


def _successors() -> dict[str, str]:
    from spread.network import bundled

    return {row["code"]: row["merged_into"] for row in bundled.read_table("trusts") if row.get("merged_into")}


def _homes(codes: Sequence[str]) -> dict[str, str]:
    """The collaborative of each site whose code is one of England's."""
    from spread.network import england

    everyone: people.Population = england.build_england("2022", england.ALL_SETTINGS)
    wanted = set(codes)
    return {
        code: everyone.psc_codes[everyone.psc[row]] for row, code in enumerate(everyone.site_codes) if code in wanted
    }


def say_run(trace: "tracing.Trace") -> str:
    """Which run of which scenario a history is of."""
    import spread

    return (
        f"Source: spread {spread.__version__}, scenario {trace.scenario.name}. One run of many (draw {trace.draw}, "
        f"replicate {trace.replicate}, seed {trace.job.seed}): what happened in it, not a forecast."
    )


def say_file(source: Path) -> str:
    """Which file a figure is drawn from, and by what."""
    import spread

    return f"Source: {source.name}, drawn with spread {spread.__version__} as returned"

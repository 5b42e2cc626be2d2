"""From a run's sites and its world to the picture of who is connected with whom."""

import itertools
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from spread import errors
from spread.cli import options, plot_stages

if TYPE_CHECKING:
    import pandas as pd

    from spread.network import population as people
    from spread.plots import data, network_map

UNSEEN_LAYERS = ("national",)
"""Networks in which everybody meets everybody: no line can show them."""


def draw(
    folder: Path, *, out: Path | None = None, view: options.View | None = None, intervention: str | None = None
) -> list[Path]:
    """Draw the sites of a run, and return the files written.

    Raises
    ------
    InputError
        When there are no such sites.
    """
    from spread.plots import network_map, writing
    from spread.runs import listing

    run = listing.find_run(str(folder))
    if view is not None and view.group_kind not in ("national", "psc"):
        raise errors.InputError(errors.Fault("a network is shown of a collaborative: psc:YH", f"--for {view.scope}"))
    found = connections(run, intervention, None if view is None or view.group_kind == "national" else view.group)
    figure = network_map.plot_network(found)
    frame, words = network_map.tabulate_network(found), network_map.describe_network(found)
    stem = (out or run / "figures") / plot_stages.stem_of("network", intervention, view)
    return list(writing.write_figure(figure, stem, frame=frame, alt_text=words))


def connections(run: Path, intervention: str | None, psc: str | None) -> "network_map.Connections":
    """What the picture of a run is drawn from."""
    import pandas as pd

    from spread.network import population, ties
    from spread.plots import data as tables
    from spread.plots import network_map
    from spread.runs import folders, provenance
    from spread.scenarios import reading

    scenario = reading.read_scenario(run / "scenario.toml")
    provenance.check_world(scenario, folders.manifest_there(run) or {}, run)
    world = population.build_population(scenario)
    data = plot_stages.read_tables(run)
    rows = _rows(run, data, intervention)
    rows = rows if psc is None else rows[rows["psc"] == psc]
    if psc is not None and rows.empty:
        raise errors.InputError(errors.Fault(f"no eligible sites of psc '{psc}' in the results", str(run)))
    shown = {str(site) for site in rows["site"]}
    names = network_map.short_names(
        {code: tables.name_group(data, ("psc", code)) for code in dict.fromkeys(rows["psc"].astype(str))}
    )
    sites = pd.DataFrame(
        {
            "site": rows["site"].astype(str).to_numpy(),
            "psc": rows["psc"].astype(str).to_numpy(),
            "circle": rows["ics"].fillna("").astype(str).to_numpy(),
            "reached": pd.to_datetime(rows["adopt_q50"]).to_numpy(),
        }
    )
    return network_map.Connections(
        title=tables.title_of(data, str(rows["intervention"].iloc[0])),
        sites=sites,
        bridges=find_bridges(world, shown),
        ties=_ties(ties.build_ties(scenario, world), world, shown),
        names=names,
        start=scenario.origin,
        deadline=pd.Timestamp(rows["deadline"].iloc[0]).date(),
        end=scenario.end,
        source=tables.make_caption(data),
    )


def _rows(run: Path, data: "data.PlotData", intervention: str | None) -> "pd.DataFrame":
    """The sites of one intervention, or of the first set an ambition takes together, at its last deadline."""
    import pandas as pd

    from spread.outcomes import naming

    path = run / "sites.parquet"
    if not path.is_file():
        raise errors.InputError(errors.Fault("not found; a finished run writes it", str(path)))
    table = pd.read_parquet(
        path, columns=["site", "intervention", "deadline", "adopt_q50", "psc", "ics"]
    )  # fmt: skip
    table["intervention"] = table["intervention"].astype(str)
    known = list(dict.fromkeys(table["intervention"]))
    together = [name for name in known if name.startswith(naming.ALL_OF)]
    name = intervention or (together or known)[0]
    if name not in known:
        hint = errors.did_you_mean(name, known) or f"; known: {', '.join(known)}"
        raise errors.InputError(errors.Fault(f"no intervention '{name}' in the results{hint}", str(path)))
    mine = table[table["intervention"] == name]
    last: pd.DataFrame = mine[mine["deadline"] == mine["deadline"].max()]
    return last


def find_bridges(world: "people.Population", shown: set[str]) -> "pd.DataFrame":
    """How many sites shown meet one of another collaborative, by pair of collaboratives."""
    import pandas as pd

    networks = world.networks
    across: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row, layer in enumerate(networks.layers):
        if layer in UNSEEN_LAYERS:
            continue
        homes: dict[str, set[int]] = defaultdict(set)
        for site in networks.member[networks.start[row] : networks.start[row + 1]].tolist():
            if world.site_codes[site] in shown:
                homes[world.psc_codes[world.psc[site]]].add(site)
        for one, other in itertools.combinations(sorted(homes), 2):
            across[one, other] |= homes[one] | homes[other]
    rows = [(one, other, len(sites)) for (one, other), sites in sorted(across.items())]
    return pd.DataFrame(rows, columns=["psc", "other", "sites"])


def _ties(built: "people.Ties", world: "people.Population", shown: set[str]) -> "pd.DataFrame":
    """Ties that are written down between the sites shown."""
    import numpy as np
    import pandas as pd

    lookers = np.repeat(np.arange(built.start.size - 1), np.diff(built.start))
    codes = np.array(world.site_codes)
    table = pd.DataFrame({"site": codes[lookers], "peer": codes[built.peer], "weight": built.weight})
    return table[table["site"].isin(shown) & table["peer"].isin(shown)].reset_index(drop=True)

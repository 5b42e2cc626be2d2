"""A return, placed, as the rows of an ``observed.csv`` it comes to: what a written and read return is held against."""

from collections import defaultdict
from datetime import date

from spread.network import stages
from spread.network.placing import Observed
from spread.network.population import Population


def observed_rows(observed: Observed, population: Population) -> list[dict[str, object]]:
    """The return as rows of ``observed.csv``: sites at each stage or above out of those that reported."""
    groups: dict[tuple[date, str, str, str], list[int]] = defaultdict(list)
    for (quarter, name, site), stage in sorted(observed.stages.items()):
        psc = population.psc_codes[population.psc[site]]
        for kind, group in (("national", "national"), ("psc", psc)):
            groups[quarter, name, kind, group].append(stage)
    return [
        {
            "date": quarter, "intervention": name, "measure": f"stage>={least}", "group_kind": kind, "group": group,
            "numerator": (count := sum(stage >= least for stage in found)), "denominator": len(found),
            "value": count / len(found),
        }
        for (quarter, name, kind, group), found in groups.items()
        for least in range(1, stages.LAST_STAGE + 1)
    ]  # fmt: skip

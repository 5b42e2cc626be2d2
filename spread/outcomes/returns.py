"""The observation model: what a quarterly assurance return would say of one simulated history.

The return says less than the truth: it comes in arrears, some organisations do not report, and a stage is reported
by those who are judged by it. With shares of zero and no arrears it is the true stage at each quarter's end. Sites
that stopped testing are reported at stage 2 and lapsed ones at stage 3, where the model has them go on from.

Q quarters, U units, I interventions, S sites.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import dates, errors, model
from spread.model import draws, inputs, record
from spread.network import stages
from spread.network.population import Population
from spread.scenarios import names

Ints = NDArray[np.int64]
ORGANISATION_COLUMNS: Final = (
    "updated_psc_name", "ics", "api_org_code", "organisation_as_recorded", "organisation_name_verified", "quarter",
)  # fmt: skip
SITE_COLUMNS: Final = (
    "updated_psc_name", "trust_code", "name_of_trust", "site_code", "name_of_site", "phase", "quarter",
)  # fmt: skip
NOT_ELIGIBLE: Final = "Not eligible"
PHASE: Final = "phase"
NOBODY: Final = -1
HEADING_OF: Final = {"newtt": "newtt2"}
"""Columns the national files name otherwise than the catalogue; `network.headings.OTHER_NAMES` reads them back."""
REPORTED_STAGE: Final = np.array(model.REPORTED_AS)


class Observation(NamedTuple):
    """How a return differs from the truth: shares 0-1, and quarters that have ended without a return yet."""

    missing_share: float = 0.0
    overstated_share: float = 0.0
    understated_share: float = 0.0
    arrears_quarters: int = 0


class Run(NamedTuple):
    """Which luck: the same as that of the simulated history."""

    seed: int
    draw: int
    replicate: int


class SimulatedReturn(NamedTuple):
    """A return as cells under their headings; None where nothing was reported.

    Rows are by collaborative, organisation (a merged one beside its successor), site and quarter.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


def observation_of(parameters: Mapping[str, float]) -> Observation:
    """The observation model of one draw of the parameters."""
    return Observation(
        missing_share=parameters["return_missing_share"],
        overstated_share=parameters["return_overstated_share"],
        understated_share=parameters["return_understated_share"],
        arrears_quarters=round(parameters["return_arrears_quarters"]),
    )


def returned_quarters(first: date, as_of: date, observation: Observation) -> tuple[date, ...]:
    """Last days of the quarters whose return is there on a day: all that ended by then but those in arrears.

    Raises
    ------
    spread.errors.InputError
        When there is none.
    """
    ended = dates.quarter_ends(first, as_of)
    returned = ended[: max(0, len(ended) - observation.arrears_quarters)]
    if not returned:
        raise errors.InputError(
            f"by {as_of} no quarter has been returned that began after {first} "
            f"({observation.arrears_quarters} in arrears); ask for a later day"
        )
    return returned


def stages_at(log: record.EventLog, origin: date, quarters: Sequence[date]) -> Ints:
    """The stage of every unit at the end of each quarter, shape (Q, U)."""
    status = log.initial_status.astype(np.int64)
    found = np.empty((len(quarters), len(status)), dtype=np.int64)
    begun = 0
    for number, quarter in enumerate(quarters):
        cutoff = float(dates.day_number(quarter, origin) + 1)
        ended = int(np.searchsorted(log.time_days, cutoff, side="left"))
        for unit, after in zip(log.unit[begun:ended].tolist(), log.to_status[begun:ended].tolist(), strict=True):
            status[unit] = after
        found[number], begun = REPORTED_STAGE[status], ended
    return found


def observe(truth: Ints, units: inputs.Units, quarters: Sequence[date], observation: Observation, run: Run) -> Ints:
    """What is reported instead of the true stages, shape (Q, U).

    The luck of each cell is that of its site, intervention and quarter.
    """
    run_key = draws.run_key(*run)
    reported = truth.copy()
    above = 1.0 - observation.overstated_share
    keys = units.unit_key.tolist()
    for number, quarter in enumerate(quarters):
        day = quarter.toordinal()
        for unit, key in enumerate(keys):
            share = draws.uniform_at(run_key, key, draws.Purpose.RETURN_ERROR, day)
            reported[number, unit] += (share > above) - (share < observation.understated_share)
    return np.clip(reported, 0, stages.LAST_STAGE)


def is_missing(organisation: str, quarter: date, observation: Observation, run_key: int) -> bool:
    """Whether an organisation does not report in a quarter."""
    key = draws.unit_key(0, draws.key(organisation))
    share = draws.uniform_at(run_key, key, draws.Purpose.RETURN_MISSING, quarter.toordinal())
    return share < observation.missing_share


def write_return(
    reported: Ints,
    units: inputs.Units,
    population: Population,
    quarters: Sequence[date],
    *,
    observation: Observation,
    run: Run,
    successors: Mapping[str, str] | None = None,
) -> SimulatedReturn:
    """Lay reported stages out as a return: by organisation, or by site where one has several for an intervention.

    An organisation whose return is missing in a quarter has a row without stages.
    """
    run_key = draws.run_key(*run)
    by_site = _is_by_site(units)
    unit_of: dict[int, dict[int, int]] = {}
    holders = (units.site if by_site else units.organisation).tolist()
    for unit, (holder, intervention) in enumerate(zip(holders, units.intervention.tolist(), strict=True)):
        unit_of.setdefault(holder, {})[intervention] = unit
    site_of = {holder: int(units.site[next(iter(own.values()))]) for holder, own in unit_of.items()}
    rows = []
    for holder in _in_order(site_of, population, successors or {}):
        site = site_of[holder]
        who = _describe_site(site, population) if by_site else _describe_organisation(site, population)
        organisation = population.organisation_codes[population.organisation[site]]
        own = [unit_of[holder].get(number, NOBODY) for number in range(len(units.interventions))]
        for number, quarter in enumerate(quarters):
            missing = is_missing(organisation, quarter, observation, run_key)
            cells = [None if missing else _cell(reported[number], unit) for unit in own]
            rows.append((*who, dates.quarter_name(quarter), *cells))
    columns = SITE_COLUMNS if by_site else ORGANISATION_COLUMNS
    return SimulatedReturn((*columns, *(HEADING_OF.get(name, name) for name in units.interventions)), tuple(rows))


def _cell(reported: Ints, unit: int) -> str:
    return NOT_ELIGIBLE if unit == NOBODY else stages.stage_text(int(reported[unit]))


def _is_by_site(units: inputs.Units) -> bool:
    """Whether some organisation has more than one site for an intervention."""
    pairs = {*zip(units.organisation.tolist(), units.intervention.tolist(), strict=True)}
    return len(pairs) < len(units.site)


def _in_order(site_of: Mapping[int, int], population: Population, successors: Mapping[str, str]) -> list[int]:
    """Who reports, by collaborative, then organisation; one that has merged since stands after its successor."""
    known = frozenset(population.organisation_codes)

    def place(holder: int) -> tuple[str, str, bool, str, str]:
        site = site_of[holder]
        code = population.organisation_codes[population.organisation[site]]
        successor = successors.get(code, "")
        successor = successor if successor in known else code
        psc = population.psc_codes[population.psc[site]]
        return psc, successor, successor != code, code, population.site_codes[site]

    return sorted(site_of, key=place)


def _describe_organisation(site: int, population: Population) -> tuple[str, ...]:
    organisation = int(population.organisation[site])
    name = population.organisation_names[organisation]
    ics = int(population.ics[site])
    ics_name = population.ics_names[ics] if ics >= 0 else ""
    return _psc_name(site, population), ics_name, population.organisation_codes[organisation], name, name


def _describe_site(site: int, population: Population) -> tuple[str, ...]:
    organisation = int(population.organisation[site])
    return (
        _psc_name(site, population), population.organisation_codes[organisation],
        population.organisation_names[organisation], population.site_codes[site], population.site_names[site],
        population.attributes[PHASE][site] if PHASE in population.attributes else "",
    )  # fmt: skip


def _psc_name(site: int, population: Population) -> str:
    """A collaborative as the return names it, ``Wessex HIN``; by its own name where it is one of the user's own."""
    psc = int(population.psc[site])
    spelt = names.spellings(population.psc_codes[psc])
    return next((name for name in spelt if name.endswith(" HIN")), population.psc_names[psc])

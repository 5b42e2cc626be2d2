"""One replicate looked at closely: what happened to whom, when, at what speed and by whom it was known.

`trace` runs a replicate as any run of many does; asked for a site, or for who influenced whom, it runs the engine that
is read with somebody watching (`watching`), which takes longer and gives the same log. Stories are told by `story`
(one site) and `national` (all of them), influences by `influence`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread import errors
from spread.decisions import watching
from spread.model import STATUS_NAMES, draws, inputs, record
from spread.runs import answers, replicate
from spread.scenarios import catalogue, names, schema

if TYPE_CHECKING:
    from spread.decisions import national, story
    from spread.network import influence_graph

Ints = NDArray[np.int64]

STAGE_WORDS = {
    "no_contact": "no contact", "knowledge": "knows of it", "interest": "interested", "decision": "decided",
    "testing": "testing", "adoption": "in use", "spread": "in use on all its units", "sustained": "sustained",
    "stopped": "given up", "lapsed": "lapsed",
}  # fmt: skip


class Trace(NamedTuple):
    """One replicate: its job, inputs and parameters, its log, and what was seen by row (None: nobody watched)."""

    job: replicate.Job
    draw: int
    replicate: int
    inputs: inputs.ModelInputs
    parameters: Mapping[str, float]
    log: record.EventLog
    sights: Mapping[int, watching.Sight] | None

    @property
    def scenario(self) -> schema.Scenario:
        """What was simulated."""
        return self.job.world.scenario

    def day(self, time_days: float) -> date:
        """The date of a time of the run; of one before it began, the date then."""
        return self.job.world.origin + timedelta(days=int(np.floor(time_days)))

    def site_of(self, unit: int) -> int:
        """The site of a unit, by index."""
        return int(self.inputs.units.site[unit])

    def code(self, unit: int) -> str:
        """The code of a unit's site."""
        return self.job.world.population.site_codes[self.site_of(unit)]

    def intervention(self, unit: int) -> str:
        """The intervention of a unit."""
        return self.inputs.units.interventions[int(self.inputs.units.intervention[unit])]

    def psc(self, unit: int) -> str:
        """The collaborative of a unit, as people call it."""
        return psc_name(self.job.world.population.psc_codes[int(self.inputs.units.psc[unit])])

    def rows_of(self, unit: int) -> Ints:
        """The rows of the log about a unit."""
        return np.flatnonzero(self.log.unit == unit)

    def story(self, site: str) -> "list[story.Moment]":
        """Everything that happened to a site that was watched."""
        from spread.decisions import story  # which is told of traces

        return story.tell(self, site)

    def everywhere(self) -> "national.Story":
        """What happened everywhere: months, who came first, the longest waits, turning points."""
        from spread.decisions import national  # which is told of traces

        return national.tell(self)

    def influences(self) -> "list[influence_graph.Influence]":
        """Who influenced whom, as far as it was watched."""
        from spread.decisions import influence  # which is told of traces

        return influence.influences_of(self)

    def units_of(self, site: str) -> list[int]:
        """The units of a site, by intervention."""
        index = self.job.world.population.site_codes.index(site)
        return np.flatnonzero(self.inputs.units.site == index).tolist()


def psc_name(code: str) -> str:
    """A collaborative as people call it, where it is one of the catalogue's."""
    known = catalogue.pscs().get(code)
    return names.short_name(str(known["name"])) if known else code


def stage_words(status: int) -> str:
    """A status in words."""
    return STAGE_WORDS[STATUS_NAMES[status]]


def trace(
    scenario: schema.Scenario,
    *,
    draw: int = 0,
    replicate_number: int = 0,
    seed: int = 1,
    sites: Sequence[str] = (),
    interventions: Sequence[str] = (),
    influences: bool = False,
    posterior: answers.Fitted | None = None,
) -> Trace:
    """Run one replicate, closely watched where that is asked for.

    Parameters
    ----------
    sites
        Watch these; none gives what the log alone can tell.
    interventions
        Watch these interventions only; all unless given.
    influences
        Watch everybody, for who influenced whom.
    posterior
        What was learned from data; what was believed before, unless given.

    Raises
    ------
    InputError
        When there is no such site or intervention, or a site is not eligible; all mistakes together.
    """
    job = answers.prepare(scenario, seed=seed)
    job = job if posterior is None else posterior.believed_by(job)
    watched = check_asked(job, sites, interventions)
    own = replicate.draw_own(job, draw)
    luck = own.luck
    prepared, parameters = replicate.prepare_draw(job, own)
    if sites or influences:
        key = draws.run_key(job.seed, luck, replicate_number)
        log, sights = watching.watch(prepared, key, watched)
        return Trace(job, draw, replicate_number, prepared, parameters, log, sights)
    log = replicate.run_replicate(
        prepared, seed=job.seed, draw=luck, replicate=replicate_number, engine=replicate.COMPILED
    )
    return Trace(job, draw, replicate_number, prepared, parameters, log, None)


def check_asked(job: replicate.Job, sites: Sequence[str], interventions: Sequence[str]) -> Collection[int]:
    """The units of sites and interventions asked for; of all, where none are named.

    Raises
    ------
    InputError
    """
    units, codes = job.world.units, job.world.population.site_codes
    faults = [_unknown("intervention", name, units.interventions) for name in interventions
              if name not in units.interventions]  # fmt: skip
    faults += [_unknown("site", code, codes) for code in sites if code not in codes]
    if faults:
        raise errors.InputError(faults)
    chosen = np.ones(len(units.site), dtype=bool)
    if interventions:
        chosen &= np.isin(units.intervention, [units.interventions.index(name) for name in interventions])
    alone = [code for code in sites if not (chosen & (units.site == codes.index(code))).any()]
    if alone:
        what = f"for {', '.join(interventions)}" if interventions else "for any intervention of this scenario"
        eligible = sorted({codes[place] for place in units.site[chosen]})
        raise errors.InputError([_not_eligible(code, what, eligible) for code in alone])
    if sites:
        chosen &= np.isin(units.site, [codes.index(code) for code in sites])
    return set(np.flatnonzero(chosen).tolist())


def _not_eligible(code: str, what: str, eligible: Sequence[str]) -> errors.Fault:
    """A site nothing is for, and the sites of the same code that something is for, where it is a trust's own."""
    own = [other for other in eligible if other.startswith(f"{code}-")]
    hint = f"; did you mean its site {' or '.join(own)}?" if own else ""
    return errors.Fault(f"is not eligible {what}{hint}", f"site {code}")


def _unknown(what: str, name: str, known: Sequence[str]) -> errors.Fault:
    few = f"; it has {', '.join(known)}" if len(known) <= 12 else "; 'spread network show SCENARIO --list sites'"
    return errors.Fault(f"no {what} '{name}' in this world{errors.did_you_mean(name, known) or few}")

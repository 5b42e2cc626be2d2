"""What no draw of the parameters changes about the inputs: worked out once for a world, used by every draw.

U units, O organisations, I interventions, V views.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.model import epochs
from spread.model.inputs import Floats, Ints, Keys
from spread.model.past import Past, frame_past
from spread.model.setting_groups import setting_groups
from spread.model.timetable import value_for
from spread.model.views import LAYERS
from spread.model.world import World, keys

STAGES = (7, 6, 5, 4, 3, 2, 1)
NOT_OBSERVED = -1


class ParameterTable(NamedTuple):
    """Parameters laid out as a table: their names, the cell of each (counted row by row), and the table's shape."""

    names: tuple[str, ...]
    cell: Ints
    shape: tuple[int, int]

    def values(self, parameters: Mapping[str, float]) -> list[float]:
        """The values of one draw, in the order of `names`."""
        return [parameters[name] for name in self.names]

    def fill(self, numbers: Sequence[float] | Floats) -> Floats:
        """The table with a number for each name, and 0 where there is no parameter."""
        table = np.zeros(self.shape)
        table.ravel()[self.cell] = numbers
        return table


class Frame(NamedTuple):
    """What no draw changes.

    Shape (U,): `group` (index into `setting_groups.GROUPS`), `engaged_share`, `complete` (elements, as
    in `ModelInputs.initial_elements`), `deprived_share`, `by_key` (units in the order of their keys),
    `site` and `organisation` (index into `site_key` and `active_key`: the keys of sites and organisations that have
    units).
    Shape (O,): `organisation_group`, `organisation_key`, `organisation_staff` (NaN: unknown), `staff_known`.
    Shape (V,): `views_in_layer`, how many views of the same unit share a view's layer.
    By intervention: `kinds`, `elements`, `tested`, `deadline_day`; `baseline` and `difficulty` of elements, shape
    (I, most elements); shares that begin at a `stage`, one column for each of `STAGES`.
    `past`: what is known of the time before a run that begins half-way.
    """

    epochs: epochs.EpochFrame
    group: Ints
    engaged_share: Floats
    complete: Ints
    deprived_share: Floats
    by_key: Ints
    site: Ints
    site_key: Keys
    organisation: Ints
    active_key: Keys
    organisation_group: Ints
    organisation_key: Keys
    organisation_staff: Floats
    staff_known: NDArray[np.bool_]
    psc_key: Keys
    views_in_layer: Ints
    kinds: tuple[str, ...]
    elements: Ints
    tested: Ints
    deadline_day: Floats
    baseline: ParameterTable
    difficulty: ParameterTable
    stage: ParameterTable
    past: Past | None = None


def build_frame(world: World) -> Frame:
    """Everything about a world's inputs that no draw changes."""
    people, units, scenario = world.population, world.units, world.scenario
    interventions = [scenario.interventions[name] for name in units.interventions]
    elements = np.array([len(intervention.elements) for intervention in interventions], dtype=np.int64)
    engaged_share = np.array([value_for(scenario.engaged_share, code) for code in people.psc_codes])
    _, first, site = np.unique(units.site, return_index=True, return_inverse=True)
    active, organisation = np.unique(units.organisation, return_inverse=True)
    organisation_key = keys(people.organisation_codes)
    return Frame(
        epochs=epochs.frame_epochs(world),
        group=setting_groups(people.settings)[units.site],
        engaged_share=engaged_share[units.psc],
        complete=((1 << elements) - 1)[units.intervention],
        deprived_share=np.nan_to_num(people.deprived_share[units.site]),
        by_key=np.argsort(units.unit_key, kind="stable"),
        site=site,
        site_key=units.site_key[first],
        organisation=organisation,
        active_key=organisation_key[active],
        organisation_group=setting_groups(people.organisation_settings),
        organisation_key=organisation_key,
        organisation_staff=people.organisation_staff,
        staff_known=~np.isnan(people.organisation_staff),
        psc_key=keys(people.psc_codes),
        views_in_layer=count_in_layer(world),
        kinds=tuple(intervention.kind for intervention in interventions),
        elements=elements,
        tested=np.array([int(intervention.testing) for intervention in interventions], dtype=np.int64),
        deadline_day=np.array([epochs.days_to_deadline(scenario, name, world.origin) for name in units.interventions]),
        baseline=element_table(world, "baseline"),
        difficulty=element_table(world, "difficulty"),
        stage=stage_table(world),
        past=frame_past(world, site, organisation),
    )


def element_table(world: World, what: str) -> ParameterTable:
    """A parameter of every element, by intervention."""
    rows = [(name, world.scenario.interventions[name].elements) for name in world.units.interventions]
    return lay_out([[f"{name}.{what}.{element.name}" for element in elements] for name, elements in rows])


def stage_table(world: World) -> ParameterTable:
    """The shares that begin at a stage, by intervention and `STAGES`; only those the scenario speaks of."""
    rows = [[f"{name}.stage.{stage}" for stage in STAGES] for name in world.units.interventions]
    whole = lay_out(rows)
    spoken_of = [name in world.scenario.parameters for name in whole.names]
    return whole._replace(
        names=tuple(name for name, there in zip(whole.names, spoken_of, strict=True) if there),
        cell=whole.cell[np.array(spoken_of)],
    )


def lay_out(rows: list[list[str]]) -> ParameterTable:
    """A table of parameters from their names, each row from its first column on."""
    width = max(len(row) for row in rows)
    cells = [number * width + column for number, row in enumerate(rows) for column in range(len(row))]
    names = tuple(name for row in rows for name in row)
    return ParameterTable(names, np.array(cells, dtype=np.int64), (len(rows), width))


def count_in_layer(world: World) -> Ints:
    """How many views of the same unit share each view's layer; shape (V,)."""
    views = world.views
    owner = np.repeat(np.arange(len(world.units.site)), np.diff(views.view_start))
    group = owner * len(LAYERS) + views.view_layer
    counted: Ints = np.bincount(group, minlength=1)[group]
    return counted

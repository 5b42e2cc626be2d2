"""Both engines on many generated worlds.

The first world on which they differ is reported at once; with SPREAD_SHRINK=1 in the environment hypothesis first looks
for a smaller one, which takes minutes.
"""

import os

from hypothesis import Phase, given, settings

from spread.model import Cause, Event, compiled_engine, process_engine
from spread.scenarios import levers
from tests.engines import logs, worlds

WORLDS = 300
REPLICATES = 2
PHASES = (Phase.generate, Phase.shrink) if os.environ.get("SPREAD_SHRINK") else (Phase.generate,)


def explore(world_count: int) -> logs.Seen:
    """Assert that the engines agree on generated worlds, and say what happened there.

    One workspace serves them all, so that nothing of a world may stay behind in it.
    """
    seen, workspace = logs.Seen(), compiled_engine.Workspace()

    @settings(
        max_examples=world_count, deadline=None, derandomize=True, database=None, phases=PHASES,
        report_multiple_bugs=False,
    )  # fmt: skip
    @given(shape=worlds.shapes())
    def agree(shape: worlds.Shape) -> None:
        inputs = worlds.inputs_of(shape)
        for replicate in range(REPLICATES):
            luck = {"seed": shape.luck, "draw": 0, "replicate": replicate}
            log = process_engine.run(inputs, **luck)
            seen.add(inputs, log)
            logs.assert_same_log(log, compiled_engine.run(inputs, **luck, workspace=workspace))

    agree()
    return seen


def assert_everything_happened(seen: logs.Seen, *, least_share: float, least_shared_instants: float) -> None:
    """Every event, cause and rule in a share of the runs, and units that met at an instant in a larger one."""
    least = least_share * seen.worlds
    assert {event.name: seen.events[event] for event in Event if seen.events[event] < least} == {}
    assert {cause.name: seen.causes[cause] for cause in Cause if seen.causes[cause] < least} == {}
    assert {rule: seen.rules[n] for n, rule in enumerate(levers.PRIORITY_RULES) if seen.rules[n] < least} == {}
    for several in ("phase", "phases"):
        assert seen.instants[several] >= least_shared_instants * seen.worlds, several

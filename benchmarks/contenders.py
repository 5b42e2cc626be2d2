"""The model's engines, made ready to run a world's replicates."""

from pathlib import Path

from spread import api
from spread.model import record
from spread.model.inputs import ModelInputs
from spread.outcomes import tabulate
from spread.runs import replicate

SEED = 1


class Ready:
    """A scenario, its draw 0 and one worker's bench."""

    def __init__(self, scenario: Path, engine: str = replicate.COMPILED) -> None:
        self.job = api.prepare(api.read_scenario(scenario), seed=SEED, replicates=2)
        self.bench = replicate.make_bench(self.job, engine)
        self.inputs, self.parameters = self.prepare(0)

    def prepare(self, draw: int) -> tuple[ModelInputs, dict[str, float]]:
        """The inputs of a draw."""
        return replicate.prepare_draw(self.job, replicate.draw_own(self.job, draw))

    def run(self, number: int) -> record.EventLog:
        """One replicate of draw 0."""
        return self.run_on(self.inputs, number)

    def run_on(self, inputs: ModelInputs, number: int) -> record.EventLog:
        """One replicate of some inputs."""
        bench = self.bench
        return replicate.run_replicate(
            inputs, seed=SEED, draw=0, replicate=number, engine=bench.engine, workspace=bench.workspace
        )

    def run_and_count(self, number: int) -> tuple[record.EventLog, tabulate.OutcomeTable]:
        """One replicate of draw 0, counted into the same tables whatever the engine."""
        return replicate.run_and_count(self.job, self.inputs, self.parameters, 0, number, self.bench)

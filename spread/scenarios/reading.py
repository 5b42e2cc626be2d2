"""From a scenario file to a `Scenario`: read the chain of bases, fill in, check, and say every mistake at once."""

from collections.abc import Iterable
from pathlib import Path

import pydantic

from spread import errors
from spread.scenarios import checking, documents, resolving, schema, wording


def read_scenario(path_or_name: str | Path) -> schema.Scenario:
    """Read a scenario file, or a base of the catalogue by its name, and resolve it completely.

    Raises
    ------
    InputError
        With every mistake of the file and its bases together, each with file, line and key.
    """
    return resolve_chain(documents.read_chain(path_or_name))


def resolve_chain(chain: tuple[documents.Document, ...]) -> schema.Scenario:
    """Resolve a file and its bases, the lowest first; see `read_scenario`."""
    resolver = resolving.Resolver(chain)
    try:
        scenario = _resolved(resolver)
    except resolving.TooManyFaults:
        resolver.faults.append(chain[-1].fault((), f"more than {resolving.MOST_FAULTS} mistakes; mend these first"))
        scenario = None
    if scenario is None or resolver.faults:
        raise errors.InputError(_in_order(resolver.faults, chain))
    return scenario.model_copy(update={"path": chain[-1].path, "parameters": flat_parameters(scenario)})


def _resolved(resolver: resolving.Resolver) -> schema.Scenario | None:
    tree = resolver.resolve()
    checking.Checks(tree, resolver.changed_on, resolver.fault).run()
    try:
        return schema.Scenario.model_validate(tree, by_alias=True, by_name=False)
    except pydantic.ValidationError as error:
        for fault in wording.faults_of(error, tree, resolver.merged):
            resolver.note(fault)
        return None


def _in_order(faults: Iterable[errors.Fault], chain: tuple[documents.Document, ...]) -> list[errors.Fault]:
    """Each mistake once, the named file's first, from its top down."""
    places = [document.place for document in reversed(chain)]
    unique = dict.fromkeys(faults)
    return sorted(unique, key=lambda fault: (places.index(fault.place), fault.line))


def flat_parameters(scenario: schema.Scenario) -> dict[str, schema.Parameter]:
    """Every parameter of a scenario by its flat name, those of interventions, ambitions and shocks included."""
    flat = {name: parameter for name, parameter in scenario.parameters.items() if "." not in name}
    for name, intervention in scenario.interventions.items():
        flat[f"{name}.appeal"] = intervention.appeal
        for element in intervention.elements:
            flat[f"{name}.baseline.{element.name}"] = element.baseline
            flat[f"{name}.difficulty.{element.name}"] = element.difficulty
        for stage, share in intervention.baseline_stages.items():
            flat[f"{name}.stage.{stage}"] = share
        if intervention.available_delay_months is not None:
            flat[f"{name}.available_delay_months"] = intervention.available_delay_months
    for name, ambition in scenario.ambitions.items():
        if ambition.trend is not None:
            flat[f"ambition.{name}.trend"] = ambition.trend
        for intervention_name, effect in ambition.efficacy.items():
            flat[f"ambition.{name}.efficacy.{intervention_name}"] = effect
    for shock in scenario.shocks:
        flat[f"shock.{shock.name}.multiplier"] = shock.multiplier
    return flat

"""What readers of a table know things by: titles of interventions and ambitions, names of places, measures in words."""

from spread.outcomes import groups, naming
from spread.plots import wording
from spread.scenarios import catalogue, schema

ENGLAND, OWN_WORLD = "England", "All sites"
STAGES = {
    1: "knows of it", 2: "interested", 3: "decided", 4: "testing or putting into practice",
    5: "in use", 6: "spread within the site", 7: "sustained",
}  # fmt: skip
KINDS = {
    "national": "The whole", "nhs_region": "NHS region", "psc": "Collaborative", "setting": "Setting",
    "imd_fifth": "Deprivation fifth (1 most deprived)", "ics": "Integrated care system", "network": "Network",
    "organisation": "Organisation",
}  # fmt: skip
CAUSES = {
    "not_available": "does not exist yet",
    "not_reached": "has not heard of it",
    "undecided": "undecided",
    "waiting_slot": "waiting for room among other changes",
    "waiting_coach": "waiting for a coach",
    "testing": "testing",
    "stopped": "stopped while testing",
    "lapsed": "fell out of use",
}


def of_label(scenario: schema.Scenario, label: str) -> str:
    """Name an intervention, a set taken together or organisations: ``A, B and C together``."""
    if label.startswith(naming.ORGANISATIONS):
        share, _, name = label.removeprefix(naming.ORGANISATIONS).partition(":")
        return f"{of_label(scenario, name)}: organisations with it in {float(share):.0%} of their sites"
    if label.startswith(naming.ALL_OF):
        return f"{of_labels(scenario, label.removeprefix(naming.ALL_OF))} together"
    known = scenario.interventions.get(label)
    return known.title if known else label.replace("_", " ")


def of_labels(scenario: schema.Scenario, joined: str) -> str:
    """Name the interventions of a cell that joins them by a plus sign."""
    return wording.say_list([of_label(scenario, name) for name in joined.split("+")])


def of_ambition(scenario: schema.Scenario, name: str) -> str:
    """Name an ambition."""
    known = scenario.ambitions.get(name)
    return known.title if known else name.replace("_", " ")


def of_whole(scenario: schema.Scenario) -> str:
    """Name the whole world of a scenario."""
    return ENGLAND if scenario.world.population == "england" else OWN_WORLD


def of_group(scenario: schema.Scenario, kind: str, group: str) -> str:
    """Name one group: a collaborative by its name, any other by its code."""
    if kind == groups.NATIONAL:
        return of_whole(scenario)
    known = catalogue.pscs().get(group) if kind == "psc" else None
    return str(known["name"]) if known else group


def of_scope(scenario: schema.Scenario, scope: str) -> str:
    """Name a scope of the tables: ``national``, ``psc:YH``, or a collaborative's bare code."""
    kind, colon, group = scope.partition(":")
    return of_group(scenario, kind, group) if colon or scope == groups.NATIONAL else of_group(scenario, "psc", scope)


def of_kind(kind: str) -> str:
    """Name a kind of group."""
    return KINDS.get(kind, kind.removeprefix(groups.ATTRIBUTE).replace("_", " "))


def of_measure(measure: str) -> str:
    """Say what a measure counts: ``Sites at stage 5 (in use) or later``."""
    for sign, words in (("stage>=", " or later"), ("stage=", "")):
        number = measure.removeprefix(sign)
        if measure.startswith(sign) and number.isdigit():
            return f"Sites at stage {number} ({STAGES.get(int(number), '')}){words}".replace(" ()", "")
    plain = {
        "sustained": "Sites where it is sustained (stage 7)",
        "all_elements": "Patients receiving every element",
        "change": "Change of the rate",
        "level": "Level of the rate",
        "milestone": "It exists",
        "rate": "Rate",
    }
    return plain.get(measure, measure.replace("_", " "))


def of_stage(stage: str) -> str:
    """A stage as it is at the start: ``5 (in use)``, ``lapsed``."""
    words = STAGES.get(int(stage)) if stage.isdigit() else None
    return f"{stage} ({words})" if words else "0 (no contact)" if stage == "0" else stage

"""A scenario for a programme nobody has modelled yet, out of its quarterly return.

The return says who there is and where they stand. Everything else is a judgement with a wide range, and the file
says so where it stands: whoever uses it should put what they know in its place.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from spread import dates
from spread.scenarios import catalogue, quoting, return_columns

PLACEHOLDER_THRESHOLD = 0.8
ALL = "all_components"
_MONTHS_PER_YEAR = 12
_MARCH = 3
_LONGEST_TITLE = 120
_HEAD = """\
# Made by `spread scenario new --from-return` from {source} ({quarters}).
# The return gives the sites, what each is eligible for, and every stage reported. It does not give:
#   - the ambition: the threshold and deadline below are PLACEHOLDERS; write the programme's own;
#   - how attractive and how hard each component is: wide ranges around the average of past improvements;
#   - the kind of organisation: every site is "acute" in {sites}; change it where that is wrong;
#   - the support: "standard" unless you say otherwise (`spread scenario new NAME` lists all that can be written).

schema = 1
name = {name}
title = {title}
start = {start}
end = {end}          # PLACEHOLDER: how far to look ahead

# support = "standard"          # none, light, standard, enhanced
# push = "audit"                # none, audit, incentive, duty, mandate

[world]
population = "files"
sites = {sites}

[start_from]
stages = {stages}
as_of = {as_of}

[programmes.programme]
title = {title}
start = {start}
interventions = [{interventions}]
{report}{columns}"""
_COLUMNS = """
# What headings of the return mean, for the next one: `[start_from] returns = "FILE"`, or `--from FILE --as-of QUARTER`.
[return.columns]
{lines}
"""
_AMBITION = """
[ambitions.{name}]
title = {title}
interventions = [{interventions}]
stage = 5
threshold = {threshold}                 # PLACEHOLDER
threshold_basis = "judgement"
deadline = {end}          # PLACEHOLDER: set the programme's own
source = "Placeholder made from a quarterly return; the programme's own ambition is not known here."
"""
_KNOWN = """
[interventions.{name}]          # the rest as in the catalogue
eligible = {eligible}
"""
_NEW = """
[interventions.{name}]
title = {title}
kind = "simple"                 # simple, bundle, system: sets the testing time
complexity = "medium"           # low, medium, high
eligible = {eligible}
appeal = {appeal}

[interventions.{name}.elements.in_place]
title = {title}
baseline = {baseline}
difficulty = {difficulty}
"""
_JUDGED = (
    '{{ value = {value}, low = {low}, high = {high}, scale = "{scale}", basis = "judgement",'
    ' source = "Judgement: {why}." }}'
)
# What is believed of an improvement that nobody has described: twice as wide as of those in the catalogue.
_APPEAL = _JUDGED.format(
    value=1.0, low=0.5, high=2.0, scale="log",
    why="nothing is known of it; one is the average of past national improvements",
)  # fmt: skip
_BASELINE = _JUDGED.format(
    value=0.05, low=0.01, high=0.25, scale="logit",
    why="used only for sites that have never reported; few have something before it is asked for",
)  # fmt: skip
_DIFFICULTY = _JUDGED.format(
    value=1.0, low=0.5, high=2.0, scale="log", why="nothing is known of it; one is an ordinary element"
)


class Said(NamedTuple):
    """What a return says about a programme.

    `components` are headings by name; `for_all` tells of each whether every site is eligible; `shared` counts the sites
    eligible for all of them. `first_quarter`, and `as_of`, the latest that holds a stage, by their last days.
    """

    source: str
    components: Mapping[str, str]
    for_all: Mapping[str, bool]
    shared: int
    has_phase: bool
    first_quarter: date
    as_of: date


def scenario_text(name: str, said: Said, *, sites: str, stages: str, columns: Mapping[str, str] | None = None) -> str:
    """The scenario as TOML with its judgements said in comments.

    `sites` and `stages` are files beside it; `columns` says what headings of the return were given a meaning.
    """
    end = usual_end(said.as_of)
    everything = list(said.components)
    head = _HEAD.format(
        source=said.source,
        quarters=f"{dates.quarter_name(said.first_quarter)} to {dates.quarter_name(said.as_of)}",
        name=quoting.toml(name),
        title=quoting.toml(f"{name}, from its quarterly return"),
        start=_quarter_start(said.first_quarter),
        end=end,
        sites=quoting.toml(sites),
        stages=quoting.toml(stages),
        as_of=said.as_of,
        interventions=_list(everything),
        report='\n[report]\ngroups = ["attribute:phase"]\n' if said.has_phase else "",
        columns=_columns(columns or {}, said),
    )
    aims = [_ambition(one, _title(said, one), [one], end) for one in everything]
    if len(everything) > 1 and said.shared and ALL not in everything:
        aims.insert(0, _ambition(ALL, f"all {len(everything)} components", everything, end))
    return "".join([head, *aims, *(_intervention(one, said) for one in everything)])


def _columns(columns: Mapping[str, str], said: Said) -> str:
    """The headings given a meaning, but for components that were left out of the scenario."""
    kept = {
        heading: meaning
        for heading, meaning in columns.items()
        if not return_columns.fault_of_meaning(meaning, [*catalogue.interventions(), *said.components])
    }
    lines = [f"{quoting.toml(heading)} = {quoting.toml(meaning)}" for heading, meaning in kept.items()]
    return _COLUMNS.format(lines="\n".join(lines)) if lines else ""


def usual_end(as_of: date) -> date:
    """The last day of the financial year in which a year from `as_of` lies."""
    year = as_of.year + 1
    return dates.month_end(year if as_of.month <= _MARCH else year + 1, _MARCH)


def _quarter_start(quarter_end: date) -> date:
    months = quarter_end.year * _MONTHS_PER_YEAR + quarter_end.month - 3
    return date(months // _MONTHS_PER_YEAR, months % _MONTHS_PER_YEAR + 1, 1)


def _ambition(name: str, what: str, interventions: Sequence[str], end: date) -> str:
    title = f"{PLACEHOLDER_THRESHOLD:.0%} of sites adopt {what} (placeholder)".replace("%", " %")
    return _AMBITION.format(
        name=name,
        title=quoting.toml(title),
        interventions=_list(interventions),
        threshold=PLACEHOLDER_THRESHOLD,
        end=end,
    )


def _intervention(name: str, said: Said) -> str:
    services = [] if said.for_all[name] else [name]
    eligible = f"{{ settings = [], services = [{_list(services)}] }}"
    layout = _KNOWN if name in catalogue.interventions() else _NEW
    return layout.format(
        name=name, title=quoting.toml(_title(said, name)), eligible=eligible,
        appeal=_APPEAL, baseline=_BASELINE, difficulty=_DIFFICULTY,
    )  # fmt: skip


def _title(said: Said, name: str) -> str:
    return " ".join(said.components[name].replace("_", " ").split())[:_LONGEST_TITLE]


def _list(entries: Sequence[str]) -> str:
    return ", ".join(quoting.toml(entry) for entry in entries)

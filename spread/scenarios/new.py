"""A new scenario file with comments: it can be run as it is, and is the manual of its own keys."""

import textwrap

from spread.scenarios import catalogue, documents, levers, quoting, reading, schema

_HEAD = """\
# A scenario: what to simulate. Check it with `spread scenario check FILE`, run it with `spread run FILE`.
# A line that begins with "#" is a comment; take the "#" away to use what stands behind it.
# Dates: 2022-11-01, "2024-03" (the last day of the month) or "2022/23 Q2" (the last day of the quarter).

schema = {schema}
name = {name}          # the results folder is named by it
title = {title}
"""
_BASE = """\

# Everything not said here comes from this base: a name from `spread scenario list`, or the path of another file.
base = {base}
# start = {start}
# end = {end}
"""
_NO_BASE = """\
start = {start}
end = {end}
"""
_LEVERS_HEAD = """
# ---- What we can change (levers) ----
# A number or word for everyone, or by collaborative: {{ default = 2, NENC = 4 }}, by code or any of their names.
# "+2" or "-2" (in quotes) changes the base's value. `support` supplies every lever that is not written out.
"""
_PARTS = """
# ---- Where the run starts (otherwise: what was in place before the programme) ----
# [start_from]
# returns = "stages.csv"          # columns site, intervention, date, stage, since
# as_of = "2022/23 Q2"
# [return.columns]                # headings of a quarterly return that are not the usual ones
# "Trust name" = "organisation_name"
# "Beds" = ""                     # not read

# ---- Which sites (otherwise: England) ----
# [world]
# population = "files"
# sites = "sites.csv"             # columns site, organisation, setting, psc; optional services, size, staff, ...
# memberships = "memberships.csv" # columns network, kind, site
# ties = "ties.csv"               # columns site, peer, layer, weight

# ---- Programmes, interventions, ambitions: names from the catalogue; only what differs need be said ----
{programmes}
# Interventions in the catalogue:
{interventions}
# [interventions.NAME]
# appeal = 1.2                    # or {{ value = 1.2, low = 0.8, high = 1.8, scale = "log" }}: median and 5-95 %
# elements.ELEMENT.baseline = 0.4 # share of sites with it in place at the start
# NAME = false under [interventions] or [ambitions] leaves one of the base out.

# ---- Dated changes: any lever above except engaged_share ----
# [[change]]
# from = {start}
# support = "enhanced"
# coaches = {{ NENC = "+2", KSS = "-1" }}

# ---- Shocks: a factor on speeds for a time, below one (slows) or above one (launches) ----
# [[shock]]
# name = "winter"
# from = {start}
# to = {end}
# interventions = []              # left out or empty: all
# multiplier = {{ value = 0.5, low = 0.2, high = 0.9, scale = "log" }}

# ---- Any number of the model (`spread assumptions` lists them): fixed, or a median with its 5-95 % range ----
# [parameters]
# kappa = {{ value = 2.0, low = 0.2, high = 6.0, scale = "log", zero = 0.3 }}

# ---- More results ----
# [report]
# months = true
# groups = ["ics", "network", "organisation", "attribute:COLUMN"]
"""
_OWN_AIM = """\
[programmes.programme]
title = "My programme"
start = {start}
interventions = ["{intervention}"]

[ambitions.{ambition}]
# threshold = 0.8
# deadline = {end}
"""
_FIRST_BASE = "pews-standard"


def template(name: str, base: str | None = None) -> str:
    """A commented scenario file of this name, on a base or on its own; it reads without mistakes.

    Raises
    ------
    InputError
        When there is no such base.
    """
    shown = reading.read_scenario(base or _FIRST_BASE)
    quoted = {"schema": documents.SCHEMA, "name": quoting.toml(name), "title": quoting.toml(name)}
    dates = {"start": shown.start, "end": shown.end}
    programmes = _changed_aims(shown) if base else _own_aim(shown)
    known = textwrap.fill(
        ", ".join(catalogue.interventions()), width=100, initial_indent="#     ", subsequent_indent="#     "
    )
    return "".join((
        _HEAD.format(**quoted),
        _BASE.format(base=quoting.toml(base), **dates) if base else _NO_BASE.format(**dates),
        _LEVERS_HEAD.format(),
        *(_lever_line(lever, shown) for lever in levers.settable()),
        _PARTS.format(programmes=programmes, interventions=known, **dates),
    ))  # fmt: skip


def _lever_line(lever: levers.Lever, shown: schema.Scenario) -> str:
    """One lever as it stands, behind a comment sign, with its label, unit and range or choices."""
    value = getattr(shown, lever.path)
    if isinstance(value, dict) and set(value) == {levers.EVERYWHERE}:
        value = value[levers.EVERYWHERE]
    if lever.is_number:
        about = f"{lever.label}, {lever.unit}, {lever.minimum:g} to {lever.maximum:g}"
    else:
        about = f"{lever.label}: {', '.join(lever.choices())}"
    return f"# {lever.path} = {quoting.toml(value)}\n#     {about}\n"


def _changed_aims(shown: schema.Scenario) -> str:
    lines = []
    for name, programme in shown.programmes.items():
        lines += [f"# [programmes.{name}]", f"# start = {programme.start}", f"# interventions = {_names(programme)}"]
    for name, ambition in shown.ambitions.items():
        lines += [f"# [ambitions.{name}]", f"# deadline = {ambition.deadline}", f"# threshold = {ambition.threshold}"]
    return "\n".join(lines) + "\n"


def _names(programme: schema.Programme) -> str:
    return quoting.toml(list(programme.interventions))


def _own_aim(shown: schema.Scenario) -> str:
    ambition, aim = next(iter(shown.ambitions.items()))
    return _OWN_AIM.format(intervention=aim.interventions[0], ambition=ambition, start=shown.start, end=shown.end)

"""What a column of a quarterly return may be said to mean: a field of its rows, a component, or nothing."""

import re
from collections.abc import Iterable, Mapping

from spread import errors

# What a column may be, and the headings it has in the national team's own files.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "psc": ("updated_psc_name", "latest_psc_name", "psc_name", "psc"),
    "ics": ("ics", "icb"),
    "organisation_code": ("api_org_code", "trust_code", "organisation_code", "org_code", "ods_code"),
    "organisation_recorded": ("organisation_as_recorded",),
    "organisation_name": (
        "organisation_name_verified", "organisation_after_cleanse", "name_of_trust", "organisation_name",
        "organisation", "trust", "trust_name",
    ),
    "site_code": ("site_code",),
    "site_name": ("name_of_site", "site_name", "site"),
    "phase": ("phase",),
    "quarter": ("quarter",),
}  # fmt: skip
LEAVE_ASIDE = ""
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def plain(heading: str) -> str:
    """A heading in small letters and underscores."""
    return _NOT_A_WORD.sub("_", heading.casefold()).strip("_")


def fault_of_meaning(meaning: str, interventions: Iterable[str]) -> str:
    """What is wrong with a meaning given in a scenario; nothing where it is a field, an intervention or empty."""
    known = [*HEADINGS, *interventions]
    if meaning == LEAVE_ASIDE or meaning in known:
        return ""
    hint = errors.did_you_mean(meaning, known) or f"; fields are {', '.join(HEADINGS)}; '' leaves a column aside"
    return f"'{meaning}' is neither a field of a return nor an intervention{hint}"


def same_heading(columns: Iterable[str]) -> dict[str, str]:
    """Headings that read as one given earlier (capitals and signs do not count), with that earlier one."""
    first: dict[str, str] = {}
    found = {heading: first.setdefault(plain(heading), heading) for heading in columns}
    return {heading: other for heading, other in found.items() if other != heading}

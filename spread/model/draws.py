"""Chance, keyed by what it decides.

Every random number is a function of (seed, draw, replicate, purpose, intervention, agent, occurrence) and of
nothing else: not of how many numbers were asked for before, nor of which rows a file holds. Adding a
site, a meeting or a mechanism therefore disturbs nobody else's luck, and two plans can be compared
on the same luck.

Integers are 64-bit and wrap; the masks make plain Python do what compiled code does by itself.
Source of the finaliser: Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014.
Source of the inverse normal: Wichura, Algorithm AS 241, Applied Statistics 1988;37:477-484.
"""

import math
from enum import IntEnum
from hashlib import blake2b

MASK = 0xFFFFFFFFFFFFFFFF
GOLDEN = 0x9E3779B97F4A7C15
FIRST_MULTIPLIER = 0xBF58476D1CE4E5B9
SECOND_MULTIPLIER = 0x94D049BB133111EB
UNIT_53 = 1.0 / 9007199254740992.0


class Purpose(IntEnum):
    """What a random number is for. Values are part of every result: add at the end, never renumber."""

    PARAMETER = 1
    REGION_EFFECT = 2
    ORGANISATION_FRAILTY = 3
    SITE_FRAILTY = 4
    CONTEXT = 5
    CULTURE = 6
    LEADERSHIP = 7
    CAPABILITY = 8
    ENGAGED = 9
    BASELINE_ELEMENT = 10
    BASELINE_STAGE = 11
    BASELINE_SINCE = 12
    CHAMPION = 13
    MEASUREMENT = 14
    ATTENDANCE = 15
    HEARING = 16
    COURSE_ATTENDANCE = 17
    CONTACT = 20
    INTEREST = 21
    DECISION = 22
    STOP = 23
    RESUME = 24
    LAPSE = 25
    RESTART = 26
    SPREAD = 27
    PATIENCE = 28
    CYCLE_LENGTH = 29
    CYCLE_SUCCESS = 30
    ELEMENT_LOSS = 31
    CHAMPION_LOSS = 32
    TIE_BREAK = 33
    RELIABILITY = 34
    RETURN_MISSING = 35
    RETURN_ERROR = 36
    RECORD_REGION = 37
    RECORD_ORGANISATION = 38
    RECORD_SITE = 39
    STATE_AT_CUT = 40
    SINCE_AT_CUT = 41
    SITE_LIKE = 42
    ELEMENT_AT_CUT = 43
    RANK_AT_CUT = 44
    PROPOSAL = 60


def key(text: str) -> int:
    """A 64-bit key from a stable code (a site, an organisation, a network); equal text, equal key."""
    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def mix(word: int) -> int:
    """Scramble 64 bits one-to-one (the splitmix64 finaliser)."""
    word = ((word ^ (word >> 30)) * FIRST_MULTIPLIER) & MASK
    word = ((word ^ (word >> 27)) * SECOND_MULTIPLIER) & MASK
    return word ^ (word >> 31)


def join(left: int, right: int) -> int:
    """One key from two, in which order matters."""
    return mix((left * GOLDEN + right) & MASK)


def run_key(seed: int, draw: int, replicate: int) -> int:
    """The key of one run: everything random in it starts here."""
    return join(join(join(GOLDEN, seed & MASK), draw), replicate)


def unit_key(intervention_key: int, agent_key: int) -> int:
    """The key of an agent in one intervention (0 where none is meant)."""
    return join(intervention_key, agent_key)


def uniform_at(run: int, unit: int, purpose: int, occurrence: int) -> float:
    """A number strictly between 0 and 1 for this run, unit, purpose and occurrence."""
    place = mix((run ^ ((unit + purpose * GOLDEN) & MASK)) & MASK)
    word = mix((place + occurrence * GOLDEN) & MASK)
    return (float(word >> 11) + 0.5) * UNIT_53


def exponential_at(run: int, unit: int, purpose: int, occurrence: int) -> float:
    """A unit-exponential threshold (mean 1) for this run, unit, purpose and occurrence."""
    return -math.log(uniform_at(run, unit, purpose, occurrence))


def uniform(
    seed: int, draw: int, replicate: int, purpose: int, intervention_key: int, agent_key: int, occurrence: int
) -> float:
    """The same as `uniform_at`, from its seven parts."""
    return uniform_at(run_key(seed, draw, replicate), unit_key(intervention_key, agent_key), purpose, occurrence)


def normal(share: float) -> float:
    """The standard normal deviate below which `share` (between 0 and 1) of deviates lie."""
    centre = share - 0.5
    if abs(centre) <= 0.425:
        return centre * _central(0.180625 - centre * centre)
    tail = share if centre < 0.0 else 1.0 - share
    root = math.sqrt(-math.log(tail))
    deviate = _near_tail(root - 1.6) if root <= 5.0 else _far_tail(root - 5.0)
    return -deviate if centre < 0.0 else deviate


def _central(r: float) -> float:
    above = 2509.0809287301226727
    for coefficient in (
        33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
        1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
    ):  # fmt: skip
        above = above * r + coefficient
    below = 5226.495278852545925
    for coefficient in (
        28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
        687.1870074920579083, 42.313330701600911252, 1.0,
    ):  # fmt: skip
        below = below * r + coefficient
    return above / below


def _near_tail(r: float) -> float:
    above = 7.7454501427834140764e-4
    for coefficient in (
        0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258, 3.64784832476320460504,
        5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
    ):  # fmt: skip
        above = above * r + coefficient
    below = 1.05075007164441684324e-9
    for coefficient in (
        5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459, 0.68976733498510000455,
        1.6763848301838038494, 2.05319162663775882187, 1.0,
    ):  # fmt: skip
        below = below * r + coefficient
    return above / below


def _far_tail(r: float) -> float:
    above = 2.01033439929228813265e-7
    for coefficient in (
        2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093, 0.29656057182850489123,
        1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
    ):  # fmt: skip
        above = above * r + coefficient
    below = 2.04426310338993978564e-15
    for coefficient in (
        1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4, 0.0148753612908506148525,
        0.13692988092273580531, 0.59983220655588793769, 1.0,
    ):  # fmt: skip
        below = below * r + coefficient
    return above / below

"""How improvement spreads: what can happen, in what order, and what it changes.

A *unit* is one site taking up one intervention. Its status is a stage of the national assurance
scale or one of two states beside it:

    0 no contact -> 1 knowledge -> 2 interest -> 3 decision -> 4 testing -> 5 adoption -> 6 spread -> 7 sustained
    4 -> stopped -> 2        5, 6, 7 -> lapsed -> 3

An instant has phases. Whatever is due at one instant happens in the order (phase, agent, event), and an
event that becomes due at that same instant joins the order; so the order in which things were
written down never matters.

    phase  event            from -> to         changes                           reschedules
    0      refresh          -                  push, support, trend, dose, load  every pending hazard whose rate moved
    0      course           0 -> 1 for some    dose of the organisations there   interest of those told
    1      cycle_end        4 -> 4 or 5        an element in place; adopted      next cycle, or lapse, spread, sustain
    1      stop             4 -> stopped       slot and place freed              resume; the pools' grant rounds
    1      spread           5 -> 6             -                                 -
    1      sustain          5, 6 -> 7          -                                 lapse at the embedded rate
    1      lapse            5, 6, 7 -> lapsed  elements lost                     restart
    2      meeting          0 -> 1 for some    what members know of their peers  decision of those who attended
    3      contact          0 -> 1             -                                 interest
    3      interest         1 -> 2             -                                 decision
    3      decision         2 -> 3             joins the slot queue (phase 4)    the slot pool's grant round
    3      expiry           -                  leaves the place queue            testing, uncoached
    3      resume           stopped -> 2       -                                 decision
    3      restart          lapsed -> 3        joins the slot queue (phase 4)    the slot pool's grant round
    5      slot_grant       -                  slot held; joins the place queue  the place pool's grant round, expiry
    5      place_grant      -                  place held                        testing, coached
    5      testing          3 -> 4             -                                 cycle_end, stop

Joining a queue (phase 4) is not an event of its own: a request made in phase 1-3 waits for the grant
round of its pool in phase 5, slots before places, once per pool. Recording (phase 6) is reading the log.
Testing follows at once on a place, on expiry, or on a slot where no place is wanted. An adoption or a lapse also
changes, at once, the decision rate of sites tied to that site. That months have passed without any success is
noticed at a refresh.
"""

from enum import IntEnum

STOPPED, LAPSED = 8, 9
STATUS_NAMES = (
    "no_contact", "knowledge", "interest", "decision", "testing", "adoption", "spread", "sustained",
    "stopped", "lapsed",
)  # fmt: skip
STATUS_COUNT = len(STATUS_NAMES)

# Lowest to highest, for the stage a site has reached in several interventions together.
STATUS_ORDER = (0, 1, 2, STOPPED, 3, LAPSED, 4, 5, 6, 7)
ADOPTED = 5

# The stage of the assurance scale at which each status is reported and counted: one that stopped is interested again,
# one that lapsed decides again.
REPORTED_AS = (0, 1, 2, 3, 4, 5, 6, 7, 2, 3)


class Phase(IntEnum):
    """The order of things due at one instant."""

    CALENDAR = 0
    ENDS = 1
    MEETINGS = 2
    DECISIONS = 3
    REQUESTS = 4
    GRANTS = 5


class Event(IntEnum):
    """Every kind of row an event log can hold (the table above says when and why)."""

    CONTACT = 0
    INTEREST = 1
    DECISION = 2
    SLOT_GRANT = 3
    PLACE_GRANT = 4
    EXPIRY = 5
    TESTING = 6
    CYCLE_FAILED = 7
    ELEMENT_IN_PLACE = 8
    ADOPTION = 9
    SPREAD = 10
    SUSTAIN = 11
    STOP = 12
    RESUME = 13
    LAPSE = 14
    RESTART = 15


class Cause(IntEnum):
    """What brought an event about, where the model can tell."""

    NONE = 0
    OUTREACH = 1
    MEETING = 2
    COURSE = 3
    COACHED = 4
    UNCOACHED = 5
    NO_SIGNAL = 6

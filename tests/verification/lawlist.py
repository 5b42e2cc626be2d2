"""The laws in the order of their page: what each says, where its theory comes from, how it is checked.

Those on support, restarts and EoN are put together here from the proofs that hold them; the others stand in `lawbook`.
"""

from pathlib import Path

import numpy as np

from tests.properties import test_more_support as more
from tests.verification import eon, lawbook, restart, test_restart
from tests.verification.findings import Curve, Distance, Finding, Floats, Law, Panel
from tests.verification.laws import MONTH, write_sites

NEVER = 62.0  # months, beyond the end of the quiet world


def more_support(folder: Path, *, sites: int = 60) -> Finding:
    """First adoptions site by site under less and under more support; and with coaching places scarce."""
    write_sites(folder, sites)
    effect = {"support_standard_log_hr": 0.47, "support_enhanced_extra_log_hr": 0.19}
    none, standard, enhanced = (more.first_adoptions(folder, level, **effect) for level in more.LEVEL)
    scarce = more.first_adoptions(folder, "standard", caseload_sites=1, patience_months=60)
    least, most = pair("no support to standard", none, standard), pair("standard to enhanced", standard, enhanced)
    queued = pair("places without bound to scarce ones", more.first_adoptions(folder, "standard"), scarce)
    axes = ("months to adoption, less support", "months to adoption, more support")
    return Finding(
        (
            Distance("sites later under standard support than under none", later(none, standard), 0.0, "sites later"),
            Distance("sites later under enhanced than under standard support", later(standard, enhanced), 0.0,
                     "sites later"),
            Distance("sites later where coaching places are scarce (the law need not hold)",
                     later(more.first_adoptions(folder, "standard"), scarce), 1.0, "sites later",
                     at_least=True),
        ),
        (
            Panel("Where it is a law", *axes, (least, most), diagonal="neither sooner nor later"),
            Panel("Where it fails: queues", "months to adoption, places for all",
                  "months to adoption, scarce places", (queued,), diagonal="neither sooner nor later"),
        ),
        f"{none.size} pairs of a site and a run on the same luck; {NEVER:.0f} stands for never",
    )  # fmt: skip


def later(less: Floats, more_of_it: Floats) -> float:
    """How many sites adopt later under what should be more."""
    return float((more_of_it > less).sum())


def pair(name: str, less: Floats, more_of_it: Floats) -> Curve:
    """Adoption times of both, months, as points."""
    at, simulated = (np.minimum(times.ravel() / MONTH, NEVER) for times in (less, more_of_it))
    return Curve(name, at, simulated=simulated, marks=True)


def restarted(folder: Path, *, worlds: int = 40, runs: int = 20) -> Finding:
    """Ranks of uncut worlds among the runs begun again from their record, for three of the stages counted."""
    case = restart.make_case(folder, 24)
    cuts = restart.cut_worlds(case, range(worlds), runs)
    luck = np.random.default_rng(1)
    shares = (np.arange(worlds) + 1.0) / worlds
    half = test_restart.BOUND / np.sqrt(worlds)
    curves, distances = [], []
    for measure in restart.MEASURES:
        ranks = restart.ranks(cuts, measure, luck)
        distances.append(
            Distance(
                f"ranks of the share {measure}", float(test_restart.distance(ranks)), test_restart.BOUND, "Kolmogorov"
            )
        )
        if measure in ("decided", "in use", "sustained"):
            curves.append(Curve(f"share {measure}", 100 * np.sort(ranks), simulated=100 * shares))
    even = np.linspace(0.0, 1.0, 21)
    low, high = (100 * np.clip(even + side * half, 0.0, 1.0) for side in (-1, 1))
    curves.append(Curve("uniform", 100 * even, 100 * even, low=low, high=high))
    panel = Panel("", "rank of the uncut world, per cent", "worlds at or below it, per cent", tuple(curves))
    return Finding(tuple(distances), (panel,), f"{worlds} worlds, {runs} restarted runs of each",
                   band="what is allowed (Kolmogorov)")  # fmt: skip


LAWS_TESTS = "tests/verification/test_laws.py"
MONTHLY = tuple(range(1, 31))
LAWS = (
    Law("waits", "Exponential waits", "Without peers, and with nothing changing, a site decides after an exponential "
        "wait.", "the share still waiting is e to the minus 0.06 t, t in months", LAWS_TESTS,
        lawbook.exponential_waits, {"runs": 1}, {}),
    Law("chain", "The pure-birth chain, and Bass", "If everybody sees everybody at once, adoption is the pure-birth "
        "chain with rate (N - k)(p + q k / (N - 1)), which tends to the Bass curve as sites become many.",
        "the chain by its matrix exponential; Bass (1969) in closed form", LAWS_TESTS, lawbook.pure_birth,
        {"runs": 20}, {"count": 60, "runs": 200, "months": MONTHLY}),
    Law("meetings", "Meetings are slower", "Learning of one's peers at meetings is slower than seeing them at once, "
        "and the more so the rarer the meetings.", "the chain for those who see at once; for the others an order, no "
        "formula", LAWS_TESTS, lawbook.meetings, {"runs": 10, "count": 20, "months": (12, 24)},
        {"months": tuple(range(1, 25))}),
    Law("network", "Spread on a network", "On a graph of ties, spread is the susceptible-infected process with a push "
        "from outside.", "Gillespie's method, in twenty lines that know nothing of the package", LAWS_TESTS,
        lawbook.network_spread, {"runs": 20, "theirs": 50}, {"months": tuple(range(1, 25))}),
    Law("eon", "Spread on networks beside EoN", "The same on five small networks, by the command and a user's own "
        "files, has the times that an independent, published package gives.", "EoN (Kiss, Miller and Simon, "
        "Mathematics of Epidemics on Networks), its event-driven simulation", "tests/verification/test_eon.py",
        eon.compare, {"draws": 10, "runs": 20, "engines": ("compiled",)}, {}),
    Law("queue", "Waiting for a coach", "Coaching places are a queue with finitely many sources: sites decide, wait "
        "for one of three places, and are done after an exponential time.", "the finite-source M/M/c queue by its "
        "matrix exponential", LAWS_TESTS, lawbook.coaching_queue, {"runs": 30},
        {"months": tuple(range(1, 25))}),
    Law("testing", "How long testing takes", "Testing three elements, cycle after cycle, takes its published mean of "
        "nine months whatever the shape of a cycle; the spread is that of cycles that fail.", "mean and variance of a "
        "random number of random cycles", LAWS_TESTS, lawbook.time_of_testing, {"runs": 1}, {}),
    Law("all-or-none", "Every element for the same patient", "The share of patients with every element follows from "
        "those of single elements and from how much a patient's elements go together.", "a one-factor probit by "
        "adaptive integration", LAWS_TESTS, lawbook.all_or_none, {"places": 4}, {"places": 30}),
    Law("dose", "Training settles", "The share of staff trained settles where courses and what is lost to turnover "
        "and disuse balance.", "a constant inflow and an exponential loss in closed form", LAWS_TESTS, lawbook.dose,
        {"months": (12, 60)}, {"months": tuple(range(1, 61))}),
    Law("frailty", "How sites differ", "What makes one site quicker than another has mean one, the stated variance, "
        "and the stated part in common within an organisation.", "the lognormal distribution", LAWS_TESTS,
        lawbook.frailty, {"count": 2000}, {}),
    Law("lapse", "Lapse and restart", "What lapses and is taken up again settles where both balance.", "a chain of "
        "three states by its matrix exponential; it settles at restart / (lapse + restart)", LAWS_TESTS,
        lawbook.lapse_and_restart, {"runs": 2, "months": (12, 24)}, {"months": tuple(range(1, 25))}),
    Law("more-support", "More support never later", "With effects at or above zero, places and slots without bound "
        "and calendars that contain each other, no site first adopts later under more support; with scarce places "
        "some do.", "no point above the diagonal, on the same luck", "tests/properties/test_more_support.py",
        more_support, {"sites": 20}, {}),
    Law("restart", "Begun again from the record", "A world cut in the middle and begun again from what was on record "
        "has the future it would have had.", "the rank of the uncut world among the restarted ones is uniform",
        "tests/verification/test_restart.py", restarted, {"worlds": 6, "runs": 5}, {"worlds": 100, "runs": 20}),
)  # fmt: skip

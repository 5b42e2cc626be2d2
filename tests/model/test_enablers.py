"""Each enabler of the programmes moves what its evidence says it moves, and nothing once its effect is zero."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from spread.model import Event, compiled_engine, inputs, process_engine, record
from spread.scenarios import levers
from tests.engines import logs
from tests.verification import laws

SITES = 60
TESTED = "\n[interventions.plain]\ntesting = true\n"
MET = "\n[interventions.plain]\npeers = 'networks'\n"
NO_SEATS = "course_seats = 0\n"
CHANGE = "\n[[change]]\nfrom = 2022-01-01\n{}\n"
IN_DOSE = {"dose_initial_everyone": 0.1, "dose_target_everyone": 1, "dose_weight_everyone": 1}


class Enabler(NamedTuple):
    """What is written for an enabler and without it, what both share, its effect, and what comes sooner by it."""

    lever: str
    usual: str
    shared: str
    effect: dict[str, float]
    sooner: Event
    always: dict[str, float] = {}  # noqa: RUF012


ENABLERS = {
    "co-design": Enabler("co_design = 1\n", "", "", {"co_design_log_hr": 0.5}, Event.DECISION),
    "culture": Enabler(
        "safety_culture = 1\n", "", "", {"safety_culture_gain_sd": 1}, Event.DECISION, {"culture_log_hr": 0.4}
    ),
    "networks": Enabler(
        "meeting_interval_months = { psc = 1 }\n", "", MET, {"kappa": 5}, Event.DECISION,
        {"peer_weight_organisation": 0, "peer_weight_psc": 1},
    ),
    "learning sets": Enabler("learning_sets = 6\n", "", "", {"learning_set_log_hr": 0.5}, Event.DECISION),
    "champions": Enabler("champions = 1\n", "", TESTED, {"champion_testing_log_hr": 0.5}, Event.ADOPTION),
    "measurement": Enabler("measurement = 1\n", "", TESTED, {"measurement_testing_log_hr": 0.5}, Event.ADOPTION),
    "training": Enabler(
        "training = { everyone = 0.2 }\ncourse_interval_months = 1\n", NO_SEATS, "", {"dose_log_hr": 2},
        Event.DECISION, IN_DOSE,
    ),
    "refreshers": Enabler(
        "refreshers = 1\n", NO_SEATS, "", {"dose_log_hr": 2}, Event.DECISION,
        {**IN_DOSE, "dose_initial_everyone": 0.8, "skill_decay_per_year": 0.4},
    ),
    "pipeline": Enabler(
        "", "", "\n[programmes.plain]\nenters = {{ plain = {} }}\n", {"push_none_log_hr": -1}, Event.DECISION
    ),
}  # fmt: skip


def made(folder: Path, written: str, shared: str, parameters: dict[str, float]) -> inputs.ModelInputs:
    """The inputs of a quiet world of alike acute sites, each an organisation."""
    laws.write_sites(folder, SITES)
    return laws.inputs_of(laws.law(folder, toml=written + shared, **parameters))


def with_and_without(folder: Path, name: str, effect: dict[str, float]) -> tuple[record.EventLog, record.EventLog]:
    """What happens with an enabler and without it."""
    enabler = ENABLERS[name]
    parameters = enabler.always | effect
    shared = [enabler.shared.format(day) for day in ("2020-01-01", "2022-01-01")]
    sides = [(enabler.lever, shared[0]), (enabler.usual, shared[-1])]
    found = [made(folder, written, tables, parameters) for written, tables in sides]
    one, other = (logs.copy_of(compiled_engine.run(side, seed=laws.SEED, draw=0, replicate=0)) for side in found)
    return one, other


@pytest.mark.parametrize("name", ENABLERS)
def test_an_enabler_with_an_effect_above_zero_never_makes_a_site_later_and_many_sooner(
    name: str, tmp_path: Path
) -> None:
    enabler = ENABLERS[name]
    on, off = (laws.first_times(log, enabler.sooner) for log in with_and_without(tmp_path, name, enabler.effect))
    assert (on <= off).all()
    assert (on < off).sum() > SITES // 4


@pytest.mark.parametrize("name", ENABLERS)
def test_an_enabler_without_effect_changes_nothing_at_all(name: str, tmp_path: Path) -> None:
    nothing = dict.fromkeys(ENABLERS[name].effect, 0.0)
    logs.assert_same_log(*with_and_without(tmp_path, name, nothing))


@pytest.mark.parametrize("name", ["co-design", "culture", "training", "refreshers"])
def test_both_engines_take_an_enabler_alike(name: str, tmp_path: Path) -> None:
    enabler = ENABLERS[name]
    world = made(tmp_path, enabler.lever, enabler.shared, enabler.always | enabler.effect)
    live, compiled = (
        engine.run(world, seed=laws.SEED, draw=0, replicate=0) for engine in (process_engine, compiled_engine)
    )
    assert len(live.kind) > SITES
    logs.assert_same_log(live, compiled)


@pytest.mark.parametrize(
    ("lever", "parameters"),
    [
        ("co_design = 1", {"co_design_log_hr": 1}),
        ("safety_culture = 1", {"safety_culture_gain_sd": 1, "culture_log_hr": 1}),
        ("training = { everyone = 0.5 }\ncourse_interval_months = 1", {"dose_log_hr": 2, **IN_DOSE}),
        ("refreshers = 1", {"dose_log_hr": 2, **IN_DOSE, "skill_decay_per_year": 1}),
    ],
)
def test_a_change_from_a_day_on_leaves_what_was_before(
    lever: str, parameters: dict[str, float], tmp_path: Path
) -> None:
    change_day = 731.0  # 2022-01-01, counted from 2020-01-01
    found = [made(tmp_path, "", shared, parameters) for shared in ("", CHANGE.format(lever))]
    before, after = (
        laws.first_times(compiled_engine.run(side, seed=laws.SEED, draw=0, replicate=0), Event.DECISION).copy()
        for side in found
    )
    early = (before < change_day) | (after < change_day)
    assert early.any()
    assert np.array_equal(before[early], after[early])
    assert (after[~early] < before[~early]).any()


def test_safety_culture_reaches_the_sites_a_programme_works_with_in_its_collaborative_alone(tmp_path: Path) -> None:
    rows = [f"s{n:04d},o{n:04d},acute,{('WX', 'YH')[n % 2]}" for n in range(SITES)]
    (tmp_path / "sites.csv").write_text("\n".join(["site,organisation,setting,psc", *rows]) + "\n")
    half, parameters = "engaged_share = 0.5\n", {"safety_culture_gain_sd": 1, "culture_log_hr": 0.8}
    written = (half, half + "safety_culture = { default = 0, YH = 0.5 }\n")
    plain, world = (laws.inputs_of(laws.law(tmp_path, toml=toml, **parameters)) for toml in written)
    assert np.allclose(world.epochs.support - plain.epochs.support, [0.0, 0.5 * 0.8])  # by collaborative
    off, on = (
        laws.first_times(compiled_engine.run(side, seed=laws.SEED, draw=0, replicate=0), Event.DECISION).copy()
        for side in (plain, world)
    )
    reached = (world.engaged == 1) & (world.units.psc == 1)
    assert 0 < reached.sum() < SITES // 2
    assert np.array_equal(on[~reached], off[~reached])
    assert (on[reached] < off[reached]).any()


def test_the_usual_co_design_is_the_reference_of_every_speed(tmp_path: Path) -> None:
    trends = [
        made(tmp_path, f"co_design = {share}\n", "", {"co_design_log_hr": 0.6}).epochs.trend for share in (0, 0.5, 1)
    ]
    assert np.array_equal(trends[1], made(tmp_path, "", "", {"co_design_log_hr": 0.0}).epochs.trend)
    assert np.allclose(trends[2] - trends[1], 0.3)
    assert np.allclose(trends[0] - trends[1], -0.3)


def test_refreshers_slow_disuse_but_not_leaving_and_only_from_their_day_on(tmp_path: Path) -> None:
    leave, decay, days = 0.1 / 365.25, 0.3 / 365.25, 900.5
    laws.write_sites(tmp_path, 2)
    parameters = {**IN_DOSE, "leaver_nhs_per_year": 0.1, "skill_decay_per_year": 0.3, "dose_log_hr": 1}
    case = laws.law(tmp_path, toml=CHANGE.format("refreshers = 0.5"), **parameters)
    world = laws.inputs_of(case, until_days=days - 1)
    engine = process_engine.Spread(world, 1)
    engine.run()
    engine.wear_down(0)
    everyone = levers.TIERS.index("everyone")
    expected = 0.1 * np.exp(-(leave + decay) * days + 0.5 * decay * (days - 731))
    assert engine.dose[0][everyone] == pytest.approx(expected, rel=1e-9)


def test_training_is_as_many_seats_a_year_as_the_share_of_staff_asked_for(tmp_path: Path) -> None:
    staff = (3000, 1000, 500)
    rows = [
        f"s{n},o{n},acute,{psc},{heads}" for n, (psc, heads) in enumerate(zip(("YH", "YH", "WX"), staff, strict=True))
    ]
    (tmp_path / "sites.csv").write_text("\n".join(["site,organisation,setting,psc,staff", *rows]) + "\n")
    asked = "training = { everyone = 0.1, coaches = 0.02 }\ncourse_interval_months = 3\n"
    table = laws.inputs_of(laws.law(tmp_path, toml=asked)).timetable
    everyone, coaches = levers.TIERS.index("everyone"), levers.TIERS.index("coaches")
    for psc, heads in enumerate((500, 4000)):  # WX, YH
        seats = table.course_seats[table.course_psc == psc]
        assert len(seats) == 4 * 5
        assert seats[:, everyone].sum() / 5 == pytest.approx(0.1 * heads)
        assert seats[:, coaches].sum() / 5 == pytest.approx(0.02 * heads)
        assert not seats[:, [tier for tier in range(len(levers.TIERS)) if tier not in (everyone, coaches)]].any()


def test_training_and_the_seats_it_comes_to_are_the_same_thing(tmp_path: Path) -> None:
    parameters = {"dose_log_hr": 2, **IN_DOSE, "staff_default_acute": 1000}
    monthly = "course_interval_months = 1\n"
    seats = SITES * 1000 * 0.12 / 12
    by_share = made(tmp_path, monthly + "training = { everyone = 0.12 }\n", "", parameters)
    others = ", ".join(f"{tier} = 0" for tier in levers.TIERS if tier != "everyone")
    by_seats = made(tmp_path, monthly + f"course_seats = {{ everyone = {seats}, {others} }}\n", "", parameters)
    assert np.allclose(by_share.timetable.course_seats, by_seats.timetable.course_seats)


def deprived_first(folder: Path, rule: str, coaches: int) -> np.ndarray:
    """When sites adopt, the most deprived half first, where coaching places go by a rule."""
    rows = [f"s{n:04d},o{n:04d},acute,YH,{1 - n / SITES}" for n in range(SITES)]
    (folder / "sites.csv").write_text("\n".join(["site,organisation,setting,psc,imd_q1_share", *rows]) + "\n")
    case = laws.law(
        folder, toml=f"coaches = {coaches}\npriority_rule = '{rule}'\n" + TESTED, caseload_sites=1,
        interventions_per_coached_site=1, patience_months=60, decision_acute_per_month=0.5,
    )  # fmt: skip
    log = compiled_engine.run(laws.inputs_of(case), seed=laws.SEED, draw=0, replicate=0)
    return laws.first_times(log, Event.ADOPTION)


def test_serving_the_neediest_first_brings_the_most_deprived_forward_where_places_are_short(tmp_path: Path) -> None:
    half, day = SITES // 2, 730
    gaps = []
    for rule in ("first_come", "neediest"):
        adopted = deprived_first(tmp_path, rule, 4) <= day
        gaps.append(adopted[:half].mean() - adopted[half:].mean())
    assert gaps[1] > gaps[0] + 0.1
    boundless = [deprived_first(tmp_path, rule, 100) for rule in ("first_come", "neediest")]
    assert np.array_equal(*boundless)

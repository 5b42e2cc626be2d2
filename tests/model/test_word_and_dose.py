"""How word travels at meetings and courses, and what a course leaves behind."""

from pathlib import Path

import numpy as np
import pytest

from spread.model import Cause, Event, draws, inputs, process_engine, record
from spread.scenarios import levers
from tests.verification import laws

RUN_KEY = draws.run_key(laws.SEED, 0, 0)
NO_CAMPAIGN = {"contact_campaign_per_month": 0, "interest_acute_per_month": 0}
MONTHLY = "meeting_interval_months = { psc = 1, ics = 0, clinical = 0, national = 0 }\n"
SEATS = (
    "course_interval_months = 6\n"
    "course_seats = { board = 0, managers = 0, everyone = 30, teams = 0, coaches = 0, experts = 0 }\n"
)
EVERYONE = levers.TIERS.index("everyone")


def world(folder: Path, count: int, toml: str, **parameters: float) -> inputs.ModelInputs:
    """Sites with no contact, but for the first, which knows."""
    laws.write_sites(folder, count)
    made = laws.inputs_of(laws.law(folder, toml=toml, **(NO_CAMPAIGN | parameters)))
    return made._replace(initial_status=np.array([1] + [0] * (count - 1)))


def live(made: inputs.ModelInputs) -> record.EventLog:
    return process_engine.run(made, seed=laws.SEED, draw=0, replicate=0)


def attendance(made: inputs.ModelInputs) -> np.ndarray:
    """Who comes to each meeting; shape (meetings, sites)."""
    engine, table = process_engine.Spread(made, RUN_KEY), made.timetable
    dates = zip(table.meeting_date.tolist(), table.meeting_attendance.tolist(), strict=True)
    return np.array([list(engine.attendance(0, date, share, 0).values()) for date, share in dates])


def test_word_spreads_at_a_meeting_to_those_who_come_and_take_it_in(tmp_path: Path) -> None:
    made = world(tmp_path, 60, MONTHLY + "attendance = { psc = 0.6 }\n", meeting_contact_share=0.5)
    log = live(made)
    met = made.timetable.meeting_day
    told = laws.first_times(log, Event.CONTACT)[1:]
    assert set(log.cause[log.kind == Event.CONTACT].tolist()) == {Cause.MEETING}
    assert set(told[np.isfinite(told)].tolist()) <= set(met.tolist())
    meeting = int(np.searchsorted(met, told.min()))
    came = attendance(made)[meeting]
    assert came[0]  # the only one who knew
    heard = told == met[meeting]
    assert not heard[~came[1:]].any()
    assert 0.25 < heard.sum() / came[1:].sum() < 0.75


def test_nobody_hears_of_what_nobody_there_knows(tmp_path: Path) -> None:
    made = world(tmp_path, 10, MONTHLY + SEATS + "attendance = { psc = 1.0 }\n", meeting_contact_share=1.0)
    assert len(live(made._replace(initial_status=np.zeros(10, dtype=np.int64))).kind) == 0


def test_who_comes_to_a_meeting_is_each_sites_own_luck_on_that_date(tmp_path: Path) -> None:
    few = world(tmp_path, 40, MONTHLY + "attendance = { psc = 0.5 }\n")
    came = attendance(few)
    assert came.mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(came.size))
    for shares in (came.mean(axis=0), came.mean(axis=1)):  # of each site, at each meeting
        assert (shares > 0.15).all()
        assert (shares < 0.85).all()
    more = world(tmp_path, 70, MONTHLY + "attendance = { psc = 0.5 }\n")
    assert np.array_equal(attendance(more)[:, :40], came)
    rarer = world(tmp_path, 40, MONTHLY.replace("psc = 1", "psc = 2") + "attendance = { psc = 0.5 }\n")
    shared = np.isin(few.timetable.meeting_day, rarer.timetable.meeting_day)
    assert shared.sum() == len(rarer.timetable.meeting_day)
    assert np.array_equal(attendance(rarer), came[shared])


def test_a_course_tells_those_who_come_of_what_others_there_know(tmp_path: Path) -> None:
    made = world(tmp_path, 8, SEATS, course_attendance_share=1.0, meeting_contact_share=1.0)
    log = live(made)
    assert laws.first_times(log, Event.CONTACT)[1:].tolist() == [made.timetable.course_day[0]] * 7
    assert set(log.cause[log.kind == Event.CONTACT].tolist()) == {Cause.COURSE}
    stay_away = live(made._replace(constants=made.constants._replace(course_attendance_share=0.0)))
    assert len(stay_away.kind) == 0


def test_seats_raise_the_dose_of_those_who_come_and_it_wears_off(tmp_path: Path) -> None:
    made = world(tmp_path, 3, SEATS, course_attendance_share=1.0, dose_initial_everyone=0.2, staff_share_everyone=1.0)
    made = made._replace(group_count=np.full_like(made.group_count, 100.0))
    day, loss = made.timetable.course_day[0], made.dose_loss_per_day[0]
    for share, gain in ((1.0, 0.1), (0.0, 0.0)):  # 30 seats for three organisations of a hundred
        constants = made.constants._replace(horizon_days=day + 0.5, course_attendance_share=share)
        engine = process_engine.Spread(made._replace(constants=constants), RUN_KEY)
        engine.run()
        engine.wear_down(0)
        expected = (0.2 * np.exp(-loss * day) + gain) * np.exp(-loss * 0.5)
        assert engine.dose[0][EVERYONE] == pytest.approx(expected, rel=1e-9)


def test_a_better_dose_speeds_decisions_and_a_lost_one_slows_them(tmp_path: Path) -> None:
    many = SEATS.replace("30", "300").replace("= 6", "= 1")

    def decided(log_hr: float, toml: str) -> np.ndarray:
        made = world(
            tmp_path, 30, toml, course_attendance_share=1.0, dose_log_hr=log_hr, dose_initial_everyone=0.5,
            dose_target_everyone=1.0, dose_weight_everyone=1.0, decision_acute_per_month=0.04, staff_default_acute=100,
            staff_share_everyone=1.0, leaver_nhs_per_year=0.4,
        )  # fmt: skip
        return laws.first_times(live(made._replace(initial_status=np.full(30, 2))), Event.DECISION)

    calm = decided(0.0, many)
    for toml, log_hr, sooner in ((many, 1.0, True), ("", 1.0, False), (many, -1.0, False)):
        moved = decided(log_hr, toml)
        assert ((moved <= calm) if sooner else (moved >= calm)).all()
        assert (moved != calm).sum() > 10

"""More support never adopts later, site by site, under the conditions in which that is a law; and where it fails."""

from pathlib import Path

import numpy as np
import pytest

from spread.model import Event
from tests.verification import laws

BOUNDLESS = (
    "support_standard_log_hr = 0.47\nkappa = 3\nfrailty_variance = 0.8\nregion_log_sd = 0.4\n"
    "caseload_sites = 100000\ninterventions_per_coached_site = 1\n"
)
MEETINGS = "meeting_interval_months = {{ psc = {}, clinical = 0, ics = 0, national = 0 }}\n"
LEVEL = {
    "none": 'support = "none"\ncoaches = 0\noutreach_hours = 0\n' + MEETINGS.format(4),
    "standard": 'support = "standard"\ncoaches = 1\noutreach_hours = 1\n' + MEETINGS.format(2),
    "enhanced": 'support = "enhanced"\ncoaches = 2\noutreach_hours = 2\n' + MEETINGS.format(1),
}
CHANGE = (
    '[interventions.plain]\ntesting = true\nkind = "bundle"\npeers = "networks"\n'
    "[interventions.plain.elements.second]\nbaseline = 0.2\ndifficulty = 1.0\n"
)


def first_adoptions(folder: Path, level: str, **parameters: float) -> np.ndarray:
    values = {line.split(" = ")[0]: float(line.split(" = ")[1]) for line in BOUNDLESS.splitlines()}
    values |= {"support_enhanced_extra_log_hr": 0.2, **parameters}
    case = laws.law(folder, toml="attendance = { psc = 0.7 }\n" + LEVEL[level] + CHANGE, **values)
    return np.array([laws.first_times(log, Event.ADOPTION) for log in laws.logs(case, 6)])


@pytest.mark.parametrize(("effect", "sooner"), [(0.47, 0.5), (0.0, 0.1)])  # by its effect, or by its meetings alone
def test_more_support_never_adopts_later_site_by_site(tmp_path: Path, effect: float, sooner: float) -> None:
    laws.write_sites(tmp_path, 60)
    strength = {"support_standard_log_hr": effect, "support_enhanced_extra_log_hr": 0.4 * effect}
    none, standard, enhanced = (first_adoptions(tmp_path, level, **strength) for level in LEVEL)
    assert (standard <= none).all()
    assert (enhanced <= standard).all()
    assert (standard < none).mean() > sooner


def test_it_fails_once_places_are_scarce_and_effects_may_be_below_zero(tmp_path: Path) -> None:
    laws.write_sites(tmp_path, 60)
    standard = first_adoptions(tmp_path, "standard")
    queued = first_adoptions(tmp_path, "standard", caseload_sites=1, patience_months=60)
    assert (queued > standard).any()  # waiting for a coach can cost more than the coach gives
    worse = first_adoptions(tmp_path, "enhanced", support_enhanced_extra_log_hr=-0.3)
    assert (worse > standard).any()  # more support is not better by construction


@pytest.mark.parametrize("level", list(LEVEL))
def test_every_level_sees_the_same_luck(tmp_path: Path, level: str) -> None:
    laws.write_sites(tmp_path, 10)
    assert np.array_equal(first_adoptions(tmp_path, level), first_adoptions(tmp_path, level))

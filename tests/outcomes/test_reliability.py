"""What patients receive: against closed forms and numerical integration."""

from datetime import date

import numpy as np
import pytest
from scipy import integrate, stats

from spread.outcomes import ambitions, collect, exceedance, plan, reliability, summary, tabulate
from tests.outcomes import worlds
from tests.outcomes.worlds import EVERYBODY, jump

MONTH = plan.DAYS_PER_MONTH
PARAMETERS = {
    "gap_halflife_low_months": 2.0,
    "gap_halflife_medium_months": 5.0,
    "gap_halflife_high_months": 22.0,
    "ceiling_training": 0.88,
    "ceiling_redesign": 0.97,
    "reliability_baseline": 0.6,
    "reliability_site_log_sd": 0.0,
    "within_patient_rho": 0.0,
    "reliability_drift_months": 9.0,
    "support_reliability_log_or": 0.0,
    "enhanced_reliability_log_or": 0.0,
    "support_light_share": 0.4,
}
PATIENTS = {"all": worlds.ambition(measure="patients", threshold=0.5, interventions=("kit",))}


def shares(log, asked=None, **changed):
    asked = asked or worlds.scenario(PATIENTS, **levers())
    made = worlds.plan(asked)
    return made, reliability.delivered_share(
        log, made, scenario=asked, parameters=PARAMETERS | changed, seed=1, draw=0
    )  # fmt: skip


def levers(**support: str) -> dict[str, object]:
    """Every lever at nothing, support as given."""
    per_psc = ("coaches", "outreach_hours", "learning_sets", "champions", "measurement", "safety_culture")
    nothing = {lever: {"default": 0} for lever in per_psc}
    tables = {lever: {} for lever in ("course_seats", "training", "meeting_interval_months", "attendance")}
    words = {"push": "audit", "priority_rule": "first_come", "course_interval_months": 6}
    whole = {"refreshers": 0, "co_design": 0.5}
    return {**nothing, **tables, **words, **whole, "support": {"default": "none"} | support}


def test_nothing_is_computed_unless_an_ambition_measures_patients():
    assert shares(worlds.log([]), worlds.scenario(**levers()))[1] is None


def test_the_gap_to_the_ceiling_halves_every_half_life_in_use_and_drifts_back_out_of_use():
    made = worlds.plan(worlds.scenario(PATIENTS))
    log = worlds.log([jump(0.0, 4, 0, 5), jump(4 * MONTH, 4, 5, 9)])
    levels = reliability.levels_at_dates(log, made, np.full(4, 2.0), np.full(4, 0.88), 0.6, 9.0)[:, 0]
    after_four = 0.88 - 0.28 / 4
    months = made.cutoffs / MONTH
    expected = [0.6, 0.88 - 0.28 * 2 ** (-months[1] / 2), *(0.6 + (after_four - 0.6) * 2 ** (-(months[2:] - 4) / 9))]
    assert levels == pytest.approx(expected)


def test_several_lapses_and_restarts_within_one_quarter_are_all_lived_through():
    made = worlds.plan(worlds.scenario(PATIENTS))
    steps = [jump(day, 4, *change) for day, change in ((1, (0, 5)), (20, (5, 9)), (30, (9, 5)), (50, (5, 9)))]
    levels = reliability.levels_at_dates(worlds.log(steps), made, np.full(4, 2.0), np.full(4, 0.9), 0.6, 9.0)[1, 0]
    value = 0.6
    for target, days, half in ((0.9, 19, 2), (0.6, 10, 9), (0.9, 20, 2), (0.6, 41, 9)):
        value = target - (target - value) * 2 ** (-days / MONTH / half)
    assert levels == pytest.approx(value)


def test_units_in_use_at_the_start_have_been_closing_the_gap_since_they_came_there():
    made = worlds.plan(worlds.scenario(PATIENTS))
    log = worlds.log([], [0] * 4 + [6, 0, 0, 0], [-100.0] * 4 + [-2 * MONTH, -100, -100, -100])
    levels = reliability.levels_at_dates(log, made, np.full(4, 2.0), np.full(4, 0.88), 0.6, 9.0)[0]
    assert levels[[0, 1]] == pytest.approx([0.88 - 0.14, 0.6])


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_all_or_none_is_the_integral_over_what_a_patients_elements_have_in_common(rho):
    made = worlds.plan(worlds.scenario({"all": worlds.ambition(measure="patients", together="each")}))
    values = np.array([[0.5, 0.9, 0.95, 0.6, 0.88, 0.7, 0.8, 0.99]])
    eligible = [np.array([1.0, 1.0, 0.4]), np.array([1.0, 0.7])]
    found = reliability.all_or_none(values, eligible, made, rho)[0]

    def given(z: float, chance: float) -> float:
        return float(stats.norm.cdf((stats.norm.ppf(chance) + np.sqrt(rho) * z) / np.sqrt(1 - rho)))

    for unit, value in enumerate(values[0]):
        shares_of = eligible[unit // 4]

        def integrand(z: float, value=value, shares_of=shares_of) -> float:
            return float(stats.norm.pdf(z) * np.prod(1 - shares_of + shares_of * given(z, value)))

        assert found[unit] == pytest.approx(integrate.quad(integrand, -9, 9, limit=200)[0], abs=1e-6)


def test_a_set_needs_every_element_of_all_its_interventions_for_the_same_patient():
    asked = worlds.scenario({"all": worlds.ambition(measure="patients")}, **levers())
    made = worlds.plan(asked)
    whole = [np.ones(2), np.ones(2)]
    apart = reliability.all_or_none(np.full((1, 8), 0.8), whole, made, 0.0)[0]
    assert apart[[0, 8]] == pytest.approx([0.8**2, 0.8**4])
    together = reliability.all_or_none(np.full((1, 8), 0.8), whole, made, 0.5)[0]
    assert 0.8**4 < together[8] < together[0] < 0.8


def test_nobody_adopting_leaves_patients_where_they_began_whatever_the_support():
    for level in ("none", "standard", "enhanced"):
        made, found = shares(
            worlds.log([]), worlds.scenario(PATIENTS, **levers(default=level)), support_reliability_log_or=0.4
        )
        assert found == pytest.approx(np.full((len(made.dates), 4), 0.36))


def test_support_lifts_reliability_where_it_is_given_and_light_support_by_its_share():
    log = worlds.log([jump(0.0, unit, 0, 5) for unit in range(8)])
    asked = worlds.scenario(PATIENTS, **levers(default="standard", AA="none"))
    _, found = shares(log, asked, support_reliability_log_or=0.4)
    assert (found[-1, 2:4] > found[-1, 0:2] + 0.01).all()
    made = worlds.plan(asked)
    chosen = PARAMETERS | {"support_reliability_log_or": 0.4, "enhanced_reliability_log_or": -0.1}
    for level, worth in (("none", 0.0), ("light", 0.16), ("standard", 0.4), ("enhanced", 0.3)):
        scenario = worlds.scenario(PATIENTS, **levers(default=level))
        assert reliability.support_log_odds(scenario, made, chosen) == pytest.approx(np.full((4, 2, 2), worth))


def test_a_programme_with_a_level_of_its_own_is_lifted_by_that_level():
    asked = worlds.scenario(PATIENTS, **levers(default="none"))
    own = {"p": asked.programmes["p"].model_copy(update={"support": "standard"})}
    helped = asked.model_copy(update={"programmes": own})
    chosen = PARAMETERS | {"support_reliability_log_or": 0.4}
    made = worlds.plan(asked)
    assert (reliability.support_log_odds(asked, made, chosen) == 0.0).all()
    assert (reliability.support_log_odds(helped, made, chosen) == 0.4).all()


def test_a_site_effect_is_a_fact_of_the_draw_and_of_the_site_only():
    asked = worlds.scenario(PATIENTS, **levers())
    made = worlds.plan(asked)
    chosen = PARAMETERS | {"reliability_site_log_sd": 0.55}
    say = {"scenario": asked, "parameters": chosen, "seed": 1}
    first, again, other = (reliability.delivered_share(worlds.log([]), made, **say, draw=draw) for draw in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()
    assert len(np.unique(first[0])) == 4  # one effect a site, whatever the intervention


def test_patients_are_weighted_by_the_size_of_their_sites_in_values_and_groups():
    asked = worlds.scenario(PATIENTS)
    made = worlds.plan(asked)
    delivered = np.tile(np.array([1.0, 0.5, 0.0, 0.25]), (4, 1))
    table = tabulate.tabulate(worlds.log([]), made, EVERYBODY, delivered)
    assert table.numerator[0, 0].tolist() == [275, 250, 25]
    assert table.denominator[0].tolist() == [600, 400, 200]
    assert table.all_elements is not None
    assert table.reached_days.tolist() == [[np.inf, -1.0, np.inf]]
    groups = made.slots.group[made.patients.slots]
    kit = {made.groups.names[group]: share for group, share in zip(groups, table.all_elements[0], strict=True)}
    assert kit["psc", "AA"] == 250 / 400
    with pytest.raises(ValueError, match="delivered"):
        tabulate.tabulate(worlds.log([]), made, EVERYBODY)


def test_a_patients_ambition_is_met_at_the_first_report_date_and_short_in_shares():
    asked = worlds.scenario(PATIENTS)
    made = worlds.plan(asked)
    whole = collect.Collector(made, 1, 2)
    for replicate, final in enumerate((0.5, 0.4)):
        delivered = np.tile(np.array([0.1, 0.2, final, 0.9])[:, None], (1, 4))
        whole.add(0, replicate, tabulate.tabulate(worlds.log([]), made, EVERYBODY, delivered))
    row = ambitions.assess_ambitions(asked, made, whole).iloc[0]
    assert (row.measure, row.chance, row.value_now) == ("all_elements", 0.5, pytest.approx(0.1))
    assert row.shortfall_q50 == pytest.approx(0.05)
    assert (row.met_q10.date(), row.met_q90.date()) == (date(2020, 9, 30), date(2020, 12, 31))
    assert row.needed_per_month == pytest.approx(0.4 / (183 / MONTH))
    ladder = exceedance.exceedance_table(asked, made, whole)
    assert "short_by_3" not in set(ladder.threshold)
    band = summary.summarise(whole).query("measure == 'all_elements' and group == 'national' and intervention == 'kit'")
    assert band["mean"].tolist() == pytest.approx([0.1, 0.2, 0.45, 0.9])

"""VTE risk assessment, 2010 to 2012: two published series tell apart what one mixes.

Two figures were published: the share of providers that assess at least 90 % of their admissions, which is adoption, and
the share of patients assessed, which is adoption and how reliably it is done, before adoption and after.

Run from the project's folder: ``python docs/tutorials/vte.py``. Takes a few minutes.
"""

import spread

FREE = ("decision_acute_per_month", "push_incentive_log_hr", "reliability_baseline")


def main() -> None:
    """Fit the same three numbers to one series, then to both, and say what each told."""
    scenario = spread.read_scenario("scenarios/series/vte.toml")
    alone = spread.calibrate(scenario, "vte-providers", free=FREE, effort="quick", sets=200)
    both = spread.calibrate(scenario, ["vte-providers", "vte-patients"], free=FREE, effort="quick", sets=200)
    print(f"Share of the uncertainty gone{'providers':>22s}{'and patients':>15s}")
    for one, other in zip(alone.moved(), both.moved(), strict=True):
        print(f"  {one['name']:32s}{one['shrinkage']:>16.0%}{other['shrinkage']:>15.0%}")
    print(f"Directions determined: {alone.about['directions']} by providers, {both.about['directions']} by both series")


if __name__ == "__main__":
    main()

"""Columns as promised, and CSV that no spreadsheet takes for a formula."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from spread.outcomes import tables

PROMISED = {
    "adoption": "draw replicate date intervention group_kind group eligible engaged reported stage_0 stage_1 stage_2 "
    "stage_3 stage_4 stage_5 stage_6 stage_7 stopped lapsed ever_adopted all_elements rate",
    "summary": "date intervention group_kind group measure mean q025 q05 q10 q25 q50 q75 q90 q95 q975 n",
    "ambitions": "ambition interventions together measure threshold deadline scope n chance mc_low mc_high chance_p10 "
    "chance_p90 chance_sd parameter_sd value_now data_date value_q05 value_q50 value_q95 shortfall_q50 "
    "needed_per_month recent_per_month met_q10 met_q50 met_q90 furthest_behind_psc furthest_behind_short "
    "conditioned_on basis",
    "exceedance": "ambition scope date threshold chance",
    "sites": "site intervention deadline stage_now since adopt_q10 adopt_q50 adopt_q90 chance_adopted "
    "main_cause_of_delay psc ics met",
    "bottlenecks": "intervention deadline psc not_available not_reached undecided waiting_slot waiting_coach testing "
    "stopped lapsed not_available_months not_reached_months undecided_months waiting_slot_months "
    "waiting_coach_months testing_months stopped_months lapsed_months slot_wait_days coach_wait_days "
    "coach_utilisation eligible adopted",
    "gaps": "ambition intervention deadline measure most_deprived_sites least_deprived_sites most_deprived "
    "least_deprived behind mean q025 q05 q10 q25 q50 q75 q90 q95 q975 n",
    "costs": "item psc unit quantity cost",
    "events": "draw replicate time_days date event intervention element site from_stage to_stage cause",
}


@pytest.mark.parametrize("table", PROMISED)
def test_columns_are_exactly_those_promised(table):
    assert tables.columns(table) == tuple(PROMISED[table].split())


def test_a_forecast_is_an_ambition_with_when_and_by_what_it_was_made():
    made = ("made_on", "name", "key", "model_version")
    assert tables.columns("forecasts") == (*made, *tables.columns("ambitions"))


def test_every_column_says_what_it_means():
    assert all(column.meaning for columns in tables.TABLES.values() for column in columns)


def test_a_missing_or_unknown_column_is_refused():
    with pytest.raises(ValueError, match="chance"):
        tables.frame("exceedance", {"ambition": [], "scope": [], "date": [], "threshold": []})
    with pytest.raises(ValueError, match="extra"):
        tables.frame("exceedance", {name: [] for name in (*tables.columns("exceedance"), "extra")})


def test_csv_keeps_negative_numbers_numbers_and_unknown_things_empty():
    frame = pd.DataFrame({
        "name": ["=cmd()", "fine", None, "-2"],
        "group": pd.Categorical(["@a", "b", "b", "b"]),
        "value": [-1.5, np.nan, 0.25, 2.0],
        "when": pd.to_datetime(["2021-03-31", None, "2021-04-01", "2021-04-02"]),
        "-odd": [-1, 2, 3, 4],
    })  # fmt: skip
    assert tables.csv_text(frame) == (
        "name,group,value,when,'-odd\n'=cmd(),'@a,-1.5,2021-03-31,-1\nfine,b,,,2\n,b,0.25,2021-04-01,3\n"
        "'-2,b,2.0,2021-04-02,4\n"
    )


def test_writing_leaves_the_table_itself_as_it_was():
    frame = pd.DataFrame({"name": ["=a"]})
    tables.csv_text(frame)
    assert frame["name"].tolist() == ["=a"]


def test_parameters_stand_in_one_row_per_draw():
    frame = tables.parameters_frame({"kappa": np.array([1.0, 2.0]), "a.appeal": np.array([0.5, 0.7])}, first_draw=3)
    assert frame.to_dict("list") == {"draw": [3, 4], "kappa": [1.0, 2.0], "a.appeal": [0.5, 0.7]}


def test_an_empty_table_still_has_its_columns():
    assert tables.csv_text(tables.frame_of_rows("exceedance", [])) == "ambition,scope,date,threshold,chance\n"


def test_dates_are_dates_and_none_is_unknown():
    row = {"ambition": "a", "scope": "national", "date": None, "threshold": "0.5", "chance": 0.1}
    frame = tables.frame_of_rows("exceedance", [row, row | {"date": date(2021, 3, 31)}])
    assert frame["date"].isna().tolist() == [True, False]
    assert frame["date"].dtype == "datetime64[s]"

import json

import pandas as pd
import pytest

from spread import errors
from spread.plots import data as tables
from spread.plots import series as shares
from tests.plots import worlds


def write_folder(folder, data, toml='name = "tracheostomy-standard"\n'):
    data.summary.to_csv(folder / "summary.csv", index=False)
    data.ambitions.to_csv(folder / "ambitions.csv", index=False)
    (folder / "scenario.toml").write_text(toml, encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(dict(data.manifest)), encoding="utf-8")


def test_a_results_folder_is_read_as_it_was_written(tmp_path):
    data = worlds.tracheostomy()
    write_folder(tmp_path, data)
    read = tables.load(tmp_path)
    pd.testing.assert_frame_equal(read.summary, data.summary, check_dtype=False)
    assert list(read.ambitions["deadline"]) == list(data.ambitions["deadline"])
    assert read.scenario["name"] == "tracheostomy-standard"


def test_a_folder_without_tables_is_refused_with_every_fault(tmp_path):
    with pytest.raises(errors.InputError) as caught:
        tables.load(tmp_path)
    assert len(caught.value.faults) == 2


def test_a_missing_column_is_named():
    data = worlds.tracheostomy()
    with pytest.raises(errors.InputError, match="q90"):
        tables.from_frames(summary=data.summary.drop(columns="q90"), ambitions=data.ambitions)


def test_frames_in_memory_may_hold_categories_and_typed_dates():
    data = worlds.tracheostomy()
    summary = data.summary.astype({"intervention": "category", "group_kind": "category", "group": "category"})
    summary["date"] = summary["date"].astype("datetime64[s]")
    ambitions = data.ambitions.assign(data_date=pd.NaT)
    again = tables.from_frames(summary=summary, ambitions=ambitions)
    assert len(shares.choose_series(again, intervention=None, group=tables.NATIONAL)) == 1


def test_by_default_the_set_an_ambition_takes_together_is_drawn():
    (series,) = shares.choose_series(worlds.tracheostomy(), intervention=None, group=tables.NATIONAL)
    assert series.key == worlds.TOGETHER
    assert series.label == "All three together"


def test_the_national_group_goes_by_any_name():
    assert shares.choose_series(worlds.tracheostomy(), intervention=None, group=("national", "national"))


def test_an_unknown_intervention_or_group_is_refused_with_a_hint():
    data = worlds.tracheostomy()
    with pytest.raises(errors.InputError, match="did you mean 'trache_daily_care'"):
        shares.choose_series(data, intervention="trache_daily_car", group=tables.NATIONAL)
    with pytest.raises(errors.InputError, match="psc:WESS"):
        shares.choose_series(data, intervention=None, group=("psc", "WES"))


def test_a_group_no_ambition_is_assessed_for_has_targets_and_no_chances():
    data = worlds.tracheostomy()
    (target,) = shares.find_targets(data, worlds.TOGETHER, group=("setting", "acute"))
    assert target.threshold == 0.9
    assert target.chance is None


def test_a_group_has_its_own_chance():
    (target,) = shares.find_targets(worlds.tracheostomy(), worlds.TOGETHER, group=("psc", "NENC"))
    assert target.chance == pytest.approx(0.36)


def test_the_caption_says_what_the_numbers_rest_on():
    caption = tables.make_caption(worlds.tracheostomy())
    assert caption == "Source: spread 0.1.0, scenario tracheostomy-standard, 1,000 runs. Not fitted to data."


def test_the_caption_says_when_a_chance_counts_other_sites_than_the_curve():
    data = worlds.several(1)
    data.scenario["ambitions"] = {"a": {"denominator": "reported"}}
    assert tables.make_caption(data, ["a"]).endswith("Chances count reported sites only.")


def test_measures_are_said_in_words():
    assert shares.say_measure("stage>=7", ["A"]).endswith("with A at stage 7 (sustained) or later")
    assert shares.say_measure("all_elements", ["A"]) == "share of patients receiving every element of A"
    assert "sustained" in shares.say_measure("sustained", ["A"])


def test_a_world_of_ones_own_is_not_called_england():
    data = worlds.several(1)
    data.scenario["world"] = {"population": "files"}
    assert tables.name_group(data, tables.NATIONAL) == "All sites"

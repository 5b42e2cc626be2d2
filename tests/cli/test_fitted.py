"""A run that rests on a fit, after the fit in its folder has become another one."""

import json

import numpy as np
import pandas as pd
import pytest

from spread import api, cells, errors
from spread.calibration import posterior
from spread.decisions import trace as tracing
from spread.runs import answers, listing, returns, store
from spread.scenarios import reading

ABOUT = {"points": 2, "scenario": "tiny", "first_date": "2020-01-01", "last_date": "2020-06-01", "moved": []}


def write_fit(folder, *, decision_scale):
    """A fit of four sets that differ from what is believed in one number."""
    beliefs = answers.prepare(reading.read_scenario("tiny.toml")).beliefs
    values = np.tile(beliefs.value, (4, 1))
    values[:, beliefs.names.index("decision_scale")] = decision_scale
    folder.mkdir(exist_ok=True)
    found = posterior.Posterior(beliefs.names, values, np.arange(4), 1, (), ABOUT, pd.DataFrame({"seen": [1.0]}))
    posterior.write_posterior(folder, found)


@pytest.fixture
def fitted(tiny, spread):
    """The folder of a finished run, and that of the fit it rests on."""
    write_fit(tiny / "fit", decision_scale=3.0)
    assert spread("run", "tiny.toml", "--posterior", "fit", "--draws", "4", "-q").code == 0
    (run,) = listing.list_runs()
    return run.folder, tiny / "fit"


def test_a_run_is_not_expanded_with_draws_of_another_fit(fitted, spread):
    run, fit = fitted
    write_fit(fit, decision_scale=0.1)
    ended = spread("results", "expand", run, "--draws", "8", "-q")
    assert ended.code == 2
    assert "the fit it rests on has changed or is gone" in ended.err
    assert [one.folder for one in listing.list_runs()] == [run]


def test_a_run_whose_fit_is_as_it_was_is_expanded(fitted, spread):
    run, _ = fitted
    assert spread("results", "expand", run, "--draws", "8", "-q").code == 0
    (more,) = [one.folder for one in listing.list_runs() if one.folder != run]
    assert set(store.read_table(more / "parameters.parquet")["decision_scale"]) == {3.0}


@pytest.mark.parametrize("is_there", [True, False])
def test_a_good_run_is_not_called_damaged_because_its_fit_is_another_or_gone(fitted, spread, is_there):
    run, fit = fitted
    if is_there:
        write_fit(fit, decision_scale=0.1)
    else:
        fit.rename(fit.with_name("elsewhere"))
    ended = spread("results", "verify", run)
    assert ended.code == 0
    assert "Files are good; no draw was repeated: the fit it rests on has changed or is gone" in ended.err


def test_one_history_of_a_run_is_simulated_with_the_fit_it_rests_on(fitted, spread, monkeypatch):
    run, fit = fitted
    seen = []
    watched = tracing.trace
    monkeypatch.setattr(tracing, "trace", lambda *words, **more: seen.append(watched(*words, **more)) or seen[-1])
    assert spread("trace", run, "-q").code == 0
    assert spread("plot", run, "progression", "--intervention", "tracheostomy_bedhead_signs").code == 0
    assert spread("plot", run, "timeline", "--site", "S1").code == 0
    assert [one.parameters["decision_scale"] for one in seen] == [3.0, 3.0, 3.0]
    scenario = reading.read_scenario(run / store.SCENARIO)
    given = posterior.read_posterior(fit)
    alone = api.run_one(scenario, draw=0, engine="compiled", posterior=fit)
    assert alone.time_days.tolist() == seen[0].log.time_days.tolist()
    assert api.trace(scenario, posterior=given).parameters["decision_scale"] == 3.0


def test_a_return_of_a_run_is_of_the_fit_it_rests_on(fitted, spread):
    run, fit = fitted
    assert spread("return", "write", run, "-o", "fitted.csv", "-q").code == 0
    assert spread("return", "write", "tiny.toml", "-o", "believed.csv", "-q").code == 0
    again = returns.simulate_return(
        reading.read_scenario(run / store.SCENARIO), seed=1, draw=0, replicate_number=0,
        posterior=posterior.read_posterior(fit),
    )  # fmt: skip
    written = {name: (run.parents[2] / name).read_text() for name in ("fitted.csv", "believed.csv")}
    assert cells.csv_text(again.columns, again.rows) == written["fitted.csv"] != written["believed.csv"]


@pytest.mark.parametrize("words", [("trace", "{}"), ("return", "write", "{}", "-o", "x.csv")])
def test_no_history_is_told_of_a_run_whose_fit_is_gone(fitted, spread, words):
    run, fit = fitted
    fit.rename(fit.with_name("elsewhere"))
    ended = spread(*(str(run) if word == "{}" else word for word in words))
    assert ended.code == 2
    assert "the fit it rests on has changed or is gone" in ended.err


def shares_of(spread, *runs):
    """What each part moved the projected value by, in England."""
    ended = spread("since", *runs, "--format", "json", "-q")
    assert ended.code == 0, ended.err
    rows = pd.DataFrame(json.loads(ended.out))
    value = rows[rows.measure == "value"]
    return dict(zip(value.part, value.share, strict=True)), (value.new - value.old).iloc[0]


@pytest.mark.parametrize("turned", [False, True])
def test_what_a_fit_made_anew_in_the_same_folder_moved_is_put_down_to_it(fitted, spread, turned):
    run, fit = fitted
    write_fit(fit, decision_scale=0.1)
    assert spread("run", "tiny.toml", "--posterior", "fit", "--draws", "4", "-q").code == 0
    (later,) = [one.folder for one in listing.list_runs() if one.folder != run]
    runs = (later, run) if turned else (run, later)
    shares, moved = shares_of(spread, *runs)
    assert moved != 0.0
    assert shares == {"parameters": pytest.approx(moved)}
    said = " ".join(spread("since", *runs, "-q").out.split())
    assert f"fit: {fit}, made anew" in said
    assert f"of the {'new' if turned else 'old'} run is not what it was: the fit it rests on has changed" in said


def test_a_change_cannot_be_split_where_both_rest_on_the_fit_that_is_gone(fitted, spread):
    run, fit = fitted
    assert spread("run", "tiny.toml", "--posterior", "fit", "--draws", "4", "--seed", "2", "-q").code == 0
    (later,) = [one.folder for one in listing.list_runs() if one.folder != run]
    shares, moved = shares_of(spread, run, later)
    assert shares == {"luck": pytest.approx(moved)}
    fit.rename(fit.with_name("elsewhere"))
    ended = spread("since", run, later)
    assert ended.code == 2
    assert "the fit it rests on has changed or is gone" in ended.err


def test_plans_on_different_fits_are_not_compared(fitted, spread):
    run, fit = fitted
    assert spread("run", "tiny.toml", "--draws", "4", "-q").code == 0
    write_fit(fit, decision_scale=0.1)
    assert spread("run", "tiny.toml", "--posterior", "fit", "--draws", "4", "-q").code == 0
    for other in (one.folder for one in listing.list_runs() if one.folder != run):
        ended = spread("compare", run, other)
        assert ended.code == 2
        assert "cannot be compared: it rests on " in ended.err
    scenario = reading.read_scenario(run / store.SCENARIO)
    few = {"draws": 2, "replicates": 1}
    plain, on_fit = api.run(scenario, **few), api.run(scenario, **few, posterior=posterior.read_posterior(fit))
    with pytest.raises(errors.InputError, match="it rests on the fit"):
        api.compare(plain, on_fit)


def test_whoever_a_fitted_run_is_shown_for_it_is_called_fitted(fitted, spread):
    run, _ = fitted
    for whose in ((), ("--for", "psc:Wessex"), ("--for", "setting:acute")):
        assert spread("results", "show", run, *whose).out.startswith("Fitted to data: 2 observations of tiny"), whose


def test_a_plan_that_varies_a_fitted_run_rests_on_the_same_fit(fitted, spread):
    run, fit = fitted
    ended = spread("compare", run, "--set", "coaches=4", "-q")
    assert ended.code == 0, ended.err
    assert ended.out.startswith("Fitted to data")
    (varied,) = [one.folder for one in listing.list_runs() if one.folder != run]
    assert set(store.read_table(varied / "parameters.parquet")["decision_scale"]) == {3.0}
    fit.rename(fit.with_name("elsewhere"))
    ended = spread("compare", run, "--set", "coaches=5", "-q")
    assert (ended.code, "the fit it rests on has changed or is gone" in ended.err) == (2, True)
    assert spread("compare", run, varied, "-q").code == 0

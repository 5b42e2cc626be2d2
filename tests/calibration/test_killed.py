"""The command as it is used: a fit that was killed goes on to the same posterior, and a run says what it rests on."""

import os

import pytest

from spread.calibration import posterior
from spread.cli import main
from tests.verification import kills


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """A folder with the small world and a fit of it left alone, and the hash of that fit."""
    folder = tmp_path_factory.mktemp("fitted")
    kills.make_world(folder)
    return folder, kills.finish(folder, kills.a_fit(workers=1))[1]


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_a_killed_fit_goes_on_to_the_same_posterior(fitted, tmp_path):
    story = kills.kill_and_finish(tmp_path, kills.a_fit(workers=2), [kills.Moment(6, 0.0)])
    assert story.kills == 1
    assert 6 <= story.pieces_after_kills[0] < kills.FIT_BATCHES
    assert story.content_hash == fitted[1]


def test_a_run_with_a_posterior_names_the_parameters_that_still_rest_on_belief(fitted, monkeypatch, capsys):
    monkeypatch.chdir(fitted[0])
    (place,) = fitted[0].glob("results/tiny/fit-*")
    main.invoke(["run", "tiny.toml", "--posterior", str(place), "--draws", "2", "-q"])
    said = " ".join(capsys.readouterr().out.split())
    kept = posterior.read_posterior(place)
    moved, _, believed = said.partition("Moved by the data: ")[2].partition(". Still as believed before: ")
    assert moved == (", ".join(kept.informed()) or "none")
    assert believed == ", ".join(kept.still_believed()) + "."
    assert "kappa" in believed

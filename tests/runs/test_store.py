"""A run folder is whole or not there, never replaced unasked, and its values have one hash."""

import errno
import json
from pathlib import Path

import pandas as pd
import pytest

from spread import errors, files
from spread.outcomes import tables as outcome_tables
from spread.runs import folders, forecasts, provenance, store, values

MANIFEST = {
    "key": "0123456789", "name": "tiny", "draws": 2, "replicates": 1, "made_on": "2026-11-22", "model_version": "0.1.0",
}  # fmt: skip


def tiny_tables(chance=0.25):
    ambitions = pd.DataFrame({"ambition": ["a"], "deadline": ["2021-03-31"], "chance": [chance], "met_q50": [None]})
    adoption = pd.DataFrame({"draw": [0, 1], "date": pd.to_datetime(["2020-06-30", "2021-03-31"]), "rate": [0.5, None]})
    return {"ambitions": ambitions, "adoption": adoption}


def full_ambitions():
    columns = {name: [None] for name in outcome_tables.columns("ambitions")}
    return outcome_tables.frame("ambitions", {**columns, "ambition": ["a"], "n": [2], "chance": [0.25]})


def write(folder, *, key="0123456789", force=False, tables=None):
    manifest = {**MANIFEST, "key": key}
    tables = tiny_tables() if tables is None else tables
    building = folders.working_folder(folder)
    store.write_results(
        building, folder, scenario_text='name = "tiny"\n', tables=tables, manifest=manifest, force=force
    )


def left_in(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_written_folder_holds_every_table_and_reads_back_the_same_values(tmp_path):
    folder = tmp_path / "tiny" / "0123456789"
    write(folder)
    assert left_in(folder) == [
        "adoption.parquet", "ambitions.csv", "figures", "headline.json", "manifest.json", "scenario.toml",
    ]  # fmt: skip
    stored = store.read_run(folder, tables=("ambitions", "adoption"))
    assert stored.manifest["content_hash"] == values.values_hash(tiny_tables())
    assert values.values_hash(stored.tables) == stored.manifest["content_hash"]
    headline = json.loads((folder / "headline.json").read_text())
    assert headline["ambitions"] == [{"ambition": "a", "deadline": "2021-03-31", "chance": 0.25, "met_q50": None}]


def test_nothing_but_the_folder_is_left_behind(tmp_path):
    write(tmp_path / "run")
    write(tmp_path / "run", force=True)
    assert left_in(tmp_path) == ["run"]


def test_a_large_table_is_written_in_pieces_and_read_in_pieces(tmp_path):
    whole = pd.DataFrame({"draw": range(10), "place": pd.Categorical(list("ababababcc")), "rate": [None] * 9 + [1.5]})
    pieces = (whole[first : first + 3] for first in range(0, 10, 3))
    write(tmp_path / "run", tables={**tiny_tables(), "adoption": pieces})
    stored = store.read_run(tmp_path / "run", tables=("ambitions", "adoption"))
    assert len(stored.tables["adoption"]) == 10
    assert stored.manifest["content_hash"] == values.values_hash({**tiny_tables(), "adoption": whole})
    assert store.stored_hash(tmp_path / "run", "adoption") == values.table_hash(whole)


def test_what_a_spreadsheet_could_take_for_a_formula_has_the_hash_it_is_stored_with(tmp_path):
    tables = {**tiny_tables(), "summary": pd.DataFrame({"group": ["=1+1", "", "-2"], "measure": ["5", "x", None]})}
    write(tmp_path / "run", tables=tables)
    assert store.stored_hash(tmp_path / "run", "summary") == values.table_hash(tables["summary"])


def test_a_finished_folder_is_not_replaced_by_another_run_unasked(tmp_path):
    write(tmp_path / "run")
    with pytest.raises(errors.InputError, match="holds another run"):
        write(tmp_path / "run", key="aaaaaaaaaa")


def test_force_replaces_a_run_folder(tmp_path):
    write(tmp_path / "run")
    write(tmp_path / "run", key="aaaaaaaaaa", force=True)
    assert store.read_run(tmp_path / "run", tables=()).manifest["key"] == "aaaaaaaaaa"


def test_a_folder_that_is_no_run_is_left_alone_even_when_forced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(errors.InputError, match="not a run folder"):
        write(tmp_path, force=True)
    assert left_in(tmp_path) == ["thesis.txt"]


@pytest.mark.parametrize("failing_write", range(5))
@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_fault_while_writing_leaves_what_was_there(tmp_path, monkeypatch, failing_write, fault):
    write(tmp_path / "run")
    before = (tmp_path / "run" / "manifest.json").read_bytes()
    calls = []

    def fail_later(file):
        calls.append(file)
        if len(calls) > failing_write:
            raise fault

    monkeypatch.setattr(files, "settle_file", fail_later)
    wanted = KeyboardInterrupt if isinstance(fault, KeyboardInterrupt) else errors.MachineError
    with pytest.raises(wanted):
        write(tmp_path / "run", key="aaaaaaaaaa", force=True)
    assert left_in(tmp_path) == ["run", "run.partial"]
    assert (tmp_path / "run" / "manifest.json").read_bytes() == before


def test_a_fault_at_the_last_move_puts_the_old_folder_back(tmp_path, monkeypatch):
    write(tmp_path / "run")
    rename = Path.rename

    def refuse_final(self, target):
        if self.suffix == ".partial":
            raise OSError(errno.EACCES, "Permission denied")
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", refuse_final)
        with pytest.raises(errors.MachineError, match="Permission denied"):
            write(tmp_path / "run", key="aaaaaaaaaa", force=True)
    assert left_in(tmp_path) == ["run", "run.partial"]
    assert store.read_run(tmp_path / "run", tables=()).manifest["key"] == "0123456789"
    assert not folders.move_finished(tmp_path / "run", key="bbbbbbbbbb")
    assert folders.move_finished(tmp_path / "run", key="aaaaaaaaaa")
    assert left_in(tmp_path) == ["run"]
    assert store.read_run(tmp_path / "run", tables=()).manifest["key"] == "aaaaaaaaaa"


def test_what_is_not_a_run_folder_cannot_be_read(tmp_path):
    with pytest.raises(errors.InputError, match=r"no manifest\.json"):
        store.read_run(tmp_path)


def test_forecasts_grow_by_a_row_for_each_ambition(tmp_path):
    for _ in range(2):
        path = forecasts.append_forecasts(full_ambitions(), manifest=MANIFEST, root=tmp_path)
    lines = path.read_text().splitlines()
    assert lines[0] == ",".join(outcome_tables.columns("forecasts"))
    assert lines[1] == lines[2]
    assert lines[1].startswith("2026-11-22,tiny,0123456789,0.1.0,a,")


def test_a_record_says_whether_it_holds_a_run(tmp_path):
    assert not forecasts.has_forecasts("0123456789", root=tmp_path)
    forecasts.append_forecasts(full_ambitions(), manifest=MANIFEST, root=tmp_path)
    assert forecasts.has_forecasts("0123456789", root=tmp_path)
    assert not forecasts.has_forecasts("0123456780", root=tmp_path)


def test_forecasts_with_other_columns_are_left_alone(tmp_path):
    (tmp_path / forecasts.FORECASTS).write_text("date,guess\n")
    with pytest.raises(errors.InputError, match="other columns"):
        forecasts.append_forecasts(full_ambitions(), manifest=MANIFEST, root=tmp_path)


def test_a_disk_that_fills_while_a_forecast_is_added_leaves_the_record_as_it_was(tmp_path, monkeypatch):
    path = forecasts.append_forecasts(full_ambitions(), manifest=MANIFEST, root=tmp_path)
    before = path.read_bytes()

    def full(_file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "settle_file", full)
    with pytest.raises(errors.MachineError):
        forecasts.append_forecasts(full_ambitions(), manifest=MANIFEST, root=tmp_path)
    assert path.read_bytes() == before


def key(**changes):
    given = {"files": {"sites": "ab"}, "seed": 1, "draws": 5, "replicates": 2, "events": False, **changes}
    return provenance.run_key(given.pop("text", "name = 'a'"), **given)


def test_a_key_is_ten_hexadecimal_digits_and_stays_the_same():
    assert key() == key()
    assert len(key()) == 10
    assert int(key(), 16) >= 0


@pytest.mark.parametrize(
    "change",
    [
        {"text": "name = 'b'"}, {"files": {"sites": "ac"}}, {"files": {}}, {"seed": 2}, {"draws": 6},
        {"replicates": 3}, {"events": True}, {"precision": 0.02},
    ],
)  # fmt: skip
def test_whatever_decides_the_values_changes_the_key(change):
    assert key(**change) != key()


def test_a_precision_stands_in_the_key_for_the_number_of_draws():
    assert key(precision=0.02) == key(precision=0.02, draws=6)
    assert key(precision=0.02) != key(precision=0.01)


def test_the_hash_of_values_does_not_depend_on_how_they_are_held():
    held = pd.DataFrame({"n": [1, 2], "x": [0.0, None], "day": pd.to_datetime(["2021-03-31", None]), "t": ["a", None]})
    other = pd.DataFrame({"n": [1.0, 2.0], "x": [-0.0, None], "day": ["2021-03-31", None], "t": ["a", ""]})
    assert values.values_hash({"t": held}) == values.values_hash({"t": other})


@pytest.mark.parametrize("change", [{"x": [1.0, 2.0]}, {"y": [1.0, 3.0]}, {"x": [1.0, 3.0], "z": ["", ""]}])
def test_the_hash_of_values_sees_every_change(change):
    assert values.values_hash({"t": pd.DataFrame(change)}) != values.values_hash({"t": pd.DataFrame({"x": [1.0, 3.0]})})


def test_text_columns_that_swap_their_values_hash_differently():
    one, two = pd.DataFrame({"t": ["a", "b"]}), pd.DataFrame({"t": ["b", "a"]})
    assert values.values_hash({"t": one}) != values.values_hash({"t": two})


@pytest.mark.parametrize(
    "manifest",
    [
        [],
        {"key": "0123456789"},
        {"key": 1, "name": "x", "draws": 1, "replicates": 1},
        {"key": "0123456789", "name": "x", "draws": "1", "replicates": 1},
        {"key": "k", "name": "x", "draws": 1, "replicates": 1, "chunks": [{"file": "../draws/000000-000001.arrow"}]},
        {"key": "k", "name": "x", "draws": 1, "replicates": 1, "chunks": [{"file": "/etc/passwd"}]},
        {"key": "k", "name": "x", "draws": 1, "replicates": 1, "chunks": [7]},
        {"key": "k", "name": "x", "draws": 1, "replicates": 1, "chunks": 7},
    ],
)
def test_a_manifest_that_no_run_wrote_is_none(tmp_path, manifest):
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    assert folders.manifest_there(tmp_path) is None
    with pytest.raises(errors.InputError, match="not a finished run folder"):
        store.read_run(tmp_path)


def test_a_table_of_more_than_any_machine_holds_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "MOST_VALUES", 1000)
    pd.DataFrame({"a": [0] * 501, "b": [0] * 501}).to_parquet(tmp_path / "sites.parquet")
    with pytest.raises(ValueError, match=r"501 rows of 2 columns"):
        store.read_table(tmp_path / "sites.parquet")

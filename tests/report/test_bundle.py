"""A bundle for publication: whole, repeatable, and when anonymised with nobody in it."""

import hashlib
import io
import json
import re
import tomllib
import zipfile

import numpy as np
import pandas as pd
import pytest

from spread import errors
from spread.report import bundle, bundle_readme, disclosure, plain_copy, pseudonyms
from spread.runs import checking, folders, store
from tests.report import small

KEY = b"k" * pseudonyms.KEY_BYTES


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return small.make(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def plain(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("plain") / "bundle.zip"
    bundle.write_bundle([run.folder], path)
    return path


@pytest.fixture(scope="module")
def anonymous(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("anonymous") / "bundle.zip"
    bundle.write_bundle([run.folder, run.folder], path, anonymise=True, key=KEY)
    return path


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def csv(path, name):
    return pd.read_csv(io.BytesIO(contents(path)[f"run-1/{name}"]), dtype="str", keep_default_na=False)


def searchable(name, data):
    """Everything in a file that could be read, in small letters."""
    if not name.endswith(".parquet"):
        return data.decode().casefold()
    table = pd.read_parquet(io.BytesIO(data))
    words = [str(word) for column in table.select_dtypes(exclude="number") for word in table[column].unique()]
    return " ".join([*map(str, table.columns), *words, data.decode("latin-1")]).casefold()


def test_no_code_name_place_or_user_is_in_any_byte_of_an_anonymised_bundle(run, anonymous):
    for name, data in contents(anonymous).items():
        text = f"{name} {searchable(name, data)}".casefold()
        assert [secret for secret in run.secrets if secret.casefold() in text] == [], name


def test_the_search_for_names_would_find_them(run, plain):
    held = {secret for name, data in contents(plain).items() for secret in run.secrets
            if secret.casefold() in searchable(name, data)}  # fmt: skip
    assert {"QZX01", "QZX14", "netherby-royal"} <= held


def test_nothing_that_a_run_was_made_from_is_in_an_anonymised_manifest(run, anonymous):
    was = json.loads((run.folder / "manifest.json").read_text())
    text = "".join(searchable(name, data) for name, data in contents(anonymous).items())
    hashes = [was["key"], was["content_hash"], *was["table_hashes"].values(), *was["data_files"].values()]
    assert not [one for one in hashes if one in text]
    now = json.loads(contents(anonymous)["run-1/manifest.json"])
    assert "command_line" not in now
    assert now["data_files"] == {"sites": "not in this bundle", "stages": "not in this bundle"}
    assert now["seed"] == was["seed"]


def test_pseudonyms_are_the_same_everywhere_in_a_bundle_and_new_in_the_next(run, anonymous, tmp_path):
    held = contents(anonymous)
    assert held["run-1/sites.csv"] == held["run-2/sites.csv"]
    organisations = csv(anonymous, "summary.csv").query("group_kind == 'organisation'")["group"].unique()
    assert len(organisations) == len(small.ORGANISATIONS)
    assert all(re.fullmatch(r"organisation-[a-z2-7]{8}", one) for one in organisations)
    bundle.write_bundle([run.folder], tmp_path / "next.zip", anonymise=True)
    theirs = set(csv(tmp_path / "next.zip", "sites.csv")["site"])
    assert theirs.isdisjoint(csv(anonymous, "sites.csv")["site"])


def test_the_key_of_the_pseudonyms_is_not_in_the_bundle(anonymous):
    assert not [name for name, data in contents(anonymous).items() if KEY in data or KEY.hex().encode() in data]


def test_tables_with_a_row_for_every_run_stay_out_and_sites_are_coarse(anonymous):
    names = {name.removeprefix("run-1/") for name in contents(anonymous)}
    assert names.isdisjoint({"adoption.parquet", "run_values.parquet", "sites.parquet", "events.parquet", "draws"})
    sites = csv(anonymous, "sites.csv")
    assert list(sites.columns) == ["site", "intervention", "deadline", "chance_adopted"]
    assert sites["site"].nunique() == len(small.SITES)
    assert list(sites["site"]) == sorted(sites["site"])
    assert all(re.fullmatch(r"\d+ to \d+ %", one) for one in sites["chance_adopted"])


def test_a_collaborative_with_few_sites_shows_no_number(anonymous):
    summary = csv(anonymous, "summary.csv").query("group_kind == 'psc' and group == 'YH'")
    assert set(summary["mean"]) == {disclosure.HIDDEN}
    ambitions = csv(anonymous, "ambitions.csv").query("scope == 'psc:YH'").iloc[0]
    assert ambitions["chance"] == ambitions["value_q50"] == disclosure.HIDDEN
    assert set(csv(anonymous, "exceedance.csv").query("scope == 'psc:YH'")["chance"]) == {disclosure.HIDDEN}
    assert set(csv(anonymous, "bottlenecks.csv").query("psc == 'YH'")["eligible"]) == {disclosure.HIDDEN}
    assert set(csv(anonymous, "costs.csv").query("psc == 'YH'")["quantity"]) == {disclosure.HIDDEN}


def test_no_share_that_is_shown_stands_for_one_to_four_sites(run, anonymous):
    eligible = {"national": 14, "Wessex": 7, "KSS": 5, "System Wessex": 7, "System KSS": 5, "acute": 14, "WX": 7}
    rows = csv(anonymous, "summary.csv")
    seen = 0
    for row in rows[rows["group"].isin(eligible)].to_dict(orient="records"):
        for column in disclosure.BAND:
            if row[column] not in ("", disclosure.HIDDEN):
                count = float(row[column]) * eligible[row["group"]]
                seen += 1
                assert count < 1e-6 or count > 5 - 1e-6, row
    assert seen > 100


def test_what_was_observed_of_a_group_is_left_out(anonymous):
    summary = csv(anonymous, "summary.csv")
    first = summary["date"].min()
    assert first == "2020-09-30"
    assert set(summary[summary["date"] == first]["group_kind"]) == {"national"}
    assert set(csv(anonymous, "ambitions.csv").query("scope != 'national'")["value_now"]) == {disclosure.HIDDEN}


def test_the_threshold_can_be_chosen(run, tmp_path):
    bundle.write_bundle([run.folder], tmp_path / "two.zip", anonymise=True, least=2)
    shown = csv(tmp_path / "two.zip", "bottlenecks.csv").query("psc == 'YH'")["eligible"]
    assert set(shown) == {"2"}
    assert "fewer than 2 sites" in contents(tmp_path / "two.zip")["README.md"].decode()


def test_the_scenario_still_reads_as_a_scenario_with_plain_names_of_files(anonymous):
    tree = tomllib.loads(contents(anonymous)["run-1/scenario.toml"].decode())
    assert tree["world"]["sites"] == "sites.csv"
    assert tree["start_from"]["stages"] == "stages.csv"
    assert "organisation-" in tree["title"]
    assert "site-" in tree["description"]
    assert "/home" not in tree["description"]


def test_a_plain_bundle_is_the_same_bytes_again(run, plain, tmp_path):
    bundle.write_bundle([run.folder], tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == plain.read_bytes()
    with zipfile.ZipFile(plain) as archive:
        assert {info.date_time for info in archive.infolist()} == {bundle.STAMP}


def test_a_plain_bundle_can_be_verified_where_it_is_unpacked(plain, tmp_path):
    with zipfile.ZipFile(plain) as archive:
        archive.extractall(tmp_path)
    (folder,) = (path.parent for path in tmp_path.glob("*/manifest.json"))
    assert checking.damaged_files(folder, folders.manifest_there(folder)) == []


@pytest.mark.parametrize("whose", ["plain", "anonymous"])
def test_every_file_has_its_checksum(whose, request):
    held = contents(request.getfixturevalue(whose))
    lines = held.pop("SHA256SUMS").decode().splitlines()
    sums = {line.split("  ")[1]: line.split("  ")[0] for line in lines}
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in held.items()}


def test_the_readme_says_how_to_make_it_again_and_what_was_hidden(plain, anonymous):
    said = contents(plain)["README.md"].decode()
    assert re.search(r"spread run \S+/scenario.toml --seed 1 --draws 8 --replicates 2", said)
    assert "- stages: SHA-256 `" in said
    assert "fewer than 5 sites" in contents(anonymous)["README.md"].decode()


def test_no_place_on_a_machine_is_in_a_plain_bundle(run, plain):
    for name, data in contents(plain).items():
        assert str(run.folder.parent) not in searchable(name, data)


def test_a_bundle_in_which_a_name_is_left_is_not_written():
    redactor = pseudonyms.Redactor([pseudonyms.Name("Netherby Royal", "site-x")])
    with pytest.raises(errors.InputError, match=r"README\.md.*no bundle was written"):
        bundle.refuse_named([bundle.Member("README.md", b"At netherby-royal they said")], redactor)
    bundle.refuse_named([bundle.Member("README.md", b"At Netherby, the Royal")], pseudonyms.Redactor([]))


def test_a_run_whose_sites_cannot_be_read_is_not_made_anonymous(run, tmp_path):
    import shutil

    shutil.copytree(run.folder, tmp_path / "moved")
    text = (tmp_path / "moved" / "scenario.toml").read_text()
    (tmp_path / "moved" / "scenario.toml").write_text(text.replace("hogglestock-sites.csv", "gone.csv"))
    with pytest.raises(errors.InputError, match="no file"):
        bundle.write_bundle([tmp_path / "moved"], tmp_path / "bundle.zip", anonymise=True)
    assert not (tmp_path / "bundle.zip").exists()


# --- pieces --------------------------------------------------------------------------------------


def test_names_are_found_whatever_their_capitals_and_signs_and_the_longest_first():
    names = [
        ("R0A", "organisation-a"),
        ("R0A-1", "site-b"),
        ("St Swithin's", "site-c"),
        ("7", "site-d"),
        ("A", "site-e"),
    ]
    redactor = pseudonyms.Redactor(pseudonyms.Name(*name) for name in names)
    assert redactor.redact("r0a-1, R0A and R0AB; ST SWITHIN'S at 7 A") == (
        "site-b, organisation-a and R0AB; site-c at 7 A"
    )
    assert redactor.names_left("x_R0A_y") == ["R0A"]


@pytest.mark.parametrize(
    ("hidden", "count", "wanted"),
    [
        ([True, False, False, False], [2, 30, 9, 12], [True, False, True, False]),
        ([True, True, False, False], [2, 3, 9, 12], [True, True, False, False]),
        ([False, False, False, False], [20, 30, 9, 12], [False] * 4),
        ([True, False, False, False], [2, 0, 0, 2], [True, False, False, True]),
        ([True, False, False, False], [2, 0, 0, 0], [True, False, False, False]),
    ],
)
def test_a_lone_hidden_cell_gets_company(hidden, count, wanted):
    found = disclosure.hide_lone(np.array(hidden), np.array(count, dtype=float), np.zeros(4, dtype=int))
    assert list(found) == wanted


def test_no_hidden_cell_of_a_table_with_totals_can_be_worked_out():
    rng = np.random.default_rng(1)
    for _ in range(12):
        causes = ("testing", "undecided", "adopted")
        rows = pd.DataFrame({name: 0.0 for name in (*disclosure.CAUSES, "adopted")}, index=range(6))
        for name in causes:
            rows[name] = rng.integers(0, 12, 6).astype(float)
        rows["eligible"] = rows.sum(axis=1)
        rows.loc[len(rows)] = rows.sum()
        rows = rows.assign(intervention="a", deadline="d", psc=[*"ABCDEF", "national"])
        for cause in disclosure.CAUSES:
            rows[f"{cause}_months"] = rows[cause]
        rows = rows.assign(slot_wait_days=1.0, coach_wait_days=1.0, coach_utilisation=0.5)
        found = disclosure.hide_bottlenecks(rows, disclosure.Rules(5, disclosure.Sizes({}), None, None))
        cells = found[[*disclosure.CAUSES, "adopted", "eligible"]].to_numpy() == disclosure.HIDDEN
        counts = rows[[*disclosure.CAUSES, "adopted", "eligible"]].to_numpy()
        for line, values in [*zip(cells, counts, strict=True), *zip(cells.T, counts.T, strict=True)]:
            others = (values > 0) & ~line
            assert line.sum() != 1 or not others.any()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("spread run /home/jane/plan.toml -q", "spread run plan.toml -q"),
        (r"C:\Users\jane\plan.toml", "plan.toml"),
        ("see https://www.england.nhs.uk/patient-safety/x", "see https://www.england.nhs.uk/patient-safety/x"),
        ("and/or, 1/2", "and/or, 1/2"),
    ],
)
def test_absolute_paths_are_cut_to_their_last_part(text, wanted):
    assert plain_copy.without_paths({"a": [text]}) == {"a": [wanted]}


@pytest.mark.parametrize("events", [True, False])
def test_the_readme_asks_for_every_event_where_the_run_kept_them(run, events):
    stored = store.read_run(run.folder, tables=())
    text = bundle_readme.plain(["here"], [stored._replace(manifest={**stored.manifest, "events": events})])
    assert (f"--replicates {stored.manifest['replicates']} --events" in text) == events

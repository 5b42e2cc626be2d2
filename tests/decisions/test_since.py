"""A change split among what changed: it adds up, what did not change is charged nothing, files gone are named."""

import itertools

import numpy as np
import pytest

from spread import errors
from spread.decisions import past_runs, question_parts, since, splitting
from spread.scenarios import reading, writing

PARTS = ("a", "b", "c")


def values_of(seed):
    random = np.random.default_rng(seed)
    return {mix: random.normal(size=(5, 2)) for mix in splitting.mixes_of(PARTS, all_orders=True)}


@pytest.mark.parametrize("all_orders", [True, False])
def test_shares_add_up_to_the_change(all_orders):
    values = values_of(1)
    shares = splitting.split(values, PARTS, all_orders=all_orders)
    whole = values[frozenset(PARTS)] - values[splitting.NOTHING]
    np.testing.assert_allclose(sum(shares.values()), whole, atol=1e-12)


def test_an_average_over_all_orders_is_that_of_the_orders_one_by_one():
    values = values_of(2)
    orders = list(itertools.permutations(PARTS))
    one_by_one = [splitting.split(values, order, all_orders=False) for order in orders]
    averaged = splitting.split(values, PARTS, all_orders=True)
    for part in PARTS:
        np.testing.assert_allclose(averaged[part], sum(shares[part] for shares in one_by_one) / len(orders))


def test_what_parts_do_together_is_shared_equally_and_idle_parts_get_nothing():
    values = {mix: float({"a", "b"} <= mix) for mix in splitting.mixes_of(PARTS, all_orders=True)}
    assert splitting.split(values, PARTS, all_orders=True) == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.0})
    assert splitting.split(values, PARTS, all_orders=False) == {"a": 0.0, "b": 1.0, "c": 0.0}


def test_one_order_takes_one_value_more_than_there_are_parts():
    assert len(splitting.mixes_of(PARTS, all_orders=False)) == 4
    assert len(splitting.mixes_of(PARTS, all_orders=True)) == 8


def test_parts_that_cannot_be_changed_alone_are_joined():
    def needs_both(mix):
        return ("a" in mix) == ("c" in mix)

    joined = splitting.join_until_possible([{part} for part in PARTS], needs_both, all_orders=True)
    assert all(needs_both(frozenset().union(*mix)) for size in range(len(joined) + 1)
               for mix in itertools.combinations(joined, size))  # fmt: skip
    assert frozenset().union(*joined) == set(PARTS)
    assert splitting.join_until_possible([{part} for part in PARTS], lambda mix: True, all_orders=True) == [
        {"a"}, {"b"}, {"c"}
    ]  # fmt: skip


def test_rounded_shares_add_up_to_the_rounded_change():
    random = np.random.default_rng(3)
    for _ in range(200):
        parts = random.normal(scale=0.05, size=4)
        total = round(float(parts.sum()), 3)
        rounded = splitting.round_to_total(parts.tolist(), total, 0.001)
        assert sum(rounded) == pytest.approx(total, abs=1e-12)
        assert np.abs(np.array(rounded) - parts).max() < 0.0011


# --- taking a forecast apart ----------------------------------------------------------------------

SITES = "site,organisation,setting,psc,services\n" + "".join(
    f"S{number},O{number},acute,{'Wessex' if number % 2 else 'YH'},tracheostomy\n" for number in range(8)
)
STAGES = "site,intervention,date,stage\nS1,tracheostomy_bedhead_signs,2020-09-30,5\n"


@pytest.fixture
def written(tmp_path):
    def write(name, toml=""):
        (tmp_path / "sites.csv").write_text(SITES)
        (tmp_path / "stages.csv").write_text(STAGES)
        head = f'schema = 1\nname = "{name}"\nbase = "tracheostomy-standard"\n'
        top, _, tables = toml.partition("\n[")
        world = '[world]\npopulation = "files"\nsites = "sites.csv"\n'
        (tmp_path / f"{name}.toml").write_text(head + top + "\n" + world + (f"[{tables}" if tables else ""))
        return reading.read_scenario(tmp_path / f"{name}.toml")

    return write


CHANGES = {
    "data": '\n[start_from]\nstages = "stages.csv"\nas_of = 2020-09-30\n',
    "denominator": "\n[interventions.tracheostomy_bedhead_signs.eligible]\nservices = []\n",
    "plan": "coaches = 3.0\n",
    "parameters": "\n[parameters]\nkappa = 1.0\n",
}


@pytest.mark.parametrize("part", question_parts.PARTS)
def test_a_change_is_charged_to_the_part_it_is_in_and_to_no_other(written, part):
    old = question_parts.Question(written("old"), {})
    new = question_parts.Question(written("new", CHANGES[part]), {})
    assert question_parts.differing(old, new) == (part,)
    assert question_parts.differing(new, new) == ()


def test_other_bytes_in_a_data_file_are_a_difference_of_its_part(written):
    one = question_parts.Question(written("old"), {"sites": "x", "stages": "y"})
    assert question_parts.differing(one, one._replace(files={"sites": "z", "stages": "y"})) == ("denominator",)
    assert question_parts.differing(one, one._replace(files={"sites": "x", "stages": "z"})) == ("data",)
    assert question_parts.differing(one, one._replace(posterior="fitted")) == ("parameters",)


def test_with_every_part_of_the_new_one_it_is_the_new_one(written):
    old = written("old")
    new = written("new", "coaches = 3.0\n" + CHANGES["data"] + "[parameters]\nkappa = 1.0\n")
    for of_new, same in ((set(), old), (set(question_parts.PARTS), new)):
        mixed = question_parts.mix(old, new, of_new)
        assert writing.canonical_text(mixed) == writing.canonical_text(same)
    half = question_parts.mix(old, new, {"parameters"})
    assert half.parameters["kappa"].value == 1.0
    assert half.coaches == old.coaches


def forecast(gone=(), lost=()):
    values = {"ambition": ["x"], "scope": ["national"]}
    return past_runs.Forecast("old", {}, None, tuple(gone), tuple(lost), values)


def test_parts_whose_old_files_are_gone_are_changed_first_and_new_ones_last():
    find = since._what_can_be_changed
    assert find(forecast(["data"]), forecast(), ["data", "plan"]) == (("data",), (), ["plan"])
    assert find(forecast(), forecast(["data"]), ["data", "plan"]) == ((), ("data",), ["plan"])
    with pytest.raises(errors.InputError, match=r"sites\.csv has changed"):
        find(forecast(["denominator"], ["sites.csv has changed"]), forecast(), ["plan"])

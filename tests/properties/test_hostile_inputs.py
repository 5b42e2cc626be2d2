"""Files of every kind, spoilt in every way: accepted, or refused with each fault in its place."""

from pathlib import Path

import pytest

from spread import errors
from tests.verification import fuzz, fuzz_kinds, fuzz_oracle

SEED = 20
INPUTS = 300


@pytest.fixture(scope="module")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small world every spoilt file stands in."""
    folder = tmp_path_factory.mktemp("fuzz")
    fuzz_kinds.set_up(folder)
    return folder


def judge(kind: fuzz_kinds.Kind, data: bytes, folder: Path, *, run: bool = False) -> fuzz.Verdict:
    # Compiling counts as well as reading, where nothing is compiled yet.
    return fuzz.judge(kind, data, folder, run=run, seconds=20 * fuzz.LONGEST_SECONDS)


@pytest.mark.parametrize("kind", fuzz_kinds.KINDS.values(), ids=fuzz_kinds.KINDS)
def test_every_sound_example_is_accepted(small_world: Path, kind: fuzz_kinds.Kind) -> None:
    for path in fuzz_kinds.sound(kind):
        assert judge(kind, path.read_bytes(), small_world, run=True).outcome == fuzz.ACCEPTED, path.name


@pytest.mark.parametrize("kind", fuzz_kinds.KINDS.values(), ids=fuzz_kinds.KINDS)
def test_what_was_once_taken_wrongly_is_taken_well(small_world: Path, kind: fuzz_kinds.Kind) -> None:
    for path in fuzz_kinds.failures(kind):
        assert judge(kind, path.read_bytes(), small_world, run=True).findings == (), path.name


def test_some_hundred_spoilt_files_are_taken_well(small_world: Path) -> None:
    found = {}
    for one in fuzz.plan_inputs(INPUTS):
        verdict = judge(fuzz_kinds.KINDS[one.kind], fuzz.made(one, SEED), small_world)
        if verdict.findings:
            found[one] = verdict.findings[0]
    assert found == {}


@pytest.mark.slow
def test_ten_thousand_spoilt_files_are_taken_well() -> None:
    judged = fuzz.run_all(fuzz.plan_inputs(10_000), SEED + 1)
    assert [(one, verdict.findings) for one, verdict, _ in judged if verdict.findings] == []


def test_spoilt_files_follow_from_the_seed() -> None:
    one = fuzz.plan_inputs(1, kind="return_xlsx")[0]
    assert fuzz.make(one, SEED)[:4] == fuzz.make(one, SEED)[:4]
    several = [fuzz.make(one, SEED) for one in fuzz.plan_inputs(40, kind="sites")]
    assert several == [fuzz.make(one, SEED) for one in fuzz.plan_inputs(40, kind="sites")]
    assert len(set(several)) > 30


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        (errors.Fault("'x' is no stage", "", 3, "stage"), "names no file"),
        (errors.Fault("'x' is no stage", "begun.csv", 0, "stage"), "names no line"),
        (errors.Fault("'x' is no stage", "begun.csv", 3), "names no key"),
        (errors.Fault("'\x1b[31m' is no stage", "begun.csv", 3, "stage"), "unprintable"),
        (errors.Fault("Input should be 'a' or 'b'", "begun.csv", 3, "stage"), "raw message"),
        (errors.Fault("x" * 1000, "begun.csv", 3, "stage"), "message too long"),
    ],
)
def test_a_fault_out_of_place_is_complained_of(fault: errors.Fault, complaint: str) -> None:
    kind = fuzz_kinds.KINDS["stages"]
    path = Path("/nowhere") / kind.file
    (said,) = fuzz_oracle.complaints(kind, path, errors.InputError(fault))
    assert said.startswith(complaint)


def test_an_exception_and_a_hang_are_findings(small_world: Path) -> None:
    def broken(path: Path) -> None:
        raise KeyError(path.name)

    def endless(_path: Path) -> None:
        while True:
            pass

    kind = fuzz_kinds.KINDS["stages"]
    assert "KeyError" in fuzz.judge(kind._replace(read=broken), b"", small_world, run=False).findings[0]
    stuck = fuzz.judge(kind._replace(read=endless), b"", small_world, run=False, seconds=0.2)
    assert stuck.findings[0].startswith("longer than")

"""Every command that writes, on a disk that refuses at every point where it is written to, and with Ctrl-C there.

Run as ``python -m tests.verification.faults [COMMAND ...]``, the commands of `fault_cases.CASES`, all unless given;
``--most N`` of the points of each, ``--kinds`` of failing. It needs Linux and gcc. A first pass notes every call that
reaches the disk; then the command runs once for each of them and each of `refusing.KINDS`. It has to end with 5 or 130
and one line that names a file, or with 0 when nothing was lost; what was there before is there still, what has its
final name is whole; and the same command then ends as if nothing had happened. Last come a stdout that is full, closed
or read by nobody. Ends with 1 if anything is otherwise.
"""

import argparse
import contextlib
import hashlib
import itertools
import json
import os
import re
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.verification import fault_cases, refusing

INTERRUPTED, REFUSED = 130, 5
ALL = 10**6
RECORD = "results/forecasts.csv"
# They write what was asked for once, and again only if told to.
TO_FILES = ("scenario", "brief", "report", "return", "results export", "results bundle", "network", "trace")
TALK = ("Wrote", "Drew", "Saved", "  ")
PACKED, STAMPED = (".docx", ".pptx", ".xlsx"), "docProps/core.xml"
NAMES_A_FILE = re.compile(r"cannot write (a temporary file in )?\S+: |[\w.-]+[/.][\w.-]+")
WHOLE = ("manifest.json", "find.json", "target.json", "sensitivity.json", "fit.json", "hindcast.json")

Tree = dict[str, str]


class Failure(NamedTuple):
    """What went wrong after a call had been refused."""

    kind: str
    point: refusing.Point
    why: str

    def __str__(self) -> str:
        point = self.point
        return f"  {self.kind} {point.call} {point.path} #{point.time} at {point.site}\n    {self.why}"


class Report(NamedTuple):
    """A command: its points, how many trials, how many ended well all the same, and what went wrong."""

    points: int
    trials: int
    unhurt: int
    failures: list[Failure]


class Bench:
    """A folder in which a command runs again and again from the same beginning, in forked processes."""

    def __init__(self, place: Path, case: fault_cases.Case) -> None:
        self.place, self.work, self.template = place, place / "work", place / "before"
        fault_cases.make_world(self.template)
        fault_cases.lessen_efforts()
        os.chdir(self.template)
        for words in case.before:
            self._run(fault_cases.spelt_out(words, self.template), letter="e")
        self.words = fault_cases.spelt_out(case.words, self.template)
        self.restore()
        self.memory = refusing.warmed(self.words) if self.words != ["compile"] else None
        self.points, self.prints, self.wanted = self._first_pass()
        self.record = text_of(self.work / RECORD)
        self.restore()
        self._run(self.words, letter="b")
        again = tree(self.work)
        self.varying = {name for name in self.wanted if self.wanted[name] != again.get(name)}
        self.good: set[str] = set()

    def restore(self) -> None:
        """Begin again."""
        os.chdir(self.place)
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.template, self.work)
        (self.work / fault_cases.TEMPORARY).mkdir()
        os.chdir(self.work)

    def _run(
        self, words: list[str], *, letter: str, prepare: refusing.Prepare = lambda: None
    ) -> refusing.Ended:  # fmt: skip
        ended = refusing.run_forked(words, self.place, letter=letter, prepare=prepare)
        if ended.code != 0:
            raise RuntimeError(f"{' '.join(words)} ended with {ended.code}: {ended.said}")
        return ended

    def _first_pass(self) -> tuple[list[refusing.Point], bool, Tree]:
        """Every point of the command, whether it prints anything, and what is there afterwards."""
        self.restore()
        notes = self.place / "notes"
        with notes.open("wb") as file:
            ended = self._run(self.words, letter="a", prepare=lambda: refusing.watch(self.work, file.fileno()))
        return refusing.read_points(notes), ended.has_printed, tree(self.work)

    def try_point(self, point: refusing.Point, kind: str) -> tuple[str, bool]:
        """What is wrong when a call is refused (nothing when all is well), and whether it ended well all the same."""
        self.restore()
        before = tree(self.work)
        with (self.place / "notes").open("wb+") as file:

            def prepare() -> object:
                self._remember()
                return refusing.watch(self.work, file.fileno(), point, refusing.KINDS[kind])

            ended = refusing.run_forked(self.words, self.place, letter="a", prepare=prepare)
            file.seek(0)
            if not file.read():
                return "never came to this point", False
        faults = [said_wrong(ended, REFUSED if refusing.KINDS[kind].error else INTERRUPTED)]
        faults += self._left_wrong(before, ended.code)
        state = self._state()
        # Where it ended well there is nothing left to do.
        if ended.code != 0 and state not in self.good:
            found = self._afterwards_wrong()
            faults += found
            if not found:
                self.good.add(state)
        return "; ".join(filter(None, faults)), ended.code == 0

    def try_output(self, to: str) -> str:
        """What is wrong when stdout is full or closed, or nobody reads it any more."""
        self.restore()
        before = tree(self.work)
        ended = refusing.run_forked(self.words, self.place, letter="a", prepare=self._remember, to=to)
        wanted = REFUSED if to == "full stdout" and self.prints else 0
        faults = list(self._left_wrong(before, 0))
        if ended.code != wanted or "Traceback" in ended.said:
            faults.append(f"ended with {ended.code}: {ended.said[-700:]}")
        if wanted and "No space left on device: stdout" not in ended.said:
            faults.append(f"said {ended.said}")
        return "; ".join(faults)

    def _remember(self) -> None:
        if self.memory is not None:
            refusing.remember(self.memory)

    def _left_wrong(self, before: Tree, code: int) -> Iterator[str]:
        """What was there before is there, or what was to be there; and nothing else under a final name."""
        after = tree(self.work)
        folders = self._wholes(before)
        for folder in folders:
            old, new, there = (files_of(folder, one) for one in (before, self.wanted, after))
            is_new = there.keys() == new.keys() and all(self._is_wanted(name, after) for name in there)
            if there != old and not is_new and not (not there and is_aside(old, after)):
                yield f"{folder} is neither as it was nor as it shall be: {len(there)} files"
        alone = before.keys() - {name for folder in folders for name in files_of(folder, before)}
        lost = (name for name in alone if is_final(name) and not {name, aside_name(name)} & after.keys())
        yield from (f"{name} is gone" for name in lost)
        others = after.keys() - {name for folder in folders for name in files_of(folder, after)}
        for name in others:
            is_good = after[name] == before.get(name) or self._is_wanted(name, after) or self._is_on_its_way(name)
            if is_final(name) and not is_good:
                yield f"{name} {'was changed' if name in before else 'is half-written, or not to be there'}"
        if code == 0:
            yield from (f"ended with 0 without {name}" for name in self.wanted if is_final(name) and name not in after)

    def _is_wanted(self, name: str, after: Tree) -> bool:
        return name in self.wanted and (after[name] == self.wanted[name] or name in self.varying)

    def _is_on_its_way(self, name: str) -> bool:
        """Whether it is the record of forecasts with the rows of some of several runs."""
        old, there = (text_of(folder / RECORD) for folder in (self.template, self.work))
        is_between = there.startswith(old) and self.record.startswith(there)
        return name == RECORD and is_between and there.endswith("\n")

    def _wholes(self, before: Tree) -> list[str]:
        """Folders that are there whole or not at all."""
        marks = [name for name in before | self.wanted if name.endswith(WHOLE) and is_final(name)]
        return list(dict.fromkeys(name.rpartition("/")[0] for name in marks))

    def _state(self) -> str:
        found = {name: "" if name in self.varying else content for name, content in tree(self.work).items()}
        return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()

    def _afterwards_wrong(self) -> list[str]:
        """What is wrong with the same command afterwards, when nothing refuses."""
        there = tree(self.work)
        new = [name for name in self.wanted if is_final(name) and not (self.template / name).exists()]
        is_done = " ".join(self.words).startswith(TO_FILES) and new and all(name in there for name in new)
        words = [*self.words, "--force"] if is_done else self.words
        ended = refusing.run_forked(words, self.place, letter="c", prepare=self._remember)
        if ended.code != 0:
            return [f"afterwards it ends with {ended.code}: {ended.said[-500:]}"]
        after = tree(self.work)
        return [
            f"afterwards {name} is {'another' if name in after else 'missing'}"
            for name in self.wanted
            if is_final(name) and (name not in after or not self._is_wanted(name, after)) and not self._is_noted(name)
        ]

    def _is_noted(self, name: str) -> bool:
        """Whether it is the record of forecasts, to which computing a run again on demand adds its rows again."""
        return name == RECORD and "--force" in self.words and text_of(self.work / RECORD).startswith(self.record)


def said_wrong(ended: refusing.Ended, wanted: int) -> str:
    """What is wrong with how a command ended that was refused or interrupted."""
    if "Traceback" in ended.said or ended.code not in (0, wanted):
        return f"ended with {ended.code}: ...{ended.said[-900:]}"
    messages = [line for line in ended.said.splitlines() if line and not line.startswith(TALK)]
    if ended.code == 0:
        return ""
    if len(messages) != 1:
        return f"{len(messages)} messages: {ended.said}"
    is_plain = NAMES_A_FILE.search(messages[0]) if wanted == REFUSED else messages[0].startswith("Interrupted")
    return "" if is_plain else f"said {messages[0]}"


def text_of(path: Path) -> str:
    """The text of a file; none where it is not there."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def tree(folder: Path) -> Tree:
    """What is in a folder: a hash by file."""
    return {str(path.relative_to(folder)): _content(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def _content(path: Path) -> str:
    if path.suffix == ".lock":
        return ""
    content = path.read_bytes()
    if path.name == "manifest.json":
        with contextlib.suppress(ValueError):
            return str(json.loads(content)["content_hash"])
    if path.suffix in PACKED:
        with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as packed:
            content = b"".join(name.encode() + packed.read(name) for name in packed.namelist() if name != STAMPED)
    return hashlib.sha256(content).hexdigest()


def is_final(name: str) -> bool:
    """Whether a file is where a user would look for it."""
    parts = name.split("/")
    return parts[0] != fault_cases.TEMPORARY and not any(one[0] == "." or one.endswith(".partial") for one in parts)


def files_of(folder: str, found: Tree) -> Tree:
    """The files of a folder but figures, which may be added."""
    return {name: found[name] for name in found if name.startswith(f"{folder}/") and "/figures/" not in name}


def is_aside(run: Tree, after: Tree) -> bool:
    """Whether a run is where runs are moved before another takes their place."""
    return all(after.get(aside_name(name)) == content for name, content in run.items())


def aside_name(name: str) -> str:
    """What a file of a run is called where the run was moved aside."""
    return f".{name.replace('/', '.old/', 1)}"


def try_case(name: str, place: Path, *, kinds: Iterable[str] = refusing.KINDS, most: int = ALL) -> Report:
    """Refuse a command at each of its points, or at so many of them, from the first to the last."""
    bench = Bench(place, fault_cases.CASES[name])
    points = bench.points[:: max(1, -(-len(bench.points) // most))]
    failures, trials, unhurt = [], 0, 0
    for point, kind in itertools.product(points, kinds):
        why, is_unhurt = bench.try_point(point, kind)
        trials, unhurt = trials + 1, unhurt + is_unhurt
        if why:
            failures.append(Failure(kind, point, why))
            print(failures[-1], flush=True)
    for output in refusing.OUTPUTS:
        why = bench.try_output(output)
        trials += 1
        if why:
            failures.append(Failure(output, refusing.Point("print", "stdout", 0, "its end"), why))
            print(failures[-1], flush=True)
    return Report(len(points), trials, unhurt, failures)


def main(words: list[str]) -> int:
    """Try commands and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commands", nargs="*", metavar="COMMAND")
    parser.add_argument("--most", type=int, default=ALL, metavar="POINTS")
    parser.add_argument("--kinds", nargs="*", default=list(refusing.KINDS), choices=list(refusing.KINDS))
    asked = parser.parse_args(words)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="faults-", dir=_scratch()) as folder:
        for number, name in enumerate(asked.commands or fault_cases.CASES):
            began = time.monotonic()
            found = try_case(name, Path(folder) / str(number), kinds=asked.kinds, most=asked.most)
            wrong += len(found.failures)
            counts = f"{found.points:4} points {found.trials:5} trials {found.unhurt:4} unhurt"
            seconds = time.monotonic() - began
            print(f"{name:28} {counts} {len(found.failures):4} failures, {seconds:.0f} s", flush=True)
        os.chdir(refusing.ROOT)
    print(f"{wrong} failures")
    return int(wrong > 0)


def _scratch() -> Path | None:
    """A disk in memory, where there is one."""
    place = Path("/dev/shm")  # noqa: S108 - where the system has it
    return place if place.is_dir() else None


if __name__ == "__main__":
    if not refusing.can_refuse():
        sys.exit("Needs Linux and gcc.")
    given = sys.argv[1:]
    sys.exit(main(given) if refusing.VARIABLE in os.environ else refusing.start("tests.verification.faults", given))

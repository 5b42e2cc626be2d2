"""Processes in which one call that reaches the disk is refused, or is the moment of a Ctrl-C (see refusing.c).

What takes long and does not write, such as drawing, is done once, and remembered by the processes forked afterwards.
"""

import contextlib
import ctypes
import errno
import functools
import io
import itertools
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.verification import fault_cases

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).with_suffix(".c")
VARIABLE = "SPREAD_REFUSING"
LONGEST_SECONDS = 900
FRAMES_TOLD = 3
OUTPUTS = ("full stdout", "gone reader", "closed stdout")
TOLD = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int)

Memory = dict[tuple[str, ...], Any]
Prepare = Callable[[], Any]


class Kind(NamedTuple):
    """How a call fails: an error number (0: Ctrl-C), once or from then on."""

    error: int
    for_good: bool = False


KINDS = {
    "ENOSPC": Kind(errno.ENOSPC),
    "EIO": Kind(errno.EIO),
    "EACCES": Kind(errno.EACCES),
    "full": Kind(errno.ENOSPC, for_good=True),
    "gone": Kind(errno.EIO, for_good=True),
    "Ctrl-C": Kind(0),
}


class Point(NamedTuple):
    """The nth time that a call concerns a path, and from where in the package it is made."""

    call: str
    path: str
    time: int
    site: str


class Ended(NamedTuple):
    """How a command ended: its exit code, what it said, and whether it printed anything."""

    code: int
    said: str
    has_printed: bool


def can_refuse() -> bool:
    """Whether calls can be refused here."""
    return sys.platform == "linux" and shutil.which("gcc") is not None


def start(module: str, words: list[str]) -> int:
    """Start a module in a process whose calls can be refused; its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        library = str(Path(folder) / "refusing.so")
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl", "-lpthread"], check=True)
        environment = {**os.environ, "LD_PRELOAD": library, VARIABLE: library, "PYTHONPATH": str(ROOT)}
        return subprocess.run([sys.executable, "-m", module, *words], env=environment, check=False).returncode


@functools.cache
def library() -> ctypes.CDLL:
    """What this process was started with."""
    return ctypes.CDLL(os.environ[VARIABLE])


def watch(folder: Path, notes: int, point: Point | None = None, kind: Kind | None = None) -> Any:
    """Write every call below a folder to an open file, or only the one refused; keep what is returned."""

    def tell(call: bytes, path: bytes, _is_refused: int) -> None:
        os.write(notes, b"\t".join([call, path, _site().encode()]) + b"\n")

    teller = TOLD(tell)
    library().faults_watch(str(folder).encode(), teller)
    if point is not None and kind is not None:
        library().faults_refuse(point.call.encode(), point.path.encode(), point.time, kind.error, int(kind.for_good))
    return teller


def _site() -> str:
    """Where in the package the calling thread is, the innermost first."""
    frames = []
    frame = sys._getframe(2)
    while frame is not None:
        place = Path(frame.f_code.co_filename)
        if place.is_relative_to(ROOT / "spread"):
            frames.append(f"{place.relative_to(ROOT / 'spread')}:{frame.f_lineno} {frame.f_code.co_name}")
        frame = frame.f_back
    return " < ".join(frames[:FRAMES_TOLD])


def read_points(notes: Path) -> list[Point]:
    """The points of a pass, as noted."""
    seen: Counter[tuple[str, str]] = Counter()
    points = []
    for line in notes.read_text().splitlines():
        call, path, site = line.split("\t")
        points.append(Point(call, path, seen[call, path], site))
        seen[call, path] += 1
    return points


def run_forked(words: list[str], place: Path, *, letter: str, prepare: Prepare = lambda: None, to: str = "") -> Ended:
    """Run a command here in a process of its own; `to` is one of `OUTPUTS` where its stdout is not a file.

    `letter` makes the names of its temporary files.
    """
    said, printed = place / "said", place / "printed"
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _redirect(said, printed, to)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.alarm(LONGEST_SECONDS)
            _name_alike(letter)
            kept = prepare()
            code = _command(words)
            library().faults_watch(b"", TOLD())
            sys.stdout.flush()
            del kept
        except BaseException:
            code = 1
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    has_printed = printed.exists() and printed.stat().st_size > 0
    return Ended(os.waitstatus_to_exitcode(status), said.read_text(errors="replace"), has_printed)


def _redirect(said: Path, printed: Path, to: str) -> None:
    """Send stderr to a file; stdout to another, to a full device, to a pipe that nobody reads, or close it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    os.dup2(os.open(said, flags), 2)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    if to == "closed stdout":
        os.close(1)
        sys.stdout = None  # type: ignore[assignment]
        return
    if to == "gone reader":
        reader, writer = os.pipe()
        os.close(reader)
    else:
        writer = os.open("/dev/full" if to == "full stdout" else printed, flags)
    os.dup2(writer, 1)
    os.close(writer)
    sys.stdout = os.fdopen(1, "w", closefd=False)


def _name_alike(letter: str) -> None:
    """Give the same random names to files in every process, so that points can be told from each other."""
    uuid.uuid4 = functools.partial(uuid.UUID, int=ord(letter))
    secrets.token_hex = lambda count=32: letter * (2 * count)
    tempfile.tempdir = str(Path.cwd() / fault_cases.TEMPORARY)
    tempfile._name_sequence = (f"{letter}{number:07d}" for number in itertools.count())  # type: ignore[attr-defined]


def _command(words: list[str]) -> int:
    """The command line as a function, from its first line to its last."""
    from spread.cli import main

    if words == ["compile"]:
        sys.stdout = sys.stdout or io.StringIO()
        return main.exit_code(fault_cases.compile_here)
    try:
        main.main(words)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else 0
    return 0


def warmed(words: list[str]) -> Memory:
    """Run a command in this process, so that what is forked from it has everything loaded; what drawing gave."""
    memory: Memory = {}
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        _swapped(lambda real, name: _recorder(real, name, memory)),
    ):
        _command(words)
    return memory


def remember(memory: Memory) -> None:
    """Give what drawing gave, for the rest of this process."""
    for owner, name in _slow():
        setattr(owner, name, _player(getattr(owner, name), name, memory))


def _slow() -> Iterator[tuple[Any, str]]:
    from matplotlib import figure

    from spread.plots import curves
    from spread.scenarios import writing

    yield from ((curves, name) for name in ("plot_curves", "tabulate_curves", "describe_curves"))
    yield figure.Figure, "savefig"
    yield writing, "write_resolved"


@contextlib.contextmanager
def _swapped(other: Callable[[Callable[..., Any], str], Callable[..., Any]]) -> Iterator[None]:
    """Put something in the place of each of what is slow."""
    real = [(owner, name, getattr(owner, name)) for owner, name in _slow()]
    for owner, name, function in real:
        setattr(owner, name, other(function, name))
    try:
        yield
    finally:
        for owner, name, function in real:
            setattr(owner, name, function)


def _key(name: str, given: tuple[Any, ...], named: dict[str, Any]) -> tuple[str, ...]:
    """What is drawn: a figure, which is one that was remembered itself; the tables of a run; a scenario."""
    first = given[0]
    what = id(first) if name == "savefig" else getattr(first, "manifest", {}).get("key", first)
    return name, str(what), *(f"{one}={named[one]}" for one in sorted(named))


def _recorder(real: Callable[..., Any], name: str, memory: Memory) -> Callable[..., Any]:
    def record(*given: Any, **named: Any) -> Any:
        made = real(*given, **named)
        buffers = [one for one in given if isinstance(one, io.BytesIO)]
        memory[_key(name, given, named)] = buffers[0].getvalue() if buffers else made
        return made

    return record


def _player(real: Callable[..., Any], name: str, memory: Memory) -> Callable[..., Any]:
    def play(*given: Any, **named: Any) -> Any:
        key = _key(name, given, named)
        if key not in memory:
            return real(*given, **named)
        buffers = [one for one in given if isinstance(one, io.BytesIO)]
        return buffers[0].write(memory[key]) if buffers else memory[key]

    return play

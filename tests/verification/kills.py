"""Kill a run again and again at random moments, let it go on, and compare its values with those of a run left alone.

Run as ``python -m tests.verification.kills 30`` (how many runs are killed at least once). Ends with 1 if any content
hash differs, or if a finished folder is not good.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.cli.worlds import SCENARIO, SITES

ROOT = Path(__file__).parents[2]
# Enough that a run takes seconds; the compiled engine is some hundred times as fast.
DRAWS = {"process": 12, "compiled": 300}
RUN = "from spread.runs import local; local.MOST_DRAWS = 1; from spread.cli.main import main; main({words!r})"


class Story(NamedTuple):
    """One run that was killed: how often, how many draws were on disk after each kill, and its content hash."""

    kills: int
    draws_after_kills: tuple[int, ...]
    content_hash: str


def command(*, engine: str, workers: int, draws: int | None = None) -> list[str]:
    """The words that start a run of the small world, a draw a chunk."""
    words = [
        "run",
        "tiny.toml",
        "--draws",
        str(draws or DRAWS[engine]),
        "--engine",
        engine,
        "--workers",
        str(workers),
        "-q",
    ]
    return [sys.executable, "-c", RUN.format(words=words)]


def make_world(folder: Path) -> None:
    """The files of a world of five sites."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sites.csv").write_text(SITES)
    (folder / "tiny.toml").write_text(SCENARIO)


def start(folder: Path, words: list[str]) -> "subprocess.Popen[bytes]":
    """Start a run in a process group of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(words, cwd=folder, stdout=nowhere, env=environment, start_new_session=True)


def finish(folder: Path, words: list[str]) -> tuple[float, str]:
    """Let a run come to its end: its seconds and the content hash of its values."""
    began = time.monotonic()
    with start(folder, words) as process:
        if process.wait(timeout=300) != 0:
            raise RuntimeError(f"the run ended with {process.returncode}")
    return time.monotonic() - began, content_hash(folder)


def content_hash(folder: Path) -> str:
    """The content hash of the one finished run in a folder."""
    (manifest,) = folder.glob("results/tiny/*/manifest.json")
    return str(json.loads(manifest.read_text())["content_hash"])


class Moment(NamedTuple):
    """When to kill: so many seconds after there were so many chunks on disk."""

    chunks: int
    seconds: float


def chunks_on_disk(folder: Path) -> int:
    """Chunks of the unfinished run in a folder."""
    return len(list(folder.glob("results/tiny/*.partial/draws/0*.arrow")))


def kill(process: "subprocess.Popen[bytes]", folder: Path, moment: Moment) -> bool:
    """Kill a run and its workers at a moment, unless it ends before; whether it was."""
    while process.poll() is None and chunks_on_disk(folder) < moment.chunks:
        time.sleep(0.005)
    try:
        process.wait(timeout=moment.seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return True
    return False


def kill_and_finish(folder: Path, words: list[str], moments: list[Moment]) -> Story:
    """Start a run again and again, kill it at each of the moments, then let it finish."""
    make_world(folder)
    after, kills = [], 0
    for moment in moments:
        with start(folder, words) as process:
            kills += kill(process, folder, moment)
        after.append(chunks_on_disk(folder))
    return Story(kills, tuple(after), finish(folder, words)[1])


def main(count: int) -> int:
    """Kill so many runs of two workers, half of them with each engine, from their start to their last move."""
    luck, wrong = random.Random(count), 0  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory(prefix="kills-") as place:
        scratch = Path(place)
        for engine, draws in DRAWS.items():
            words = command(engine=engine, workers=2)
            make_world(scratch / engine)
            seconds, wanted = finish(scratch / engine, words)
            print(f"{engine}: {draws} draws in {seconds:.1f} s left alone, {wanted[:16]}", flush=True)
            for number in range(count // 2):
                numbers = sorted(luck.randint(0, draws) for _ in range(luck.choice((1, 1, 2, 3))))
                moments = [Moment(chunks, luck.uniform(0.0, 0.5)) for chunks in numbers]
                story = kill_and_finish(scratch / f"{engine}-{number}", words, moments)
                is_same = story.content_hash == wanted
                wrong += not is_same
                left = ", ".join(str(draws) for draws in story.draws_after_kills)
                print(f"{'same' if is_same else 'DIFFERENT':9} {story.kills} kills, draws kept: {left}", flush=True)
    print(f"{wrong} of {2 * (count // 2)} runs differ")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 30))

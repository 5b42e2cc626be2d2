"""The same kinds and the same oracle under atheris, which follows what code an input reaches: for long runs.

Run as ``python -m tests.verification.fuzz_atheris KIND [atheris options]``, such as ``sites -max_total_time=3600``;
needs ``pip install atheris`` (wheels for Linux). The corpus of the kind is the beginning; what is new on the way is
kept in a folder of its own under the system's temporary files, and an input that fails is written where it runs.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["spread"], exclude=["spread.model", "spread.outcomes"]):
    from tests.verification import fuzz, fuzz_kinds, fuzz_shapes


class Wrongly(Exception):
    """An input was not taken as it must be."""


def main(words: list[str]) -> None:
    """Fuzz one kind until told to stop."""
    kind = fuzz_kinds.KINDS[words[1]]
    folder, reached = (Path(tempfile.mkdtemp(prefix=f"fuzz-{kind.name}-")) for _ in range(2))
    fuzz_kinds.set_up(folder)

    def take(data: bytes) -> None:
        verdict = fuzz.judge(kind, data, folder, run=False)
        if verdict.findings:
            raise Wrongly(*verdict.findings)

    def spoil(data: bytes, most: int, seed: int) -> bytes:
        luck = fuzz.random.Random(seed)
        if luck.random() < 0.5:
            return atheris.Mutate(data, most)
        other = luck.choice(fuzz_kinds.examples(kind)).read_bytes()
        try:
            return fuzz_shapes.BY_SHAPE[kind.shape](luck, data, other)[:most]
        except (ValueError, IndexError, RecursionError, OverflowError):
            return atheris.Mutate(data, most)

    given = [str(reached), str(fuzz_kinds.CORPUS / kind.name)]
    atheris.Setup([words[0], *words[2:], *given], take, custom_mutator=spoil)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)

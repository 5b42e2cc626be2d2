"""Build the package, and see that what was built works where nothing else is installed.

    python -m tests.project.packages [PYTHON ...]

For this Python, and every other that is named: a wheel and an sdist are built, each is installed in a new environment
with the versions of constraints.txt, and a scenario of the catalogue is run there, in a folder of its own. Ends with 1
if anything fails, if the two differ in a value, or if the wheel holds what a user does not need.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONSTRAINTS = ROOT / "constraints.txt"
RUN = ("run", "tracheostomy-standard", "--draws", "8", "--replicates", "2", "-q", "--out", "made")


def build(folder: Path) -> tuple[Path, Path]:
    """A wheel and an sdist."""
    _do(sys.executable, "-m", "build", "-q", "--outdir", str(folder), str(ROOT))
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


def strange_files(wheel: Path) -> list[str]:
    """Files of a wheel that are neither the package nor what describes it."""
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    return [name for name in names if not name.startswith(("spread/", "spread-")) or "__pycache__" in name]


def try_package(python: str, package: Path, folder: Path) -> str:
    """The content hash of a run by a package installed by itself, with what its Python and numpy are."""
    _do(python, "-m", "venv", str(folder / "venv"))
    here = folder / "venv" / "bin" / "python"
    _do(str(here), "-m", "pip", "install", "-q", "-c", str(CONSTRAINTS), str(package))
    _do(str(here), "-m", "pip", "check")
    spread = str(folder / "venv" / "bin" / "spread")
    version = _do(spread, "--version", cwd=folder)
    _do(spread, *RUN, cwd=folder)
    manifest = json.loads((folder / "made" / "manifest.json").read_text(encoding="utf-8"))
    about = _do(str(here), "-c", "import sys, numpy; print(sys.version.split()[0], 'numpy', numpy.__version__)")
    print(f"{package.name:32} Python {about:24} {version:24} {manifest['content_hash'][:16]}", flush=True)
    return str(manifest["content_hash"])


def _do(*words: str, cwd: Path | None = None) -> str:
    """Run a command; what it printed."""
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout.strip()


def main(pythons: list[str]) -> int:
    """Build, install, run and compare."""
    with tempfile.TemporaryDirectory(prefix="packages-") as scratch:
        packages = build(Path(scratch) / "dist")
        strange = strange_files(packages[0])
        print(*(f"in the wheel: {name}" for name in strange), sep="\n", end="\n" if strange else "")
        hashes = {}
        for number, python in enumerate([sys.executable, *pythons]):
            for package in packages:
                folder = Path(scratch) / f"{number}-{package.suffix[1:]}"
                folder.mkdir()
                hashes[python, package.suffix] = try_package(python, package, folder)
        tried = [sys.executable, *pythons]
        differ = [python for python in tried if len({hashes[python, one.suffix] for one in packages}) > 1]
    print(f"{len(set(hashes.values()))} distinct results in {len(hashes)} installations")
    return int(bool(strange or differ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

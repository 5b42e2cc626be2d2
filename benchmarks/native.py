"""The C++ contenders: compiled where there is a compiler, called from here."""

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spread.model.inputs import ModelInputs

HERE = Path(__file__).parent
FLAGS = ["-O3", "-march=native", "-ffp-contract=off", "-std=c++17", "-shared", "-fPIC"]
COLUMNS = tuple(np.dtype(kind) for kind in ("f8", "i1", "i4", "i1", "i1", "i1", "i1"))


def compiler() -> str | None:
    """The C++ compiler, if there is one."""
    return shutil.which("g++")


def build(name: str, folder: Path) -> ctypes.CDLL:
    """Compile a source of this folder and load it."""
    made = folder / f"{name}.so"
    command = [compiler() or "g++", *FLAGS, "-o", str(made), str(HERE / f"{name}.cpp")]
    subprocess.run(command, check=True)  # noqa: S603 - our own source
    return ctypes.CDLL(str(made))


class Limit:
    """The laws of the model in C++, for the inputs in a dump."""

    def __init__(self, folder: Path, dump: Path) -> None:
        self._lib = build("limit", folder)
        self._lib.limit_open.restype = ctypes.c_void_p
        self._lib.limit_run.restype = ctypes.c_int64
        self._lib.limit_run.argtypes = [ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64, ctypes.c_int]
        self._lib.limit_column.restype = ctypes.c_void_p
        self._lib.limit_column.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self._handle = self._lib.limit_open(str(dump).encode())
        if not self._handle:
            raise ValueError(f"the limit cannot read {dump.name}")

    def run(self, replicate: int, *, seed: int, with_log: bool = True) -> int:
        """Run a replicate of draw 0; how many events there were."""
        return int(self._lib.limit_run(self._handle, seed, replicate, int(with_log)))

    def log(self, count: int) -> list[NDArray[Any]]:
        """The columns of the last log, in the order of `record.EventLog`."""
        found = []
        for number, kind in enumerate(COLUMNS):
            address = self._lib.limit_column(self._handle, number)
            raw = (ctypes.c_char * (count * kind.itemsize)).from_address(address)
            found.append(np.frombuffer(memoryview(raw), dtype=kind))
        return found


class Thinning:
    """Exact thinning on the graph of ties that a world's inputs hold."""

    def __init__(self, folder: Path, inputs: ModelInputs) -> None:
        self._thin = build("thinning", folder).thin
        self._thin.restype = ctypes.c_int64
        self._start = np.ascontiguousarray(inputs.peers.watched_start, dtype=np.int64)
        self._peer = np.ascontiguousarray(inputs.peers.watched_unit, dtype=np.int32)
        self._rates = float(inputs.decision_base[0]), float(inputs.decision_base[0] * inputs.constants.kappa)
        self._horizon_days = inputs.constants.horizon_days
        self.adopted_day = np.empty(len(inputs.units.site))

    def run(self, seed: int) -> int:
        """Run once; how many sites adopted. Their days are in `adopted_day`."""
        number = ctypes.c_double
        return int(
            self._thin(
                ctypes.c_void_p(self._start.ctypes.data), ctypes.c_void_p(self._peer.ctypes.data),
                ctypes.c_int32(len(self.adopted_day)), number(self._rates[0]), number(self._rates[1]),
                number(self._horizon_days), ctypes.c_uint64(seed), ctypes.c_void_p(self.adopted_day.ctypes.data),
            )
        )  # fmt: skip

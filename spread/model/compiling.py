"""Compiled code, and where it is kept between runs.

numba keeps compiled functions on disk but does not notice an edit to a module that such a function calls: it would
go on giving the old answer. So the folder they are kept in is named by everything that could change them.
"""

import contextlib
import functools
import hashlib
import importlib.metadata
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TypeVar

import numba
import numpy as np
import platformdirs
from llvmlite import ir
from numba import extending, types
from numba.core import cgutils

Function = TypeVar("Function", bound=Callable[..., Any])

PACKAGE = Path(__file__).parents[1]
# Every folder or file with functions that are compiled, or called by one that is.
SOURCES = ("model", "outcomes", "runs/plan.py")
FOLDER_VARIABLE = "SPREAD_CACHE_DIR"
UNUSED_SECONDS = 30 * 86400.0
OPTIONS = {"nogil": True, "error_model": "numpy"}
# Who holds an array is not counted: in a loop that hands on many, counting took nine tenths of the time.
UNCOUNTED = {"_nrt": False}
# What only compiled code calls needs no way in from elsewhere.
INSIDE = {"forceinline": True, "error_model": "numpy", "no_cfunc_wrapper": True}


def compiled(function: Function) -> Function:
    """Compile a function when it is first called, and keep the machine code on disk for the next process.

    It lets other threads run meanwhile. Without a folder that can be written to, every process compiles anew.
    """
    return _compiled(function, OPTIONS)


def compiled_in_place(function: Function) -> Function:
    """The same for a function that makes no array, only changes those it is given; faster where there are many."""
    return _compiled(function, OPTIONS | UNCOUNTED)


def _compiled(function: Function, options: dict[str, Any]) -> Function:
    folder = code_folder()
    if folder is None:
        made: Function = numba.njit(**options)(function)
        return made
    settings: Any = numba.config
    before, settings.CACHE_DIR = settings.CACHE_DIR, str(folder)
    try:
        made = numba.njit(cache=True, **options)(function)
    finally:
        settings.CACHE_DIR = before
    _without_fail(made)
    return made


def _without_fail(compiled: Any) -> None:
    """Go on without what cannot be kept or read back, as on a full disk: it is compiled again by the next process."""
    compiled._cache._guard_against_spurious_io_errors = functools.partial(contextlib.suppress, OSError)


def part(function: Function) -> Function:
    """Let compiled functions call this one, inlined; called from Python it stays as it is. It makes no array."""
    if function not in _parts:
        extending.register_jitable(**INSIDE, **UNCOUNTED)(function)
        _parts.add(function)
    return function


_parts: set[Callable[..., Any]] = set()


def parts_of(module: ModuleType) -> None:
    """Let compiled functions call every function that a module defines."""
    for function in vars(module).values():
        if isinstance(function, FunctionType) and function.__module__ == module.__name__:
            part(function)


@functools.cache
def code_folder() -> Path | None:
    """Where compiled code is kept: a folder named by the sources, numba and Python; none where nothing can be written.

    `SPREAD_CACHE_DIR` sets the folder above it.
    """
    above = Path(os.environ.get(FOLDER_VARIABLE) or platformdirs.user_cache_path("spread"))
    folder = above / f"compiled-{sources_hash()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        # As numba makes sure itself, which otherwise would keep its code among the sources.
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return None
    forget_unused(above)
    return folder


def sources_hash(package: Path = PACKAGE) -> str:
    """What compiled code depends on, as 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    digest.update(sys.version.encode())
    for source in sorted(path for place in SOURCES for path in sources_at(package / place)):
        digest.update(source.relative_to(package).as_posix().encode())
        digest.update(hashlib.sha256(source.read_bytes()).digest())
    return digest.hexdigest()[:16]


def sources_at(place: Path) -> list[Path]:
    """The file itself, or every source file of a folder."""
    return [place] if place.is_file() else list(place.rglob("*.py"))


def is_ready(module: str) -> bool:
    """Whether code compiled for a module's functions is on disk."""
    folder = code_folder()
    return folder is not None and any(folder.rglob(f"{module}.*.nbi"))


def forget_unused(above: Path, now: float | None = None) -> None:
    """Remove the code of versions that nobody has used for a month."""
    oldest = (time.time() if now is None else now) - UNUSED_SECONDS
    for folder in above.glob("compiled-*"):
        try:
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


@part
def whole(number: Any) -> int:
    """A whole number of eight bytes: compiled code is made once for these, not again for each smaller kind."""
    return np.int64(number)  # type: ignore[return-value]


@part
def word(number: Any) -> int:
    """A whole number as keys are: joined to keys, any other kind would become a float."""
    return np.uint64(number)  # type: ignore[return-value]


def _fetch(_context: Any, array: Any, _index: Any) -> Any:
    """``fetch(array, index)``: have an entry, or a row, brought near while something else is done; changes nothing."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        held = context.make_array(kind)(context, builder, arguments[0])
        index = [arguments[1], *(context.get_constant(types.intp, 0) for _ in range(kind.ndim - 1))]
        place = cgutils.get_item_pointer(context, builder, kind, held, index, wraparound=False)
        address, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        prefetch = ir.FunctionType(ir.VoidType(), [address, number, number, number])
        function = cgutils.get_or_insert_function(builder.module, prefetch, "llvm.prefetch.p0")
        to_write, keep_near, data = number(1), number(3), number(1)
        builder.call(function, [builder.bitcast(place, address), to_write, keep_near, data])
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


fetch: Any = extending.intrinsic(_fetch)

"""The figures of a report: what `spread.plots` draws, with title, words and numbers, as a file's content."""

import io
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final

from spread import errors
from spread.plots import theme
from spread.report import content, folders

PNG_DOTS_PER_INCH: Final = 200
Group = tuple[str, str]


def svg_of(picture: content.Picture) -> str:
    """A figure as SVG: the same figure gives the same text."""
    return _rendered(picture, "svg", {"Date": None, "Creator": None}).decode()


def png_of(picture: content.Picture, *, dots_per_inch: int = PNG_DOTS_PER_INCH) -> bytes:
    """A figure as PNG."""
    return _rendered(picture, "png", {"Software": None}, dots_per_inch)


def _rendered(picture: content.Picture, kind: str, stamps: Mapping[str, None], dots_per_inch: int = 100) -> bytes:
    buffer = io.BytesIO()
    with theme.style():
        picture.draw().savefig(buffer, format=kind, dpi=dots_per_inch, metadata=stamps)
    return buffer.getvalue()


def of_run(kind: str, run: folders.Run, group: Group, *, name: str = "", **asked: Any) -> content.Picture | None:
    """A figure of a run for one group; None where the run has nothing for it to show."""
    from spread.plots import ambitions, bottlenecks, curves, missed

    modules: dict[str, ModuleType] = {
        "curves": curves, "ambitions": ambitions, "bottlenecks": bottlenecks, "missed": missed,
    }  # fmt: skip
    return _made(kind, modules[kind], name or kind, run.drawn, group=group, **asked)


def of_two(
    one: folders.Run, other: folders.Run, group: Group, *, ambition: str | None, name: str
) -> content.Picture | None:
    """What sets two runs apart at the deadline of an ambition; None where that cannot be drawn."""
    from spread.plots import difference

    return _made("difference", difference, name, one.drawn, other.drawn, group=group, ambition=ambition)


def of_answer(kind: str, document: Mapping[str, Any], *, name: str) -> content.Picture | None:
    """The figure of an answer: ``dose, frontier, targets, posterior``."""
    from spread.plots import dose, frontier, posterior, targets

    modules: dict[str, ModuleType] = {"dose": dose, "frontier": frontier, "targets": targets, "posterior": posterior}
    return _made(kind, modules[kind], name, document)


def _made(kind: str, module: ModuleType, name: str, *given: Any, **asked: Any) -> content.Picture | None:
    """A figure from the three functions of its module."""
    plot, tabulate, describe = (getattr(module, f"{verb}_{kind}") for verb in ("plot", "tabulate", "describe"))
    try:
        words = theme.clean_text(describe(*given, **asked))
        frame = tabulate(*given, **asked)
    except errors.InputError:
        return None
    title = words.partition(". ")[0]
    draw: Callable[[], Any] = lambda: plot(*given, **asked)  # noqa: E731 - drawn when it is asked for
    return content.Picture(name, title, words, frame, draw)

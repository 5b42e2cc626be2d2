"""Where one more unit of support does most: gains by collaborative with their ranges, and whom support decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spread import errors
from spread.plots import ambition_rows, sheet, theme, wording

LEFT, RIGHT = 2.55, 1.95
ROW, TALL_ROW = 0.29, 0.42  # the second where a name takes two lines
BAR_HEIGHT = 0.19
HEADS = 0.5  # over a panel: what it shows
LETTER = 0.24  # room for the letter before a name
GUTTER = 0.12
ROOM = LEFT - sheet.EDGE - LETTER - GUTTER  # for a name
LINE = sheet.line_height(theme.SMALL_SIZE)
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
GROUPS: Final = ("likely anyway", "support decides", "unlikely either way")
COLOURS: Final = dict(zip(GROUPS, (theme.DARK_BLUE, theme.ORANGE, theme.tint(theme.DARK_GREY, 0.3)), strict=True))
MOST_WITH_HUNDREDTHS, MOST_WITH_TENTHS = 9.995, 99.95
SMALLEST_REACH = 0.05  # of a site, so that gains of nothing do not fill the axis


@dataclass(frozen=True, slots=True)
class Dot:
    """What one more unit adds in one collaborative, whether that is clearly more than none, and its letter."""

    name: str
    letter: str
    gain: float
    low: float
    high: float
    is_clear: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """How many sites of one collaborative are in each group."""

    name: str
    sites: dict[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.sites.values())


def plot_targets(document: Mapping[str, Any]) -> Figure:
    """Draw where support does most, from the document of `spread target`.

    Raises
    ------
    InputError
        It holds neither collaboratives nor sites.
    """
    dots, bars = read_dots(document), read_bars(document)
    with theme.style():
        key = [sheet.KeyEntry("band", group, COLOURS[group]) for group in GROUPS]
        if dots:
            key = [
                sheet.KeyEntry("dot", "more than none", theme.DARK_BLUE),
                sheet.KeyEntry("ring", "cannot be told from none", theme.DARK_BLUE),
                *key,
            ]
        row = (
            TALL_ROW
            if any(len(_lines(name)) > 1 for name in [one.name for one in dots] + [one.name for one in bars])
            else ROW
        )
        rows = [
            sheet.Row(height=row * len(panel), left=LEFT, right=RIGHT, above=HEADS, below=0.5)
            for panel in (dots, bars)
            if panel
        ]
        figure, panels = sheet.build_sheet(
            rows, title=make_title(document), subtitle=make_subtitle(document), caption=make_caption(document), key=key
        )
        if dots:
            _draw_dots(figure, panels[0], dots, _gain_head(document), row)
        if bars:
            _draw_bars(figure, panels[-1], bars, row)
        return figure


def tabulate_targets(document: Mapping[str, Any]) -> pd.DataFrame:
    """List the numbers of `plot_targets`, one line per collaborative."""
    groups = {row["psc"]: row for row in document["groups"]}
    gains = {row["psc"]: row for row in document["gains"]}
    columns = ("group", "sites", "sites_low", "sites_high", "chance", "chance_low", "chance_high")
    return pd.DataFrame(
        [
            {
                "psc": code,
                "name": (gains.get(code) or groups[code])["name"],
                **{name: gains.get(code, {}).get(name) for name in columns},
                **{name.replace(" ", "_"): groups.get(code, {}).get(name) for name in GROUPS},
            }
            for code in dict.fromkeys([*gains, *groups])
        ]
    )


def describe_targets(document: Mapping[str, Any]) -> str:
    """Say in words what `plot_targets` shows."""
    dots, bars = read_dots(document), read_bars(document)
    sentences = [f"{make_title(document)}. Dot chart and stacked bar chart. {make_subtitle(document)}."]
    if dots:
        said = "; ".join(f"{dot.name} ({dot.letter}) {_say_gain(dot, document)}" for dot in dots)
        sentences.append(f"{_gain_head(document)}: {said}.")
    counted = "; ".join(f"{bar.name} {', '.join(f'{bar.sites[name]} {name}' for name in GROUPS)}" for bar in bars)
    return " ".join([*sentences, f"Sites: {counted}.", make_caption(document)])


# --- what is shown --------------------------------------------------------------------------------


def read_dots(document: Mapping[str, Any]) -> list[Dot]:
    """The gains of a document, most first."""
    names = _short_names([row["name"] for row in document["gains"]])
    scale = _scale(document)
    return [
        Dot(
            name=name,
            letter=LETTERS[min(int(row["group"]), len(LETTERS)) - 1],
            gain=scale * row["sites"],
            low=scale * _known(row["sites_low"], row["sites"]),
            high=scale * _known(row["sites_high"], row["sites"]),
            is_clear=bool(row["is_clear"]),
        )
        for row, name in zip(document["gains"], names, strict=True)
    ]


def read_bars(document: Mapping[str, Any]) -> list[Bar]:
    """The groups of sites of a document, in the order of the gains, or by how many support decides.

    Raises
    ------
    InputError
        There are none.
    """
    rows = document["groups"]
    if not rows:
        raise errors.InputError(errors.Fault("the results hold no sites; ask again", "target.json"))
    place = {row["psc"]: number for number, row in enumerate(document["gains"])}
    ordered = sorted(rows, key=lambda row: (place.get(row["psc"], len(place)), -row[GROUPS[1]], row["name"]))
    names = _short_names([row["name"] for row in ordered])
    return [Bar(name, {group: int(row[group]) for group in GROUPS}) for row, name in zip(ordered, names, strict=True)]


def _short_names(names: Sequence[str]) -> list[str]:
    return list(ambition_rows.shorten_names([theme.clean_name(name) for name in names]))


def _known(number: float | None, otherwise: float) -> float:
    return otherwise if number is None else float(number)


def _scale(document: Mapping[str, Any]) -> float:
    """Sites as they are, shares in points."""
    return 1.0 if document["counts"] == "sites" else 100.0


def _unit(document: Mapping[str, Any]) -> str:
    return "sites" if document["counts"] == "sites" else "points"


# --- in words -------------------------------------------------------------------------------------


def make_title(document: Mapping[str, Any]) -> str:
    """State the finding in ten words or fewer."""
    dots = read_dots(document)
    if not dots:
        decided = sum(bar.sites[GROUPS[1]] for bar in read_bars(document))
        total = sum(bar.total for bar in read_bars(document))
        return f"Regional support decides {decided:,} of {total:,} sites"
    first = [dot for dot in dots if dot.letter == LETTERS[0]]
    if not any(dot.is_clear for dot in dots):
        return "No collaborative's gain can be told from none"
    if len(first) == 1:
        return f"{first[0].name} gains most from more support"
    if len(first) == len(dots):
        return "No collaborative gains clearly more than another"
    return f"{len(first)} of {len(dots)} gain most and cannot be told apart"


def make_subtitle(document: Mapping[str, Any]) -> str:
    """Say what is shown."""
    day = pd.Timestamp(document["deadline"])
    title = theme.clean_name(str(document["ambition_title"]))
    aim = title if wording.say_month(day) in title else f"{title}, by {wording.say_date(day)}"
    if not document["gains"]:
        return f"{aim}. Bars: sites by what regional support makes of them, against none"
    return (
        f"{aim}. Dots: what {document['amount']} more in one collaborative adds in the whole country, "
        "with the range that holds the true figure with 95 % confidence. Bars: its sites, by what as much more in "
        "every collaborative makes of them"
    )


def make_caption(document: Mapping[str, Any]) -> str:
    """Say where the numbers come from, and how sites were grouped."""
    name = theme.clean_name(str(document["name"]))
    source = f"Source: spread {document['model_version']}, scenario {name}, {document['runs']:,} runs."
    letters = " Collaboratives under one letter cannot be told apart." if document["gains"] else ""
    return f"{source} Not fitted to data.{letters} {document['rule']}."


def _gain_head(document: Mapping[str, Any]) -> str:
    return f"{_unit(document).capitalize()} gained in the whole country"


def _say_gain(dot: Dot, document: Mapping[str, Any]) -> str:
    return f"{_signed(dot.gain)} {_unit(document)} ({_plain(dot.low)} to {_plain(dot.high)})"


def _signed(number: float) -> str:
    return ("+" if number > 0.0 and _plain(number) != _plain(0.0) else "") + _plain(number)


def _plain(number: float) -> str:
    """A number with three figures or two decimals, and no minus before nothing."""
    decimals = 2 if abs(number) < MOST_WITH_HUNDREDTHS else 1 if abs(number) < MOST_WITH_TENTHS else 0
    written = f"{number:.{decimals}f}"
    return (written if float(written) else f"{0.0:.{decimals}f}").replace("-", "\N{MINUS SIGN}")


# --- drawing --------------------------------------------------------------------------------------


def _draw_dots(figure: Figure, axes: Axes, dots: Sequence[Dot], head: str, row: float) -> None:
    _frame(figure, axes, row * len(dots), head)
    low, high = min(dot.low for dot in dots), max(dot.high for dot in dots)
    reach = max(high - low, SMALLEST_REACH)
    axes.set_xlim(min(low, 0.0) - 0.05 * reach, max(high, 0.0) + 0.05 * reach)
    axes.axvline(0.0, color=theme.QUIET, linewidth=1.2)
    for number, dot in enumerate(dots):
        y = row * (len(dots) - number - 0.5)
        axes.plot([dot.low, dot.high], [y, y], color=theme.DARK_BLUE, linewidth=2.0, solid_capstyle="butt")
        face = theme.DARK_BLUE if dot.is_clear else "white"
        axes.plot([dot.gain], [y], marker="o", markersize=7, markerfacecolor=face, markeredgecolor=theme.DARK_BLUE)
        _name(figure, axes, y, dot.name, letter=dot.letter)
        _beside(figure, axes, y, f"{_signed(dot.gain)} ({_plain(dot.low)} to {_plain(dot.high)})")
        if number and dots[number - 1].letter != dot.letter:
            axes.axhline(y + row / 2, color=theme.QUIET, linewidth=0.8, linestyle=(0.0, (2.0, 2.0)))


def _draw_bars(figure: Figure, axes: Axes, bars: Sequence[Bar], row: float) -> None:
    _frame(figure, axes, row * len(bars), "Sites of each collaborative")
    axes.set_xlim(0.0, max(bar.total for bar in bars))
    left, _, right, _ = sheet.frame_of(axes)
    inches = (right - left) / axes.get_xlim()[1]
    for number, bar in enumerate(bars):
        y, begin = row * (len(bars) - number - 0.5), 0
        for group in GROUPS:
            count = bar.sites[group]
            axes.barh(y, count, left=begin, height=BAR_HEIGHT, color=COLOURS[group], edgecolor="white", linewidth=0.8)
            _write_count(figure, axes, (begin + count / 2, y), count, inches, COLOURS[group])
            begin += count
        _name(figure, axes, y, bar.name)
        _beside(figure, axes, y, f"{bar.total:,} {'site' if bar.total == 1 else 'sites'}")


def _write_count(
    figure: Figure, axes: Axes, place: tuple[float, float], count: int, inches: float, colour: str
) -> None:
    """Write a number on its part of a bar, if it fits."""
    words = f"{count:,}"
    if count and theme.measure_text(words, size=theme.SMALL_SIZE) + 0.06 < count * inches:
        ink = max((theme.INK, "white"), key=lambda one: theme.contrast(one, colour))
        x, y = sheet.place_of(axes, *place)
        sheet.write_text(figure, x, y, words, colour=ink, align="center")


def _frame(figure: Figure, axes: Axes, height: float, head: str) -> None:
    axes.set_ylim(0.0, height)
    axes.set_yticks([])
    axes.grid(axis="x")
    axes.locator_params(axis="x", nbins=5)
    sns.despine(ax=axes, left=True)
    _, _, _, top = sheet.frame_of(axes)
    words = theme.wrap_text(head, sheet.WIDTH - 2 * sheet.EDGE, bold=True, lines=1)[0]
    sheet.write_text(figure, sheet.EDGE, top + 0.06 + LINE, words, size=theme.TEXT_SIZE, bold=True)


def _name(figure: Figure, axes: Axes, y: float, name: str, *, letter: str = "") -> None:
    _, bottom, _, _ = sheet.frame_of(axes)
    sheet.write_text(figure, sheet.EDGE, bottom + y, letter, bold=True)
    lines = _lines(name)
    for number, line in enumerate(lines):
        shift = ((len(lines) - 1) / 2 - number) * LINE
        sheet.write_text(figure, sheet.EDGE + LETTER, bottom + y + shift, line)


def _lines(name: str) -> list[str]:
    """A name in the lines it takes, which are two at most."""
    return theme.wrap_text(name, ROOM, size=theme.SMALL_SIZE, lines=2)


def _beside(figure: Figure, axes: Axes, y: float, words: str) -> None:
    _, bottom, right, _ = sheet.frame_of(axes)
    sheet.write_text(figure, right + GUTTER, bottom + y, words, colour=theme.QUIET)

"""The chapter on what would help: plans compared on the same luck, the least that is needed, where more does most."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from spread.plots import wording
from spread.report import answers, content, finding_words, folders, frames, pictures, words
from spread.scenarios import names as collaboratives

if TYPE_CHECKING:
    from spread.decisions import comparison

CLEAR: Final = "not clear"
MOST_QUESTIONS: Final = 4
ASK: Final = (
    "Nothing has been compared or looked for yet. 'spread compare' sets plans beside each other on the same luck, "
    "'spread find' gives the least that is needed for a chance, 'spread target' where the next coach does most; what "
    "they find is told here once it is there."
)


def compare_plans(runs: Sequence[folders.Run], scope: str) -> "comparison.Comparison | None":
    """The plans compared, the first of them the one that others are measured against; None for a single plan.

    Raises
    ------
    InputError
        When they cannot be compared.
    """
    from spread.decisions import comparison, sides

    if len(runs) < 2:
        return None
    every = sides.named_apart([sides.of_folder(run.folder) for run in runs])
    sides.check_comparable(every)
    return comparison.compare(every, scopes=[scope])


def helping(
    runs: Sequence[folders.Run],
    told: Sequence[content.Answer],
    kept: folders.Kept,
    found: "comparison.Comparison | None",
    *,
    group: pictures.Group,
    name_sites: bool,
) -> Iterator[content.Section]:
    """What would help, a chapter for each way of asking; one that says so where nothing was asked."""
    scope = told[0].numbers["scope"]
    chapters = {
        ("compared", "Which plan is better"): [] if found is None else [*_compared(runs, told, found, group)],
        ("least", "The least it takes"): [
            part
            for number, document in enumerate(_asked(kept, "find", told, scope), start=1)
            for part in _found(document, number)
        ],
        ("next", "Where the next unit of support does most"): [
            part
            for number, document in enumerate(_asked(kept, "target", told, None), start=1)
            if group[0] == "national"
            for part in _targeted(document, number, name_sites=name_sites)
        ],
    }
    asked = {name: parts for name, parts in chapters.items() if parts}
    left_out = (
        f"Left out: {words.count(kept.left_out, 'answer')} kept in the same folder, about another version of this "
        "plan or of its data, or another fit."
    )
    note = [left_out] if kept.left_out else []
    for (name, heading), parts in asked.items():
        is_last = name == list(asked)[-1][0]
        yield content.Section(name, heading, (*parts, *(note if is_last else [])))
    if not asked:
        yield content.Section("help", "What would help", (ASK, *note))


def _asked(kept: folders.Kept, kind: str, told: Sequence[content.Answer], scope: str | None) -> list[folders.Document]:
    asked = dict.fromkeys((answer.ambition, answer.deadline) for answer in told)
    return [one for ambition, deadline in asked for one in kept.of(kind, ambition, scope, deadline)]


# --- plans beside each other ---------------------------------------------------------------------


def _compared(
    runs: Sequence[folders.Run],
    told: Sequence[content.Answer],
    found: "comparison.Comparison",
    group: pictures.Group,
) -> Iterator[content.Part]:
    named = dict(zip(found.plans["plan"], words.told_apart([run.title for run in runs]), strict=True))
    first = str(found.plans["plan"].iloc[0])
    yield (
        f"{words.capital(wording.say_number(len(runs)))} plans are set beside each other on the same luck, so what "
        f"differs is the plan. Each is compared with the first: {named[first]}."
    )
    for number, answer in enumerate(told[:MOST_QUESTIONS], start=1):
        mark = "" if number == 1 else f"-{number}"
        rows = _rows(found, answer)
        if not rows:
            continue
        yield from _say_ranking(rows, named, first)
        yield _plans_table(rows, named, first, answer, mark)
        best = max(rows, key=lambda row: row["value"])
        other = next((run for run, plan in zip(runs, named, strict=True) if plan == best["plan"] != first), None)
        if other is not None:
            picture = pictures.of_two(runs[0], other, group, ambition=answer.ambition, name=f"difference{mark}")
            if picture is not None:
                yield picture
                yield frames.under(picture, f"What sets {named[best['plan']]} apart, in sites")


def _rows(found: "comparison.Comparison", answer: content.Answer) -> list[dict[str, Any]]:
    """One row a plan: its chance, share and sites, and what it adds to the first."""
    values = folders.rows_of(found.values)
    mine = [row for row in values if _is_about(row, answer)]
    differences = [row for row in folders.rows_of(found.differences) if _is_about(row, answer)]
    rows: dict[str, dict[str, Any]] = {}
    for row in mine:
        rows.setdefault(row["plan"], {"plan": row["plan"]})[row["measure"]] = row["value"]
        rows[row["plan"]][f"{row['measure']}_letters"] = row["letters"]
    first = str(found.plans["plan"].iloc[0])
    for row in differences:
        if row["one"] == first:
            said = {name: row[name] for name in ("difference", "low", "high", "clear")}
            rows.setdefault(row["other"], {"plan": row["other"]})[f"{row['measure']}_more"] = said
    return [row for row in rows.values() if "value" in row]


def _is_about(row: dict[str, Any], answer: content.Answer) -> bool:
    return (
        row["ambition"] == answer.ambition
        and row["scope"] == answer.numbers["scope"]
        and words.as_date(row["deadline"]) == answer.deadline
    )


def _say_ranking(rows: Sequence[dict[str, Any]], named: dict[str, str], first: str) -> Iterator[str]:
    """Which plans are clearly better or worse than the first, and which cannot be told from it."""
    groups: dict[str, list[str]] = {"higher": [], "lower": [], "alike": []}
    for row in rows:
        more = row.get("chance_more") or row.get("value_more")
        if row["plan"] == first or more is None:
            continue
        kind = "alike" if not more["clear"] else "higher" if more["difference"] > 0 else "lower"
        groups[kind].append(named[row["plan"]])
    said = {
        "higher": "A clearly higher chance than the first: {}.",
        "lower": "A clearly lower chance than the first: {}.",
        "alike": "Not to be told apart from the first by these runs: {}.",
    }
    yield " ".join(said[kind].format(wording.say_list(plans)) for kind, plans in groups.items() if plans)


def _plans_table(
    rows: Sequence[dict[str, Any]], named: dict[str, str], first: str, answer: content.Answer, mark: str
) -> content.Table:
    cells = [
        (
            named[row["plan"]],
            words.percent(row.get("chance")),
            "the first" if row["plan"] == first else _say_more(row.get("chance_more"), "points"),
            words.percent(row["value"]),
            "" if words.is_missing(row.get("sites")) else f"{row['sites']:,.0f}",
            "" if row["plan"] == first else _say_more(row.get("sites_more"), "sites"),
        )
        for row in rows
    ]
    heads = ("Plan", "Chance", "Chance against the first", "Share there", "Sites there", "Sites against the first")
    note = (
        "In brackets, the range in which the difference lies 95 times in 100, for all pairs of plans together; 'not "
        "clear' means that it may be nothing. Shares and sites are means of all runs at the deadline."
    )
    flat = [{key: value for key, value in row.items() if not isinstance(value, dict)} for row in rows]
    caption = f"Plans compared: {answer.title}"
    return frames.table(f"plans{mark}", caption, heads, cells, note=note, frame=frames.frame(flat))


def _say_more(more: dict[str, Any] | None, unit: str) -> str:
    if more is None:
        return ""
    scale = 100.0 if unit == "points" else 1.0
    around = words.between(more["low"], more["high"], scale=scale)
    told = f"{words.signed(more['difference'], scale=scale)} {unit} {around}".strip()
    return told if more["clear"] else f"{told}, {CLEAR}"


# --- the least that is needed, and where more does most ------------------------------------------


def _found(document: folders.Document, number: int) -> Iterator[content.Part]:
    """What `spread find` says."""
    if "pairs" in document:
        yield finding_words.say_cheapest(document)
        picture = pictures.of_answer("frontier", document, name=f"pairs-{number}")
        yield from _with_numbers(picture, "Pairs that just give the wanted chance")
        return
    yield " ".join([finding_words.say_answer(document), *finding_words.say_more(document)])
    yield finding_words.say_acting(document)
    picture = pictures.of_answer("dose", document, name=f"least-{number}")
    if picture is None:
        return
    yield picture
    points = finding_words.in_order(document)
    rows = [
        (point["said"], words.percent(point["chance"]), words.span(point["low"], point["high"]), f"{point['runs']:,}")
        for point in points
    ]
    caption = f"The chance at each setting tried: {wording.mid_sentence(document['scale']['label'])}"
    heads = ("Setting", "Chance", "Range (95 % confidence)", "Runs")
    yield frames.table(f"settings-{number}", caption, heads, rows, frame=picture.frame, folded=True)


def _targeted(document: folders.Document, number: int, *, name_sites: bool) -> Iterator[content.Part]:
    """What `spread target` says; sites only where they may be named."""
    if document["gains"]:
        yield answers.say_targeted(document)
        yield _say_nothing(document)
    counted = {kind: sum(row[kind] for row in document["groups"]) for kind in _kinds(document)}
    said = ", ".join(f"{kind}: {count:,}" for kind, count in counted.items())
    yield f"Of {sum(counted.values()):,} sites, with and without {_what(document)}: {said}. {document['rule']}."
    picture = pictures.of_answer("targets", document, name=f"targets-{number}")
    if picture is not None and (document["gains"] or name_sites):
        yield picture
    yield _groups_table(document, number)
    if document["budget"]:
        yield _say_budget(document)
    if name_sites and document["first_sites"]:
        yield _sites_table(document, number)


def _kinds(document: folders.Document) -> tuple[str, ...]:
    """The three groups of sites."""
    return tuple(name for name in document["groups"][0] if name not in ("psc", "name")) if document["groups"] else ()


def _what(document: folders.Document) -> str:
    return f"{document['amount']} more in every collaborative" if document["by"] == "psc" else document["amount"]


def _say_nothing(document: folders.Document) -> str:
    effect = document["effect"]
    return (
        f"In {100 * effect['nothing_share']:.0f}{wording.NO_BREAK}% of sets of assumptions the same amount in every "
        f"collaborative changes nothing at all, and in {100 * effect['less_share']:.0f}{wording.NO_BREAK}% fewer sites "
        "are there: do not buy it on its average."
    )


def _groups_table(document: folders.Document, number: int) -> content.Table:
    gains = {row["psc"]: row for row in document["gains"]}
    scale, unit = (1.0, "Sites more") if document["counts"] == "sites" else (100.0, "Points more")
    order = list(gains) or [row["psc"] for row in document["groups"]]
    groups = {row["psc"]: row for row in document["groups"]}
    rows = []
    for code in order:
        gain, counts = gains.get(code), groups.get(code, {})
        more = [] if gain is None else [
            f"{words.signed(gain['sites'], scale=scale, decimals=2)} "
            f"{words.between(gain['sites_low'], gain['sites_high'], scale=scale, decimals=2)}"
            + ("" if gain["is_clear"] else f", {CLEAR}")
        ]  # fmt: skip
        name = collaboratives.short_name(str((gain or counts)["name"]))
        rows.append([name, *more, *(f"{counts.get(kind, 0):,}" for kind in _kinds(document))])
    heads = ["Collaborative", *([unit] if gains else []), *(words.capital(kind) for kind in _kinds(document))]
    caption = f"Collaboratives, and how many of their sites it decides: {_what(document)}"
    frame = frames.frame(document["gains"] or document["groups"])
    return frames.table(f"decided-{number}", caption, heads, rows, frame=frame)


def _say_budget(document: folders.Document) -> str:
    budget = document["budget"]
    units = [f"{collaboratives.short_name(unit['name'])} {unit['units']}" for unit in budget["units"]]
    given = ", ".join(units) or "nobody"
    over = budget["over_equal_shares"]
    low = over["sites_low"]
    verdict = "" if low is not None and low > 0 else " Shared out so, it cannot be told from equal shares."
    return f"{budget['amount']} shared out one after another: {given}.{verdict}"


def _sites_table(document: folders.Document, number: int) -> content.Table:
    rows = [
        (site["site"], words.percent(site["chance_without"]), words.percent(site["chance_with"]),
         f"{words.signed(site['gain'], scale=100.0, decimals=0)}")
        for site in document["first_sites"]
    ]  # fmt: skip
    caption = f"Sites to which {_what(document)} adds most"
    heads = ("Site", "Chance without", "Chance with", "Points more")
    return frames.table(f"sites-{number}", caption, heads, rows, frame=frames.frame(document["first_sites"]))


def _with_numbers(picture: content.Picture | None, caption: str) -> Iterator[content.Part]:
    if picture is not None:
        yield picture
        yield frames.under(picture, caption)

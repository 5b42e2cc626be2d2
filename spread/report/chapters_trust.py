"""The chapters on how far to trust the answer: what it rests on, how good past forecasts were, uses and limits."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spread.plots import wording
from spread.report import chapters_cost, content, folders, frames, pictures, words
from spread.scenarios import schema

Row = Mapping[str, Any]

BASES: Final = {
    "observed": "observed", "published": "published estimate", "judgement": "judgement", "exact": "a definition",
    "several": "several",
}  # fmt: skip
PLAIN: Final = (
    ("hazard ratio", "ratio of speeds"), ("hazards", "speeds"), ("hazard", "speed"), ("frailty", "hidden difference"),
    ("parameter draws", "sets of assumptions"), ("draws", "sets of assumptions"), ("draw", "set of assumptions"),
)  # fmt: skip
"""Words of the trade, and what a manager reads instead."""
CAN: Final = (
    "Compare plans with each other: they are run on the same luck, so a difference is the plan's.",
    "See what an ambition would need, and who would wait for what.",
    "Say honestly how unsure a projection is.",
)
CANNOT: Final = (
    "Tell the fate of a single site: it has a chance, at best.",
    "Replace data: where nothing was fitted, the answer rests on published figures and judgement.",
    "Prove that coaching works: that is an assumption with a wide range, on little evidence.",
    "Promise less harm: improvements in use do not by themselves improve outcomes.",
    "Judge a collaborative's or anybody's performance.",
    "Speak of dates, programmes or places the plan does not describe.",
)
ROLES: Final = ("Commissioner", "Analyst", "Assurer", "Approver")
GLOSSARY: Final = (
    ("Run", "One simulated course of the whole programme, from its start to its end."),
    (
        "Set of assumptions",
        "One value for each uncertain number, taken from its range; each is run with several lucks.",
    ),
    ("Chance", "The share of all runs in which the target is met."),
    ("Range of the chance", "What the chance is within eight of ten sets of assumptions."),
    ("Middle run", "Half of the runs end higher, half lower."),
    ("In use", "The improvement is adopted at a site (stage 5 of the national scale, or later)."),
    ("Same luck", "Plans are compared in runs in which everything but the plan is equal."),
)


def plain(text: str) -> str:
    """A text of the catalogue in words that are no one trade's."""
    for jargon, said in PLAIN:
        text = text.replace(jargon, said).replace(words.capital(jargon), words.capital(said))
    return text


# --- what it rests on ----------------------------------------------------------------------------


def evidence(run: folders.Run, kept: folders.Kept, *, grade: str) -> content.Section:
    """How good the evidence is, the assumptions that matter most, and the plan as it was run."""
    parts: list[content.Part] = [f"Evidence: {grade}, as {words.GRADES[grade]}."]
    found = kept.of("sensitivity")
    if found:
        parts += [_say_sources(document) for document in found]
        parts += [_ranked(document, run.scenario, number) for number, document in enumerate(found, start=1)]
    else:
        parts.append(
            "Which of the assumptions move the answer most has not been asked: 'spread sensitivity' ranks them, and "
            "'spread assumptions' lists them in the order of the catalogue."
        )
    parts += [_every(run.scenario), chapters_cost.plan_table(run)]
    return content.Section("evidence", "What it rests on", tuple(parts))


def _say_sources(document: Row) -> str:
    """How much of the uncertainty is luck, and how much is not knowing."""
    known = [row for row in document["split"] if row["share"] is not None]
    told = {
        "luck": "luck",
        "parameters": "not knowing the assumptions",
        "structure": "not knowing which model is right",
    }
    parts = [f"{told.get(row['source'], row['source'])} {100 * row['share']:.0f}{wording.NO_BREAK}%" for row in known]
    return f"Where the uncertainty of the projected share comes from: {wording.say_list(parts)}." if parts else ""


def _ranked(document: Row, scenario: schema.Scenario, number: int) -> content.Table:
    """Assumptions by how much of the differences between runs they account for."""
    moves = {row["name"]: row["mu_star"] for row in document["parameters"] if row["output"] == "value"}
    rows = [row for row in document["indices"] if row["output"] == "value" and row["basis"] != "exact"]
    cells = [
        (
            plain(row["meaning"]),
            f"{100 * row['total']:.0f} %",
            f"{100 * moves[row['name']]:.0f} points" if row["name"] in moves else "",
            BASES.get(row["basis"], row["basis"]),
            plain(_source(scenario, row["name"])),
        )
        for row in rows
    ]
    heads = ("Assumption", "Share of the uncertainty", "Moves the projection by", "Basis", "Source")
    note = "Shares overlap, as assumptions act together: they may add up to more than 100 %."
    caption = "Assumptions by influence on the projected share, the strongest first"
    mark = "" if number == 1 else f"-{number}"
    told = frames.table(f"influence{mark}", caption, heads, cells, note=note, frame=frames.frame(rows))
    return _with_words_in(told, (0, 3, 4))


def _with_words_in(table: content.Table, places: Sequence[int]) -> content.Table:
    """The same table with some columns set as words."""
    numbers = tuple(place not in places for place in range(len(table.columns)))
    return content.Table(table.name, table.caption, table.columns, table.rows, numbers, table.note, table.frame,
                         table.folded)  # fmt: skip


def _source(scenario: schema.Scenario, name: str) -> str:
    known = scenario.parameters.get(name)
    return known.source if known is not None else ""


def _every(scenario: schema.Scenario) -> content.Table:
    """Every number the model uses that is uncertain or not, with its basis and source."""
    rows = [
        (
            plain(entry.meaning or name.replace("_", " ")),
            _number(entry),
            entry.unit,
            BASES.get(entry.basis, entry.basis),
            plain(entry.source),
        )
        for name, entry in scenario.parameters.items()
    ]
    heads = ("Assumption", "Value (range of nine tenths)", "Unit", "Basis", "Source")
    frame = frames.frame([
        {"parameter": name, "value": entry.value, "low": entry.low, "high": entry.high, "unit": entry.unit,
         "basis": entry.basis, "source": entry.source, "meaning": entry.meaning}
        for name, entry in scenario.parameters.items()
    ])  # fmt: skip
    told = frames.table("assumptions", "Every general assumption", heads, rows, frame=frame, folded=True)
    return _with_words_in(told, (0, 2, 3, 4))


def _number(entry: schema.Parameter) -> str:
    if entry.low is None or entry.high is None:
        return f"{entry.value:g} (fixed)"
    nought = f"; none at all with chance {entry.zero:g}" if entry.zero else ""
    return f"{entry.value:.3g} ({entry.low:.3g} to {entry.high:.3g}{nought})"


# --- fit and past forecasts ----------------------------------------------------------------------


def record(kept: folders.Kept) -> content.Section | None:
    """What was learnt from data, and how good forecasts made in the past would have been."""
    parts: list[content.Part] = []
    for number, document in enumerate(kept.of("fit"), start=1):
        parts += _fitted(document, number)
    for number, document in enumerate(kept.of("hindcast"), start=1):
        parts += _looked_back(document, number)
    return content.Section("record", "Fit and track record", tuple(parts)) if parts else None


def _fitted(document: Row, number: int) -> list[content.Part]:
    free, known = len(document["learned"]), document["directions"]
    told = (
        f"Fitted to {document['points']} observations from {words.say_day(document['first_date'])} to "
        f"{words.say_day(document['last_date'])}; {wording.say_percent(round(document['within_90'], 2))} of them lie "
        f"within the range that should hold 90{wording.NO_BREAK}%. The data say something about {known} of {free} "
        "things that were free to move; all else stays as it was believed."
    )
    picture = pictures.of_answer("posterior", document, name=f"fit-{number}")
    parts: list[content.Part] = [told]
    if picture is not None:
        parts += [picture, frames.under(picture, "What the data moved")]
    return parts


def _looked_back(document: Row, number: int) -> list[content.Part]:
    cuts = wording.say_list([words.say_day(day) for day in document.get("cuts", ())])
    since = f" from what was known on {cuts}" if cuts else ""
    opening = f"Forecasts made{since}, set against what happened later, beside simple rivals:"
    rows = [
        (
            row["series"], words.say_day(row["cut"]) if row["cut"] else "", RIVALS.get(row["who"], row["who"]),
            f"{row['ahead']}", _score(row["scaled"]),
            "/".join(f"{100 * row[name]:.0f}" for name in ("held_50", "held_80", "held_95")),
        )
        for row in document["scored"]
    ]  # fmt: skip
    heads = (
        "Series",
        "Known until",
        "Who forecast",
        "Dates ahead",
        "Error beside no change",
        "Held by 50/80/95 % ranges",
    )
    note = "Error beside no change: below 1 is better than saying that all stays as it was."
    table = frames.table(f"record-{number}", "Past forecasts beside rivals", heads, rows, left=3, note=note,
                         frame=frames.frame(list(document["scored"])))  # fmt: skip
    said = content.Points(tuple(words.capital(line) for line in document["words"]))
    notes = [f"Note: {note}." for note in document.get("notes", ())]
    return [opening, said, table, *notes]


RIVALS: Final = {
    "spread": "this model", "last_value": "no change", "linear": "a straight line",
    "log_linear": "a line in logarithms",
    "logistic": "an S-curve", "bass": "a Bass curve", "as_others": "what the others did",
}  # fmt: skip


def _score(value: float) -> str:
    return "" if words.is_missing(value) else f"{value:.2f}"


# --- use, assurance, how to reproduce ------------------------------------------------------------


def use(run: folders.Run, told: Sequence[content.Answer]) -> content.Section:
    """What it can and cannot be used for, and until when."""
    return content.Section(
        "use",
        "What this can and cannot be used for",
        (
            "It can be used to:", content.Points(CAN), "It cannot be used to:", content.Points(CANNOT),
            _say_until(run, told),
        ),
    )  # fmt: skip


def _say_until(run: folders.Run, told: Sequence[content.Answer]) -> str:
    """When the answer goes stale."""
    last = max((answer.deadline for answer in told), default=run.scenario.end)
    return (
        f"Use it until the next quarterly return is in, or the plan changes, and not beyond {wording.say_date(last)}; "
        "then run it again from the new data."
    )


def assurance(run: folders.Run) -> content.Section:
    """Who has assured it: nobody, until somebody signs."""
    rows = [(role, "", "", "") for role in ROLES]
    table = content.Table(
        "assurance-record", "To be filled in by hand", ("Role", "Name", "Date", "Remarks"), tuple(rows),
        (False, False, False, False),
    )  # fmt: skip
    return content.Section(
        "assurance",
        "Assurance",
        (
            "Not assured: no one has signed off this answer for the decision at hand. The program is checked by its "
            f"own tests (version {run.manifest['model_version']}); that says nothing about whether the assumptions fit "
            "this decision.",
            "Before it is used for a decision, these roles are to be filled, as the Aqua Book asks:",
            table,
        ),
    )


def reproduce(runs: Sequence[folders.Run], kept: folders.Kept) -> content.Section:
    """How to get the same numbers again."""
    rows = []
    for run in runs:
        manifest = run.manifest
        rows.append((
            run.title, str(manifest["key"]), f"{run.runs:,}", str(manifest["seed"]), str(manifest["model_version"]),
            str(manifest["made_on"]), str(manifest.get("content_hash", ""))[:12],
        ))  # fmt: skip
    heads = ("Plan", "Key", "Runs", "Seed", "Version", "Made on", "Hash of all values")
    table = content.Table("runs", "Runs behind this page", heads, tuple(rows), (False,) * len(heads))
    commands = [str(run.manifest.get("command_line", "")) for run in runs]
    again = content.Points(tuple(dict.fromkeys(command for command in commands if command)))
    versions = ", ".join(f"{name} {number}" for name, number in runs[0].manifest.get("versions", {}).items())
    parts: list[content.Part] = [
        "The same command with the same version gives the same numbers to the last digit, on any number of processors.",
        again, table, f"Versions: {versions}.", *_data_files(runs[0]),
    ]  # fmt: skip
    answers = [f"{kind}: {document.get('key', '')}" for kind, found in kept.documents.items() for document in found]
    parts += [f"Answers told here: {', '.join(answers)}."] if answers else []
    terms = content.Table("terms", "Words used", ("Word", "Meaning"), GLOSSARY, (False, False))
    return content.Section("reproduce", "How to reproduce it, and words used", (*parts, terms))


def _data_files(run: folders.Run) -> list[str]:
    files = run.manifest.get("data_files") or {}
    told = [f"{use}: {str(hash_of)[:12]}" for use, hash_of in files.items()]
    return [f"Data files by hash: {', '.join(told)}."] if told else []

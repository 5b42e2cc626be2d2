"""One report from run folders and the answers beside them: what there is, in the order in which it is read."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import spread
from spread import errors
from spread.report import (
    answers,
    chapters_cost,
    chapters_help,
    chapters_now,
    chapters_trust,
    content,
    folders,
    responses,
    titles,
    words,
)


def gather(
    given: Sequence[Path | str], *, scope: str = "national", name_sites: bool = False, today: date | None = None
) -> content.Report:
    """What a report of these runs says.

    Parameters
    ----------
    given
        Run folders; the report is about the first, the others are compared with it.
    scope
        ``national``, or a collaborative as ``psc:YH``.
    name_sites
        Whether single sites may be named.
    today
        The day it is made.

    Raises
    ------
    InputError
        When there is no such run, the plans cannot be compared, or nobody counts in that scope.
    """
    runs = [folders.read_run(one) for one in given]
    first, group = runs[0], _group_of(scope)
    kept = folders.kept_beside(first)
    rows = _rows_of(first, scope)
    told = [answers.make_answer(first, row, kept) for row in rows]
    found = chapters_help.compare_plans(runs, scope)
    grade = told[0].grade
    sections = (
        chapters_now.chances(first, told, scope=scope),
        chapters_now.progress(first, group),
        chapters_now.behind(first, told, group),
        *chapters_help.helping(runs, told, kept, found, group=group, name_sites=name_sites),
        chapters_cost.fairness(first, scope=scope),
        chapters_cost.costs(runs, scope=scope),
        chapters_trust.evidence(first, kept, grade=grade),
        chapters_trust.record(kept),
        chapters_trust.use(first, told),
        chapters_trust.assurance(first),
        chapters_trust.reproduce(runs, kept),
    )
    origin = first.scenario.start if first.scenario.start_from is None else first.scenario.start_from.as_of
    return content.Report(
        title=first.title,
        place=titles.of_scope(first.scenario, scope),
        made_on=today or date.today(),
        version=spread.__version__,
        basis=words.say_basis(rows[0]),
        conditioned=words.capital(words.say_conditioned(rows[0], origin)),
        grade=grade,
        plans=tuple(content.Plan(run.name, run.title, str(run.manifest["key"]), str(run.folder)) for run in runs),
        answers=tuple(told),
        sections=tuple(section for section in sections if section is not None),
        sliders=responses.sliders(runs, told, kept),
    )


def brief(given: Path | str, *, scope: str = "national") -> tuple[folders.Run, tuple[content.Answer, ...]]:
    """The run meant, and what is said of each of its ambitions.

    Raises
    ------
    InputError
        When there is no such run, or nobody counts in that scope.
    """
    run = folders.read_run(given)
    kept = folders.kept_beside(run)
    return run, tuple(answers.make_answer(run, row, kept) for row in _rows_of(run, scope))


def _group_of(scope: str) -> tuple[str, str]:
    kind, colon, group = scope.partition(":")
    return (kind, group) if colon else ("national", "national")


def _rows_of(run: folders.Run, scope: str) -> list[folders.Document]:
    """The ambitions assessed in a scope, each at its last deadline.

    Raises
    ------
    InputError
        When there is none.
    """
    rows = run.ambitions(scope)
    if not rows:
        known = list(dict.fromkeys(str(row["scope"]) for row in run.rows("ambitions")))
        place = f"--for {scope}" if scope != "national" else str(run.folder)
        message = (
            f"no ambition is assessed there{errors.did_you_mean(scope, known)}"
            if known
            else (
                "states no ambition that can be assessed, so there is no answer to report; "
                "see 'spread plot RESULTS curves'"
            )
        )
        raise errors.InputError(errors.Fault(message, place))
    last = {row["ambition"]: row for row in sorted(rows, key=lambda row: str(row["deadline"]))}
    return [last[name] for name in dict.fromkeys(row["ambition"] for row in rows)]

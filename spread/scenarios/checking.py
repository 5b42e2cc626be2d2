"""What one part of a scenario must not say given the others: dates, names and files.

Works on the tree as written, part by part, so that one mistake does not hide another; what is malformed in
itself is left to the schema.
"""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from spread import dates, errors
from spread.scenarios import catalogue, documents, filling, levers, locate, quoting, return_columns, schema

Report = Callable[[locate.KeyPath, str], None]
LONGEST_RUN_YEARS = 50
RATES = ("change", "level")
_MOST_NAMED = 12


class Checks:
    """The checks of one resolved tree."""

    def __init__(self, tree: documents.Tree, changed_on: dict[int, date], report: Report) -> None:
        self.tree = tree
        self.changed_on = changed_on
        self.report = report
        self.start = _day(tree.get("start"))
        self.end = _day(tree.get("end"))

    def run(self) -> None:
        """Report every mistake."""
        self._check_run()
        self._check_start_from()
        self._check_return()
        self._check_programmes()
        self._check_ambitions()
        self._check_changes()
        self._check_training()
        self._check_shocks()
        self._check_world()
        self._check_groups()

    def _check_run(self) -> None:
        if not (self.start and self.end):
            return
        if self.start >= self.end:
            self.report(("end",), f"{self.end} is not after the start, {self.start}")
        elif self.end.year - self.start.year > LONGEST_RUN_YEARS:
            self.report(("end",), f"{self.end} is more than {LONGEST_RUN_YEARS} years after the start, {self.start}")

    def _check_start_from(self) -> None:
        start_from = self.tree.get("start_from")
        if not isinstance(start_from, dict):
            return
        as_of = _day(start_from.get("as_of"))
        if as_of and self.start and as_of < dates.day_before(self.start):
            self.report(("start_from", "as_of"), f"{as_of} is before the start of the run, {self.start}")
        if as_of and self.end and as_of >= self.end:
            self.report(("start_from", "as_of"), f"{as_of} is not before the end of the run, {self.end}")
        path: locate.KeyPath = ("start_from", "stages")
        self._check_file(path, start_from.get("stages"))

    def _check_return(self) -> None:
        given: Any = self.tree.get("return")
        columns = dict(filling.items(given.get("columns"))) if isinstance(given, dict) else {}
        interventions = {**catalogue.interventions(), **dict(filling.items(self.tree.get("interventions")))}
        repeated = return_columns.same_heading(columns)
        for heading, meaning in columns.items():
            path: locate.KeyPath = ("return", "columns", heading)
            fault = return_columns.fault_of_meaning(meaning, interventions) if isinstance(meaning, str) else ""
            if heading in repeated:
                self.report(path, f"the same heading as '{repeated[heading]}'; capitals and signs do not count")
            elif fault:
                self.report(path, fault)

    def _check_groups(self) -> None:
        report: Any = self.tree.get("report")
        known = (*schema.USUAL_KINDS, *schema.MORE_KINDS)
        asked = report.get("groups") if isinstance(report, dict) else None
        for index, kind in enumerate(asked if isinstance(asked, list) else ()):
            if isinstance(kind, str) and kind not in known and not kind.startswith(schema.ATTRIBUTE):
                hint = errors.did_you_mean(kind, known)
                right = f"one of {', '.join(known)} or {schema.ATTRIBUTE}COLUMN"
                self.report(("report", "groups", index), f"{quoting.shown(kind)} is not {right}{hint}")

    def _check_programmes(self) -> None:
        for name, programme in filling.tables(self.tree.get("programmes")):
            start, end = _day(programme.get("start")), _day(programme.get("end"))
            path: locate.KeyPath = ("programmes", name)
            # Without a start of the run, that of a programme may be one that stands in for it.
            if start and self.start and self.end and start > self.end and start != self.start:
                self.report((*path, "start"), f"{start} is past the end of the run, {self.end}")
            if start and end and start >= end:
                self.report((*path, "end"), f"{end} is not after the start of the programme, {start}")
            named = filling.texts(programme.get("interventions"))
            for intervention, day in filling.items(programme.get("enters")):
                if intervention not in named:
                    hint = errors.did_you_mean(intervention, named) or f"; it has {', '.join(named[:_MOST_NAMED])}"
                    self.report((*path, "enters", intervention), f"'{intervention}' is not in this programme{hint}")
                self._check_within((*path, "enters", intervention), _day(day))
            for key in ("support", "push"):
                self._check_word((*path, key), programme.get(key), levers.lever(key).choices())

    def _check_word(self, path: locate.KeyPath, word: Any, known: Sequence[str]) -> None:
        if word is not None and word not in known:
            hint = errors.did_you_mean(word, known) if isinstance(word, str) else ""
            self.report(path, f"{quoting.shown(word)} is not one of {', '.join(known)}{hint}")

    def _check_ambitions(self) -> None:
        interventions = self.tree.get("interventions")
        names = list(interventions) if isinstance(interventions, dict) else []
        for name, ambition in filling.tables(self.tree.get("ambitions")):
            path: locate.KeyPath = ("ambitions", name)
            self._check_named((*path, "interventions"), ambition.get("interventions"), names)
            self._check_deadline(path, ambition)
            self._check_measure(path, ambition)
            for index, milestone in filling.list_of_tables(ambition.get("milestones")):
                self._check_within((*path, "milestones", index, "date"), _day(milestone.get("date")))

    def _check_deadline(self, path: locate.KeyPath, ambition: documents.Tree) -> None:
        deadline = _day(ambition.get("deadline"))
        self._check_within((*path, "deadline"), deadline)
        for index, version in filling.list_of_tables(ambition.get("earlier_deadlines")):
            if deadline and _day(version.get("date")) == deadline:
                self.report((*path, "earlier_deadlines", index), f"{deadline} is the current deadline too")

    def _check_measure(self, path: locate.KeyPath, ambition: documents.Tree) -> None:
        measure, threshold = ambition.get("measure", "sites"), ambition.get("threshold")
        is_negative = isinstance(threshold, int | float) and threshold < 0
        if measure in ("sites", "patients", "level") and is_negative:
            self.report((*path, "threshold"), f"{threshold} is below zero; measure '{measure}' needs a share")
        if measure in RATES:
            self._check_rate(path, ambition, measure)
        elif "trend" in ambition or ambition.get("efficacy"):
            key = "trend" if "trend" in ambition else "efficacy"
            self.report((*path, key), f"measure '{measure}' is no rate; {' and '.join(RATES)} have a {key}")
        if ambition.get("organisation_share") is not None and measure != "sites":
            message = f"measure '{measure}' does not count organisations; write measure = 'sites'"
            self.report((*path, "organisation_share"), message)

    def _check_rate(self, path: locate.KeyPath, ambition: documents.Tree, measure: str) -> None:
        """A rate needs a trend, a day to start from, and what each intervention does to it; a level, where it is."""
        for key in ("baseline_date", "trend", *(["baseline"] if measure == "level" else [])):
            if ambition.get(key) is None:
                self.report(path, f"missing '{key}', which measure '{measure}' needs")
        efficacy: Any = ambition.get("efficacy")
        given = list(efficacy) if isinstance(efficacy, dict) else []
        named = filling.texts(ambition.get("interventions"))
        for name in [name for name in named if name not in given]:
            self.report(path, f"missing 'efficacy.{name}': what {name} does to the rate where every site has it in use")
        for name in [name for name in given if name not in named]:
            hint = errors.did_you_mean(name, named) or f"; expected {', '.join(named)}"
            self.report((*path, "efficacy", name), f"'{name}' is no intervention of this ambition{hint}")
        baseline = ambition.get("baseline")
        if measure == "level" and isinstance(baseline, int | float) and not 0 < baseline < 1:
            self.report((*path, "baseline"), f"{baseline} is not between 0 and 1; a level is a share")

    def _check_changes(self) -> None:
        for index, day in self.changed_on.items():
            self._check_within(("change", index, "from"), day)

    def _check_training(self) -> None:
        """Training that begins with the run needs courses; a change may end both."""
        training: Any = self.tree.get("training")
        if isinstance(training, dict) and any(training.values()) and not self.tree.get("course_interval_months"):
            self.report(("training",), "there are no courses to train at; write course_interval_months = 3, say")

    def _check_shocks(self) -> None:
        interventions = self.tree.get("interventions")
        known = list(interventions) if isinstance(interventions, dict) else []
        seen: set[str] = set()
        for index, shock in filling.list_of_tables(self.tree.get("shock")):
            start, end = _day(shock.get("from")), _day(shock.get("to"))
            if start and self.end and start > self.end:
                self.report(("shock", index, "from"), f"{start} is past the end of the run, {self.end}")
            if start and end and start > end:
                self.report(("shock", index, "to"), f"{end} is before its beginning, {start}")
            self._check_named(("shock", index, "interventions"), shock.get("interventions"), known)
            if str(shock.get("name")) in seen:
                self.report(("shock", index, "name"), f"'{shock.get('name')}' is the name of another shock too")
            seen.add(str(shock.get("name")))

    def _check_within(self, path: locate.KeyPath, day: date | None) -> None:
        if day and self.end and day > self.end:
            self.report(path, f"{day} is past the end of the run, {self.end}")
        elif day and self.start and day < self.start:
            self.report(path, f"{day} is before the start of the run, {self.start}")

    def _check_named(self, path: locate.KeyPath, named: Any, known: list[str]) -> None:
        given = filling.texts(named)
        for index, name in enumerate(given):
            if name not in known:
                hint = errors.did_you_mean(name, known) or f"; it has {', '.join(known[:_MOST_NAMED])}"
                self.report((*path, index), f"'{name}' is no intervention of this scenario{hint}")
            elif name in given[:index]:
                self.report((*path, index), f"'{name}' is named twice")

    def _is_england(self) -> bool:
        world = self.tree.get("world")
        return isinstance(world, dict) and world.get("population") == "england"

    def _check_world(self) -> None:
        world = self.tree.get("world")
        if not isinstance(world, dict):
            return
        is_england = self._is_england()
        for key in ("sites", "memberships", "ties", "graph"):
            if key in world and is_england and key != "ties":
                own = "networks" if key == "memberships" else "sites"
                self.report(("world", key), f"population 'england' has its own {own}; write population = 'files'")
            elif key in world:
                self._check_file(("world", key), world[key])
        if not is_england and not ("sites" in world or "graph" in world):
            self.report(("world",), "population 'files' needs sites = 'sites.csv' or a graph")
        if "ties" in world and "graph" in world:
            self.report(("world", "ties"), "ties are also given by world.graph; give one of the two")

    def _check_file(self, path: locate.KeyPath, given: Any) -> None:
        if given == "":
            self.report(path, "is blank; expected the path of a file")
        if not isinstance(given, str) or not given:
            return
        try:
            is_there = Path(given).is_file()
        except (OSError, ValueError):
            is_there = False
        if not is_there:
            self.report(path, f"no file '{given}'")


def _day(value: Any) -> date | None:
    try:
        return dates.parse_date(value)
    except ValueError:
        return None

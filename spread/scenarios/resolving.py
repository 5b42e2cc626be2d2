"""From the files of a chain to one complete tree: the catalogue fills in, levers are worked out, names made codes."""

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from spread import dates, errors
from spread.scenarios import catalogue, documents, filling, levers, locate, merging, names, prices, quoting, settings

_ANY_DAY = date(2000, 1, 1)
_OWN_PROGRAMME = "programme"
MOST_FAULTS = 300


class TooManyFaults(Exception):
    """So many mistakes that the rest is left unsaid."""


class Resolver:
    """Turns a chain of files into a complete tree, collecting mistakes on the way.

    `changed_on` is the day of each ``[[change]]``, by its place among them, in the merged files.
    """

    def __init__(self, chain: tuple[documents.Document, ...]) -> None:
        self.chain = chain
        self.faults: list[errors.Fault] = []
        self.merged = merging.merge(chain, [lever.path for lever in levers.settable()])
        self.tree = self.merged.tree
        self.is_complete = any(document.tree.get("complete") is True for document in chain)
        self.changed_on: dict[int, date] = {}

    def resolve(self) -> documents.Tree:
        """The complete tree, laid out as `schema.Scenario`."""
        self._check_versions()
        self._fill_defaults()
        self._fill_programmes()
        self._fill_entries("interventions", catalogue.interventions())
        self._fill_entries("ambitions", catalogue.ambitions())
        self._fill_parameters()
        self._fill_levers()
        self._fill_local_thresholds()
        self._tidy()
        return self.tree

    def fault(self, path: locate.KeyPath, message: str) -> None:
        """Note a mistake at a key of the merged files."""
        self.note(self.merged.fault(path, message))

    def note(self, fault: errors.Fault) -> None:
        """Keep a mistake.

        Raises
        ------
        TooManyFaults
            When nobody would read more of them.
        """
        self.faults.append(fault)
        if len(self.faults) >= MOST_FAULTS:
            raise TooManyFaults

    def _check_versions(self) -> None:
        for document in self.chain:
            version = document.tree.get("schema")
            if version is None:
                message = f"missing; write schema = {documents.SCHEMA} at the top"
                self.note(document.fault(("schema",), message))
            elif version != documents.SCHEMA or isinstance(version, bool):
                message = f"{quoting.shown(version)} is not known here; this version reads schema = {documents.SCHEMA}"
                self.note(document.fault(("schema",), message))
            if not isinstance(document.tree.get("complete", False), bool):
                self.note(document.fault(("complete",), "expected true or false; leave it out"))

    def _fill_defaults(self) -> None:
        defaults = catalogue.defaults()
        world = self.tree.setdefault("world", {})
        if isinstance(world, dict) and ("sites" in world or "graph" in world):
            world.setdefault("population", "files")
        for section in ("world", "report"):
            filling.fill(self.tree.setdefault(section, {}), defaults[section])
        self.tree.setdefault("cycle_shape", defaults["cycle_shape"])

    def _fill_programmes(self) -> None:
        """Interventions of a programme are in; one in no programme gets its own, for the whole run."""
        programmes = self.tree.setdefault("programmes", {})
        interventions = self.tree.setdefault("interventions", {})
        if not isinstance(programmes, dict) or not isinstance(interventions, dict):
            return
        listed: dict[str, str] = {}
        for programme, entry in filling.tables(programmes):
            entry.setdefault("start", self._start())
            for name in self._names_in(entry):
                if name in listed:
                    message = f"'{name}' is in programme '{listed[name]}' already; it can be in one only"
                    self.fault(("programmes", programme, "interventions"), message)
                listed.setdefault(name, programme)
                interventions.setdefault(name, {})
        for name, entry in filling.tables(interventions):
            entry["programme"] = listed.get(name) or self._own_programme(name, entry)

    def _start(self) -> date:
        try:
            return dates.parse_date(self.tree.get("start"))
        except ValueError:
            return _ANY_DAY

    def _names_in(self, programme: documents.Tree) -> list[str]:
        if isinstance(programme.get("interventions"), list):
            left_out = self.merged.left_out["interventions"]
            kept = [name for name in programme["interventions"] if not isinstance(name, str) or name not in left_out]
            programme["interventions"] = kept
        return filling.texts(programme.get("interventions"))

    def _own_programme(self, name: str, entry: documents.Tree) -> str:
        known = catalogue.interventions().get(name, {})
        programme = str(entry.get("programme") or known.get("programme") or _OWN_PROGRAMME)
        own = self.tree["programmes"].setdefault(programme, {"start": self._start()})
        if isinstance(own, dict) and isinstance(own.setdefault("interventions", []), list):
            self.merged.name_place(("programmes", programme, "interventions", len(own["interventions"])), entry_of=name)
            own["interventions"].append(name)
        return programme

    def _fill_entries(self, section: str, known: catalogue.Table) -> None:
        entries = self.tree.setdefault(section, {})
        for name, entry in filling.tables(entries):
            if name in known and not self.is_complete:
                filling.fill(entry, known[name])
            elif set(entry) <= {"programme"}:
                self._fault_unknown(section, name, known)
                del entries[name]

    def _fault_unknown(self, section: str, name: str, known: catalogue.Table) -> None:
        path: locate.KeyPath = (section, name)
        for programme, entry in filling.tables(self.tree.get("programmes")):
            if path not in self.merged.origins and name in filling.texts(entry.get("interventions")):
                path = ("programmes", programme, "interventions", entry["interventions"].index(name))
        hint = errors.did_you_mean(name, list(known))
        self.fault(path, f"'{name}' is not in the catalogue, and nothing else is said about it{hint}")

    def _fill_parameters(self) -> None:
        given = self.tree.setdefault("parameters", {})
        if not isinstance(given, dict):
            return
        known = catalogue.parameters()
        for name in [name for name in given if name not in known]:
            self._fill_price(name, given)
        for name, entry in known.items():
            if name in given:
                given[name] = filling.number_with_notes(given[name], {} if self.is_complete else entry)
            elif not self.is_complete:
                given[name] = dict(entry)
        for _, shock in filling.list_of_tables(self.tree.get("shock")):
            if "multiplier" in shock:
                shock["multiplier"] = filling.number_with_notes(shock["multiplier"], {"scale": "log", "unit": "ratio"})

    def _fill_price(self, name: str, given: documents.Tree) -> None:
        """A parameter the catalogue does not have: what something costs, or a mistake."""
        if name not in prices.names():
            known = [*catalogue.parameters(), *prices.names()]
            self.fault(("parameters", name), f"unknown parameter{errors.did_you_mean(name, known)}")
            del given[name]
            return
        if prices.lacks_source(given[name]):
            self.fault(("parameters", name), prices.NEEDS_SOURCE)
        given[name] = filling.number_with_notes(given[name], {} if self.is_complete else prices.NOTES)

    def _fill_levers(self) -> None:
        in_force = settings.Settings(self._known_pscs)
        for document in self.chain:
            is_complete = document.tree.get("complete") is True
            in_force.apply(document.tree, report=self._report_in(document), is_complete=is_complete)
        self.tree.update(in_force.resolved())
        if isinstance(self.tree.get("change"), list):
            self.tree["change"] = self._dated_settings(in_force)

    def _report_in(self, document: documents.Document) -> settings.Report:
        return lambda path, message: self.note(document.fault(path, message))

    def _report_change(self, index: int) -> settings.Report:
        return lambda path, message: self.fault(("change", index, *path), message)

    def _dated_settings(self, in_force: settings.Settings) -> list[documents.Tree]:
        """Each day's changes as complete settings; those of one day together, in the order of the file."""
        entries = self._dated_changes()
        by_day: dict[date, documents.Tree] = {}
        for index in sorted(entries, key=lambda index: (self.changed_on[index], index)):
            in_force = in_force.copy()
            is_complete = self.merged.document_of(("change", index)).tree.get("complete") is True
            in_force.apply(entries[index], report=self._report_change(index), is_complete=is_complete)
            levers_then = {path: value for path, value in in_force.resolved().items() if levers.lever(path).dated}
            by_day[self.changed_on[index]] = {"from": self.changed_on[index], **levers_then}
        return list(by_day.values())

    def _dated_changes(self) -> dict[int, documents.Tree]:
        """What each change sets, by its place; its day goes to `changed_on`."""
        found: dict[int, documents.Tree] = {}
        dated = [lever.path for lever in levers.settable() if lever.dated]
        for index, entry in enumerate(self.tree["change"]):
            if not isinstance(entry, dict):
                self.fault(("change", index), "not a table; write [[change]] with from = DATE")
                continue
            self._check_change_keys(index, entry, ["from", *dated])
            try:
                self.changed_on[index] = dates.parse_date(entry["from"])
                found[index] = {key: value for key, value in entry.items() if key in dated}
            except KeyError:
                self.fault(("change", index), "missing 'from'; write the day the change begins")
            except ValueError as error:
                self.fault(("change", index, "from"), str(error))
        return found

    def _check_change_keys(self, index: int, entry: documents.Tree, known: list[str]) -> None:
        for key in [key for key in entry if key not in known]:
            hint = errors.did_you_mean(key, known) or f"; expected {', '.join(known)}"
            self.fault(("change", index, key), f"unknown in a change{hint}")

    @cached_property
    def _known_pscs(self) -> settings.Known:
        """The collaboratives of this world; any name will do where only the network's reader can tell."""
        world = self.tree.get("world")
        if not isinstance(world, dict) or world.get("population") != "files":
            return settings.Known(names.psc_codes())
        sites = world.get("sites")
        codes = names.codes_in_sites(Path(sites)) if isinstance(sites, str) else ()
        return settings.Known(codes, is_open=not codes)

    def _fill_local_thresholds(self) -> None:
        for name, ambition in filling.tables(self.tree.get("ambitions")):
            by_code: documents.Tree = {}
            local: Any = ambition.get("local_thresholds")
            if not isinstance(local, dict):
                continue
            for psc, threshold in local.items():
                try:
                    by_code[self._known_pscs.code(psc)] = threshold
                except ValueError as error:
                    self.fault(("ambitions", name, "local_thresholds", psc), str(error))
            ambition["local_thresholds"] = by_code

    def _tidy(self) -> None:
        """The file's own keys that are no part of what is asked."""
        for key in ("schema", "complete"):
            self.tree.pop(key, None)
        base, based_on = self.tree.pop("base", None), self.tree.pop("based_on", None)
        if based_on or base:
            self.tree["base"] = based_on or base
        start = self.tree.get("start_from")
        if isinstance(start, dict) and "returns" in start and "stages" not in start:
            start["stages"] = start.pop("returns")

"""`spread scenario check --reality`: the rules that any run must obey, tried and told."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from spread.cli import progress, render

if TYPE_CHECKING:
    from spread.decisions import reality_checks

BROKEN = 1
COLUMNS = {"scenario": "Scenario", "rule": "Rule", "result": "Result", "found": "Found"}
BUG = (
    "{name}: {count} of these rules broken. This is a bug of the program, not a mistake in the scenario: please report "
    "it with the scenario and the output of `spread --version`."
)
THINNED = (
    "Tried on one site in {one_in} of each kind ({units:,} pairs of a site and an improvement), from their baseline; "
    "the rules do not depend on size."
)


def try_rules(names: Sequence[str], *, seed: int, engine: str, form: str, quiet: bool) -> int:
    """Try the rules on each scenario and print what was found; the exit code."""
    from spread.decisions import reality_checks
    from spread.scenarios import reading

    found: list[reality_checks.Checked] = []
    for name in names:
        read = reading.read_scenario(name)
        with progress.shown(title=name, quiet=quiet) as shown:
            report = reporting(shown)
            found.append(reality_checks.check(read, seed=seed, engine=engine, report=report))
        if form == "table":
            print_checked(name, found[-1])
    if form != "table":
        rows = [
            {"scenario": name, **check._asdict()}
            for name, checked in zip(names, found, strict=True)
            for check in checked.checks
        ]
        render.print_rows(rows, columns=COLUMNS, form=form)
    for name, checked in zip(names, found, strict=True):
        if not checked.holds:
            broken = sum(check.result == reality_checks.FAIL for check in checked.checks)
            render.say(render.wrap(BUG.format(name=name, count=broken)))
    return 0 if all(checked.holds for checked in found) else BROKEN


def reporting(shown: progress.Progress) -> Callable[[str, int, int], None]:
    """Tell a bar which rule is being tried."""
    return lambda rule, done, total: shown(done, total, rule)


def print_checked(name: str, checked: "reality_checks.Checked") -> None:
    """Print what was found of one scenario."""
    render.print_text(render.wrap(f"{name}: rules that any run must obey") + "\n")
    texts = [(check.rule, check.result, check.found) for check in checked.checks]
    render.print_table(texts, headings=("Rule", "Result", "Found"), right=(False, False, False))
    if checked.one_in > 1:
        render.print_text("\n" + render.wrap(THINNED.format(one_in=checked.one_in, units=checked.units)))

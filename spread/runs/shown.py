"""How results look in a Python session and in a notebook: few words, and the national ambitions as a table."""

import html
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

    from spread.runs import answers

COLUMNS: Final = {
    "title": "ambition",
    "deadline": "by",
    "chance": "chance",
    "mc_low": "low",
    "mc_high": "high",
    "value_q05": "projected, q05",
    "value_q50": "q50",
    "value_q95": "q95",
}
"""What is shown of ``ambitions.csv``: the chance with its Monte Carlo interval, and where runs lie at the deadline."""
DECIMALS: Final = 3


def say(results: "answers.Results") -> str:
    """One line: what was run, how often, and where its tables are."""
    runs = results.draws * results.replicates - len(results.failures)
    failed = f", {len(results.failures)} failed" if results.failures else ""
    return f"<Results of {results.scenario.name}: {runs:,} runs{failed}; .ambitions() has the answer>"


def national(results: "answers.Results") -> "pd.DataFrame":
    """The ambitions in England as a whole, one row for each deadline; empty where the scenario has none."""
    found = results.ambitions()
    mine = found[found["scope"] == "national"]
    titles = {name: ambition.title or name for name, ambition in results.scenario.ambitions.items()}
    told = mine.assign(title=[titles.get(name, name) for name in mine["ambition"]])
    return told[list(COLUMNS)].rename(columns=COLUMNS).reset_index(drop=True)


def as_html(results: "answers.Results") -> str:
    """The same line, and the national ambitions as a table; whatever stands in a name is text."""
    table = national(results)
    # Names come from files: pandas escapes what stands in cells.
    shown = table.to_html(index=False, border=0, escape=True, float_format=f"{{:.{DECIMALS}f}}".format, na_rep="")
    return f"<p>{html.escape(say(results).strip('<>'))}</p>{shown if len(table) else ''}"

"""What generated pages are made of."""

import re
from collections.abc import Sequence

MADE = "Made from the code by `python -m tests.project.reference`; a test holds it equal."


def markdown(text: object) -> str:
    """Text as it stands, safe in a cell of a table."""
    plain = re.sub(r"\s+", " ", str(text)).strip()
    return "".join(
        part if part.startswith("`") else re.sub(r"([*<\[\]])(?!\()", r"\\\1", part)
        for part in re.split(r"(`[^`]*`)", plain)
    ).replace("|", r"\|")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"

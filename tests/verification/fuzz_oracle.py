"""Whether a file was taken well: accepted, or refused with every fault in its place."""

import re
from collections.abc import Iterator
from pathlib import Path

from spread import errors
from tests.verification import fuzz_kinds

# Faults of a whole file, which have neither a line nor a key.
WHOLE_FILE = (
    r"is empty$", r"\d+ MB", r"larger than", r"no such file", r"is a folder", r"this is a folder", r"cannot be read",
    r"not a text in UTF-8 \(UTF-16 or binary\)", r"nested more than", r"holds no (sites|rows|stage)",
    r"has a header and no rows", r"has no row dated", r"counts no sites by stage", r"no observation within the run",
    r"nothing observed of", r"has no rows below its header", r"has neither counts", r"is no quarterly return",
    r"more than \d+ (faults|mistakes)", r"is an old or protected Excel", r"is not a graph",
    r"says nothing of a quarter", r"sheet '.*' has more than", r"has more than [\d,]+ (lines|columns|tags)",
    r"has a line of more than", r"lists more than", r"has a part", r"has a text of more than",
    r"no column holds stages",
)  # fmt: skip
# Faults of a line or of the header, whose message says what is meant.
WHOLE_LINE = (
    r"is not UTF-8 text", r"not a text in UTF-8 \(byte", r"not valid TOML", r"is not a comma-separated table",
    r"looks separated by", r"column '", r"column \d+ has no name", r"unknown column", r"a column name holds",
    r"has \d+ cells where", r"columns '.*' and '.*' are both",
)  # fmt: skip
# What a scenario lacks stands nowhere.
LACKING = (r"missing", r"empty; at least one", r"population 'files' needs")
# What holds between a scenario and its sites, where the scenario itself need not say it.
BETWEEN = (r"no site of this population is eligible", r"no column '.*' in the sites")
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_RAW = re.compile(r"Traceback|Input should|\bNoneType\b|object at 0x|<class|validation error|Errno|\[type=")
LONGEST_MESSAGE = 700
MOST_FAULTS = 5000


def complaints(kind: "fuzz_kinds.Kind", path: Path, refusal: errors.InputError) -> Iterator[str]:
    """What is wrong with a refusal."""
    if not refusal.faults:
        yield "refused without a fault"
    if len(refusal.faults) > MOST_FAULTS:
        yield f"{len(refusal.faults)} faults at once"
    for fault in refusal.faults:
        yield from (f"{what}: {str(fault)[:LONGEST_MESSAGE]!r}" for what in _wrong_with(kind, path, fault))


def _wrong_with(kind: "fuzz_kinds.Kind", path: Path, fault: errors.Fault) -> Iterator[str]:
    is_scenario = kind.name == "scenario"
    if not fault.place or not (is_scenario or any(name in fault.place for name in (path.name, str(path.parent)))):
        yield "names no file"
    if len(fault.message) > LONGEST_MESSAGE:
        yield "message too long"
    if _UNPRINTABLE.search(str(fault)):
        yield "unprintable"
    if _RAW.search(fault.message):
        yield "raw message"
    if _begins(fault.message, (*WHOLE_FILE, *BETWEEN)):
        return
    is_workbook = kind.shape == "xlsx" and path.read_bytes().startswith(b"PK\x03\x04")
    if is_workbook and "sheet '" not in fault.place and not _begins(fault.message, WHOLE_LINE):
        yield "names no sheet"
    is_lacking = is_scenario and _begins(fault.message, LACKING)
    if fault.line < 1 and not is_lacking:
        yield "names no line"
    if not fault.key and not _begins(fault.message, WHOLE_LINE):
        yield "names no key"


def _begins(message: str, patterns: tuple[str, ...]) -> bool:
    return any(re.match(pattern, message) for pattern in patterns)

"""Every planted bug can be planted: `mutants` takes an hour, this a moment."""

from collections import Counter
from pathlib import Path

import spread
from tests.verification import bugs

TESTS = Path(__file__).parents[1]


def test_what_a_bug_replaces_occurs_once_in_the_package() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path(spread.__file__).parent.rglob("*.py")]
    found = {bug.words: sum(source.count(bug.old) for source in sources) for bug in bugs.BUGS}
    assert {words: count for words, count in found.items() if count != 1} == {}


def test_the_test_that_catches_a_bug_exists() -> None:
    missing = []
    for bug in bugs.BUGS:
        file, _, name = bug.test.partition("::")
        source = (TESTS / file).read_text(encoding="utf-8")
        if f"def {name.partition('[')[0]}(" not in source:
            missing.append(bug.test)
    assert missing == []


def test_bugs_are_told_apart_by_their_words_and_change_something() -> None:
    assert [words for words, count in Counter(bug.words for bug in bugs.BUGS).items() if count > 1] == []
    assert [bug.words for bug in bugs.BUGS if bug.old == bug.new] == []

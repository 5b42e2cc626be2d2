"""Nothing that a file says is ever run: no evaluation, no pickles, no shell, no YAML anywhere in the package."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "spread").rglob("*.py"))
PICKLES = {"spread/runs/local.py", "spread/runs/elsewhere.py"}
"""Where our own processes hand each other work; no file that anybody gives comes there."""
MODULES_REFUSED = {
    "pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "yaml", "ruamel", "telnetlib", "ftplib",
    "xmlrpc", "code", "codeop", "pty", "imp", "jsonpickle", "xml.dom", "urllib", "requests", "httpx", "ctypes",
}  # fmt: skip
CALLS_REFUSED = {
    "eval", "exec", "compile", "__import__", "breakpoint", "os.system", "os.popen", "os.spawnl", "os.spawnv",
    "os.execv", "os.execvp", "os.startfile", "subprocess.getoutput", "subprocess.getstatusoutput", "tempfile.mktemp",
    "pd.read_pickle", "pandas.read_pickle", "pd.eval", "pandas.eval", "np.fromfile", "numpy.load",
    "shutil.unpack_archive", "yaml.load", "logging.config.fileConfig",
}  # fmt: skip
METHODS_REFUSED = {"extractall", "to_pickle", "read_pickle", "eval", "query", "extract"}
WORDS_REFUSED = {"shell": True, "allow_pickle": True, "data_only": False}
HIDDEN_FROM_LINT = {
    ("spread/report/html.py", "S704"): 3,  # our own style sheet and script, and text with every sign of HTML taken out
    ("spread/runs/checking.py", "S311"): 1,  # which draws to repeat, no secret
}


def faults_of(source: str, place: str) -> Iterator[str]:
    """Everything in a module that could run what it is given."""
    for node in ast.walk(ast.parse(source)):
        where = f"{place}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            for name in names:
                refused = {part for part in MODULES_REFUSED if name == part or name.startswith(f"{part}.")}
                if refused and not (refused == {"pickle"} and place in PICKLES):
                    yield f"{where}: import {name}"
        if isinstance(node, ast.Call):
            yield from (f"{where}: {fault}" for fault in _faults_of_call(node))


def _dotted(node: ast.expr) -> str:
    """A name such as ``os.path.join``; nothing where it is not one."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _faults_of_call(call: ast.Call) -> Iterator[str]:
    name = _dotted(call.func)
    if name in CALLS_REFUSED:
        yield name
    if isinstance(call.func, ast.Attribute) and call.func.attr in METHODS_REFUSED:
        yield f".{call.func.attr}"
    for word in call.keywords:
        value = word.value.value if isinstance(word.value, ast.Constant) else None
        if word.arg in WORDS_REFUSED and value is WORDS_REFUSED[word.arg]:
            yield f"{name}({word.arg}={value})"
    if name == "np.load" and not any(word.arg == "allow_pickle" for word in call.keywords):
        yield "np.load without allow_pickle=False"


def test_no_module_runs_what_a_file_says() -> None:
    assert len(MODULES) > 100
    sources = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in MODULES}
    assert [fault for place, source in sources.items() for fault in faults_of(source, place)] == []


@pytest.mark.parametrize(
    "line",
    [
        "eval(text)", "exec(text)", "import pickle", "from pickle import loads", "import yaml", "import shelve",
        "import marshal.x", "os.system(text)", "subprocess.run(text, shell=True)", "np.load(path, allow_pickle=True)",
        "np.load(path)", "pd.read_pickle(path)", "tempfile.mktemp()", "frame.query(text)", "archive.extractall(place)",
        "compile(text, 'x', 'exec')", "__import__(text)", "import dill",
    ],
)  # fmt: skip
def test_each_of_these_would_be_found(line: str) -> None:
    assert list(faults_of(line, "spread/cli/find.py"))


def test_pickles_are_only_where_our_own_processes_meet() -> None:
    users = {path.relative_to(ROOT).as_posix() for path in MODULES if re.search(r"\bpickle\b", path.read_text())}
    assert users <= PICKLES


def test_no_rule_of_safety_is_switched_off_unseen() -> None:
    found: dict[tuple[str, str], int] = {}
    for path in MODULES:
        for rule in re.findall(r"# noqa:[^#\n-]*\b(S\d+)", path.read_text(encoding="utf-8")):
            place = (path.relative_to(ROOT).as_posix(), rule)
            found[place] = found.get(place, 0) + 1
    allowed = {place: count for place, count in found.items() if place[0] in PICKLES and place[1] == "S301"}
    assert {place: count for place, count in found.items() if place not in allowed} == HIDDEN_FROM_LINT
    assert re.search(r"# noqa(?!:)", "".join(path.read_text(encoding="utf-8") for path in MODULES)) is None


def test_lint_refuses_what_is_unsafe_and_tests_are_spared_no_more_than_they_need() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    assert not [rule for rule in lint["ignore"] if rule.startswith("S")]
    assert {rule for rules in lint["per-file-ignores"].values() for rule in rules if rule.startswith("S")} <= {
        "S101", "S603", "S607",
    }  # fmt: skip
    assert set(lint["per-file-ignores"]) == {"tests/**"}

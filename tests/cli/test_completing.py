"""What a shell is offered for the word being typed."""

import shutil
from pathlib import Path

import pytest

from spread.cli import main


def offered(words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What bash is told, the last word being typed."""
    monkeypatch.setenv("_SPREAD_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    with pytest.raises(SystemExit) as ended:
        main.main([])
    assert ended.value.code == 0
    return [line.partition(",")[2] for line in capsys.readouterr().out.splitlines() if line]


def test_commands_options_and_what_there_is_to_choose_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert offered("spread sc", monkeypatch, capsys) == ["score", "scenario"]  # as the help lists them
    assert "--lever" in offered("spread find --le", monkeypatch, capsys)
    assert offered("spread run x.toml --engine c", monkeypatch, capsys) == ["compiled"]


def test_scenarios_of_the_catalogue_and_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tracks").mkdir()
    (tmp_path / "trap.toml").touch()
    (tmp_path / "travel.csv").touch()
    found = offered("spread run tra", monkeypatch, capsys)
    assert "tracheostomy-standard" in found
    assert found[-2:] == ["tracks/", "trap.toml"]
    assert offered("spread run [", monkeypatch, capsys) == []


def test_levers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert offered("spread find x.toml --lever coa", monkeypatch, capsys) == ["coaches"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if shell == "bash" and shutil.which("bash") is None:
        pytest.skip("click asks bash for its version")
    monkeypatch.setenv("_SPREAD_COMPLETE", f"{shell}_source")
    with pytest.raises(SystemExit) as ended:
        main.main([])
    assert ended.value.code == 0
    assert "_SPREAD_COMPLETE" in capsys.readouterr().out

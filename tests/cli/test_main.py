"""Every way of ending has its exit code, and says what went wrong in the user's terms."""

import errno
import os
import subprocess
import sys

import click
import pytest

from spread import errors
from spread.cli import main


def ends(error, capsys):
    def action():
        raise error

    code = main.exit_code(action)
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (errors.InputError(errors.Fault("is wrong", "a.toml", 3, "coaches")), 2, "a.toml:3: coaches: is wrong"),
        (errors.MachineError("cannot write x"), 5, "cannot write x"),
        (click.UsageError("no such option"), 2, "no such option"),
        (KeyboardInterrupt(), 130, "Interrupted"),
        (click.Abort(), 130, "Interrupted"),
        (MemoryError(), 5, "memory"),
        (OSError(errno.ENOSPC, "No space left on device", "results/x"), 5, "No space left on device: results/x"),
        (PermissionError(errno.EACCES, "Permission denied"), 5, "Permission denied: output"),
    ],
)
def test_an_ending_on_purpose_has_a_code_and_no_traceback(error, code, said, capsys):
    ended, text = ends(error, capsys)
    assert ended == code
    assert said in text
    assert "Traceback" not in text


@pytest.mark.parametrize("error", [ZeroDivisionError("our bug"), FileNotFoundError(errno.ENOENT, "not there")])
def test_our_own_bug_keeps_its_traceback(error):
    def action():
        raise error

    with pytest.raises(type(error)):
        main.exit_code(action)


@pytest.mark.parametrize(
    "words", [[], ["rum"], ["run"], ["run", "x.toml", "--draws", "0"], ["run", "x", "--for", "Wessex"]]
)
def test_wrong_use_ends_with_2(words, capsys):
    assert main.exit_code(lambda: main.invoke(words)) == 2


def test_a_near_miss_is_offered_the_command_meant(capsys):
    main.exit_code(lambda: main.invoke(["scenaro"]))
    assert "scenario" in capsys.readouterr().err


def test_a_reader_who_leaves_early_ends_the_command_quietly():
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-c", "from spread.cli.main import main; main(['assumptions'])"]
    done = subprocess.run(words, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")

# SPDX-License-Identifier: Apache-2.0
"""Commands in Python: whose fault it was, by exit code."""

from __future__ import annotations

import subprocess
import sys
from typing import NoReturn

import pytest

from npulse.__main__ import main


@pytest.mark.parametrize(
    ("words", "said"), [([], "'' is none of"), (["swep"], "did you mean 'sweep'")]
)
def test_a_command_that_there_is_not_is_wrong_input(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_a_bug_of_ours_is_exit_code_3_and_shows_where(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> NoReturn:
        raise KeyError("ours")

    monkeypatch.setattr("npulse.lab_command.main", broken)
    assert main(["lab", "list"]) == 3
    said = capsys.readouterr().err
    assert "internal error: KeyError: 'ours'; please report" in said
    assert "Traceback" in said


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m npulse lab list | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")

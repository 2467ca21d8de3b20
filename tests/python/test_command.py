# SPDX-License-Identifier: Apache-2.0
"""The `npulse` command that the package installs: the same program, with the package's configs."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

import npulse
from runs import GEMM

COMMAND = Path(sysconfig.get_path("scripts")) / "npulse"


def command(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command elsewhere than in the source tree, with no NPULSE_CONFIGS of the caller."""
    clean = {key: value for key, value in os.environ.items() if key != "NPULSE_CONFIGS"}
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=cwd,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_the_same_version_as_the_package(tmp_path: Path) -> None:
    assert npulse.__version__ in command("--version", cwd=tmp_path).stdout


def test_it_finds_the_packaged_chips(tmp_path: Path) -> None:
    listed = command("list", "chips", cwd=tmp_path).stdout
    assert all(name in listed for name in ("rngd", "bertha", "edu-8x8"))


def test_commands_in_python_are_reached_through_it(tmp_path: Path) -> None:
    listed = command("lab", "list", cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert "systolic" in listed.stdout


def test_it_reports_the_same_bytes_as_python(tmp_path: Path, report: npulse.Report) -> None:
    ran = command("run", "edu-8x8", GEMM, "--json", "out.json", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "out.json").read_text() == report.to_json()
    assert ran.stdout == report.text()


@pytest.mark.parametrize(
    ("arguments", "environment", "exit_code"),
    [
        (["--help"], {}, 0),
        (["run", "edu-8x9", GEMM], {}, 2),
        (["list", "chips"], {"NPULSE_CONFIGS": "/nowhere"}, 2),
    ],
)
def test_exit_codes_say_whose_fault_it_was(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], exit_code: int
) -> None:
    assert command(*arguments, cwd=tmp_path, **environment).returncode == exit_code

# SPDX-License-Identifier: Apache-2.0
"""The Python files: lint, format and types, and the stub of the extension module."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tree


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["mypy"],
        ["mypy.stubtest", "npulse._core", "--allowlist", "tests/style/stubtest.txt"],
    ],
    ids=" ".join,
)
def test_python_files_pass(command: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-m", *command], cwd=tree.ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr

# SPDX-License-Identifier: Apache-2.0
"""The `npulse` command: replaces this process by the C++ program that the package carries."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def main() -> None:
    """Runs the program with the package's own configs, unless NPULSE_CONFIGS names others."""
    os.environ.setdefault("NPULSE_CONFIGS", str(PACKAGE / "configs"))
    program = PACKAGE / "bin" / "npulse"
    os.execv(program, ["npulse", *sys.argv[1:]])

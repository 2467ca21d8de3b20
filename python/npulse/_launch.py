# SPDX-License-Identifier: Apache-2.0
"""The `npulse` command: replaces this process by the C++ program that the package carries."""

from __future__ import annotations

import os
import sys

from ._configs import PACKAGE
from .errors import InternalError


def main() -> None:
    """Runs it; it finds the package's configs, and Python for the commands written in that."""
    os.environ.setdefault("NPULSE_PYTHON", sys.executable)
    program = PACKAGE / "bin" / "npulse"
    try:
        os.execv(program, ["npulse", *sys.argv[1:]])
    except OSError as error:
        text = f"npulse: {program}: cannot be started: {error.strerror}; install npulse again"
        print(text, file=sys.stderr)
        sys.exit(InternalError.exit_code)

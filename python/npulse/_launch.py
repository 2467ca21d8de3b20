# SPDX-License-Identifier: Apache-2.0
"""The `npulse` command: commands in Python, or else the C++ program that the package carries."""

from __future__ import annotations

import os
import sys

from ._configs import PACKAGE


def main() -> None:
    """Runs the command; the program finds the package's configs as `import npulse` does."""
    os.environ.setdefault("NPULSE_PYTHON", sys.executable)
    os.execv(PACKAGE / "bin" / "npulse", ["npulse", *sys.argv[1:]])

# SPDX-License-Identifier: Apache-2.0
"""Where the shipped chips, parts, tables and models lie."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def use_packaged_configs() -> None:
    """Points NPULSE_CONFIGS at the package's own tree, unless it names another already."""
    os.environ.setdefault("NPULSE_CONFIGS", str(PACKAGE / "configs"))

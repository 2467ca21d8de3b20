# SPDX-License-Identifier: Apache-2.0
"""What every report can do that the simulator wrote as JSON and as text."""

from __future__ import annotations

import json
from typing import Any


class JsonReport:
    """Base of the reports, which keep both forms beside their fields."""

    _json: str
    _text: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON form as plain values."""
        values: dict[str, Any] = json.loads(self._json)
        return values

    def text(self) -> str:
        """The text form, as the `npulse` command prints it; empty for a report read from JSON."""
        return self._text

    def to_json(self) -> str:
        """The JSON form, byte for byte what `--json` of the `npulse` command writes."""
        return self._json

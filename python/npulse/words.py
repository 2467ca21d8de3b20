# SPDX-License-Identifier: Apache-2.0
"""Words of command lines: what they mean together."""

from __future__ import annotations

from collections.abc import Sequence

from .chip import Chip, load_chip
from .errors import InputError


def path_and_value(option: str, text: str) -> tuple[str, str]:
    """What `text` holds; InputError, which names `option`, when it is not PATH=VALUE.

    >>> path_and_value("--set", "clock=1.2 GHz")
    ('clock', '1.2 GHz')
    """
    path, equals, value = text.partition("=")
    if not equals or not path or not value:
        raise InputError(f"{option} {text}: must be PATH=VALUE")
    return path, value


def changed_chip(name: str, memory: str | None, sets: Sequence[str] | None) -> Chip:
    """The chip of `--memory PART` and all `--set PATH=VALUE`; InputError for a wrong one."""
    changes = dict(path_and_value("--set", text) for text in sets or ())
    return load_chip(name).with_(changes, memory=memory)

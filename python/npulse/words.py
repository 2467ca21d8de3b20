# SPDX-License-Identifier: Apache-2.0
"""Words of a command line that are two in one."""

from __future__ import annotations

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

# SPDX-License-Identifier: Apache-2.0
"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import InputError


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to; it takes the target's name if nothing was raised.

    Raises InputError when the file cannot be written.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        try:
            yield partial
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(
            f"{target}: cannot be written: {reason}; "
            "give a file name in an existing, writable folder with room left"
        ) from error


def write_text(path: str, text: str) -> None:
    """Writes a file of the user's whole or not at all; InputError when it cannot be written."""
    with written_whole(Path(path)) as partial:
        partial.write_text(text, encoding="utf-8")

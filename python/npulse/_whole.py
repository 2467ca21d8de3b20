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

    A link stays a link; what is no regular file (/dev/null, a pipe) is written in place. Raises
    InputError when the file cannot be written.
    """
    try:
        place = target.resolve()
        if place.exists() and not place.is_file() and not place.is_dir():
            yield place
            return
        partial = place.with_name(f".{place.name}.{os.getpid()}")
        try:
            yield partial
            partial.replace(place)
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

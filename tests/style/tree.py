# SPDX-License-Identifier: Apache-2.0
"""The project's own files, without what builds and tools put beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", "build", "out", "dist", "__pycache__", ".pytest_cache", ".mypy_cache"}
CPP = {".h", ".cpp"}


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file below `folder`, in a stable order."""
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS:
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def name_of(path: Path) -> str:
    """The path from the root, as messages show it."""
    return path.relative_to(ROOT).as_posix()


def is_script(path: Path) -> bool:
    """A file without a suffix that starts with #!."""
    return not path.suffix and path.read_bytes().startswith(b"#!")

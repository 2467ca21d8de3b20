# SPDX-License-Identifier: Apache-2.0
"""What the result of a point depends on, as a key under which it is kept."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path

from . import _core
from .errors import InputError
from .points import RESULTS, Point, below, chip_of

FILE_OPTIONS = ("mapping", "experts")
"""Options of a program that may name a file."""
FILE_PARAMETERS = {"tech": "tech", "memory.part": "parts"}
"""Parameters of a chip that name a file, and the kind of file."""
ENDINGS = (".yaml", ".yml", ".json")


class Keys:
    """Makes keys. Each file is read once, so take a new one for each sweep: files may change."""

    def __init__(self) -> None:
        self._digest = cache(_digest)
        self._chip = cache(_chip_content)

    def of(self, point: Point) -> str:
        """SHA-256 of the chip, its memory part, energy tables and program by content, of the
        point's parameters, and of the simulator.

        Two points with the same key have the same result, whatever their files are called.
        """
        parts = [
            self._chip(point["chip"], point.get("memory")),
            self._values(below(point, "chip"), FILE_PARAMETERS),
            self._digest("models", point["program"]),
            self._values(below(point, "program"), dict.fromkeys(FILE_OPTIONS, "")),
            list(RESULTS),
            _build(),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _values(self, values: dict[str, object], files: dict[str, str]) -> list[object]:
        return [
            (name, self._digest(files[name], str(value)) if name in files else value)
            for name, value in sorted(values.items())
        ]


def _chip_content(name: str, memory: str | None) -> list[str]:
    """Every parameter of a chip, and the files that it names; what is wrong if it does not load."""
    try:
        chip = chip_of({"chip": name, "memory": memory})
    except InputError as error:
        return [name, str(memory), str(error)]
    tech = str(chip.parameters()["tech"])
    return [chip.to_yaml(), _digest("parts", chip.memory), _digest("tech", tech)]


def _digest(kind: str, name: str) -> str:
    """SHA-256 of the file that a name or path means, and the variants after it; the name itself
    where there is no such file. `kind` is a folder of the shipped ones, or empty."""
    folder, slash, last = name.rpartition("/")
    stem, *variants = last.split("@") if kind == "parts" else [last]
    path = Path(folder + slash + stem)
    if kind and not slash and path.suffix not in ENDINGS:
        shipped = Path(os.environ["NPULSE_CONFIGS"], kind)
        path = next((file for end in ENDINGS if (file := shipped / (stem + end)).is_file()), path)
    if not path.is_file():
        return name
    return "@".join([hashlib.sha256(path.read_bytes()).hexdigest(), *variants])


@cache
def _build() -> str:
    """SHA-256 of the simulator itself."""
    return hashlib.sha256(Path(_core.__file__).read_bytes()).hexdigest()

# SPDX-License-Identifier: Apache-2.0
"""Studies: which points of a design space to run, read from YAML.

    name: lpddr-or-hbm
    question: Which memory decodes faster?
    search: grid
    base:                       # of every point, unless a grid says otherwise
      chip: bertha
      program: llama-3.1-8b
      program.phase: decode
    grids:                      # each is the product of its lists; a study has the points of all
      - memory: [hbm3-6400, lpddr5x-8533]
        chip.memory.channels: [16, 32]

`chip`, `memory` and `program` name what is run; `chip.PATH` is a parameter of the chip (those of
the memory part begin with `chip.part.`), `program.OPTION` one of `npulse.ModelOptions`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from os import PathLike, fspath
from typing import Any

from . import _core
from .errors import InputError
from .program import ModelOptions

Point = Mapping[str, Any]
"""Values by dotted path."""

SEARCHES = ("grid",)
KEYS = ("name", "question", "search", "base", "grids")
ROOTS = ("chip", "memory", "program")


@dataclass(frozen=True)
class Study:
    """Points to run, in order; no two are the same."""

    name: str
    question: str
    points: tuple[Point, ...]

    @property
    def axes(self) -> tuple[str, ...]:
        """Paths that any point has, in order of their first mention."""
        return tuple(dict.fromkeys(path for point in self.points for path in point))


def load_study(path: str | PathLike[str]) -> Study:
    """Reads a study; raises InputError when the file is not one."""
    where = fspath(path)
    content = json.loads(_core.read_yaml(where))
    if not isinstance(content, dict):
        raise InputError(f"{where}: is not a map of {', '.join(KEYS)}")
    unknown = [key for key in content if key not in KEYS]
    if unknown:
        raise InputError(f"{where}: {unknown[0]}: unknown key; there are {', '.join(KEYS)}")
    search = content.get("search", SEARCHES[0])
    if search not in SEARCHES:
        raise InputError(f"{where}: search: '{search}' is not one of {', '.join(SEARCHES)}")
    return Study(
        name=str(content.get("name", where)),
        question=str(content.get("question", "")),
        points=_points(where, content),
    )


def _points(where: str, content: Mapping[str, Any]) -> tuple[Point, ...]:
    base = content.get("base") or {}
    grids = content.get("grids") or [{}]
    if not isinstance(base, dict) or not isinstance(grids, list):
        raise InputError(f"{where}: base must be a map and grids a list of maps")
    points: dict[str, Point] = {}
    for grid in grids:
        if not isinstance(grid, dict):
            raise InputError(f"{where}: grids: '{grid}' is not a map of lists")
        axes = {key: value if isinstance(value, list) else [value] for key, value in grid.items()}
        for values in product(*axes.values()):
            point = {**base, **dict(zip(axes, values, strict=True))}
            points.setdefault(json.dumps(point, sort_keys=True), _checked(where, point))
    return tuple(points.values())


def _checked(where: str, point: Point) -> Point:
    for root in ("chip", "program"):
        if root not in point:
            raise InputError(f"{where}: a point has no '{root}'")
    options = ModelOptions.__optional_keys__
    for path in point:
        root, _, rest = path.partition(".")
        if root not in ROOTS or (root == "memory" and rest):
            raise InputError(f"{where}: {path}: paths begin with {', '.join(ROOTS)}")
        if root == "program" and rest and rest not in options:
            raise InputError(f"{where}: {path}: options are {', '.join(sorted(options))}")
    return point

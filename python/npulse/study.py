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

Other searches than `grid` have other keys in the place of `grids`:

    search: list                search: random              search: optuna
    points:                     axes:                       axes: ...
      - {chip.cores: 4}           chip.cores: [4, 8]        objectives:
      - {chip.cores: 8}           chip.memory.channels:       latency_s: minimize
                                    {low: 8, high: 64,        energy_j: minimize
                                     step: 8}               trials: 200
                                samples: 100                batch: 20
                                seed: 1                     seed: 1

Optuna proposes a batch of points from the results of the batches before, so that the same study has
the same points at any number of workers.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from os import PathLike, fspath
from typing import Any, Literal

from . import _core
from .errors import InputError
from .points import RESULTS, Point
from .program import ModelOptions
from .space import Space, axis_of

ROOTS = ("chip", "memory", "program")
DIRECTIONS = ("minimize", "maximize")
COMMON_KEYS = ("name", "question", "search", "base")


@dataclass(frozen=True)
class Search:
    """Points that Optuna proposes, `batch` at a time."""

    space: Space
    objectives: Mapping[str, Literal["minimize", "maximize"]]
    """By column of RESULTS."""
    trials: int
    batch: int
    seed: int


@dataclass(frozen=True)
class Study:
    """Points to run, in order; no two are the same. Those of a search are found while it runs."""

    name: str
    question: str
    points: tuple[Point, ...]
    search: Search | None = None

    @property
    def size(self) -> int:
        """Points that will have been run in the end."""
        return self.search.trials if self.search else len(self.points)

    @property
    def axes(self) -> tuple[str, ...]:
        """Paths that any point has, in order of their first mention."""
        searched = [{**self.search.space.base, **self.search.space.axes}] if self.search else []
        return tuple(dict.fromkeys(path for point in (*self.points, *searched) for path in point))


def load_study(path: str | PathLike[str]) -> Study:
    """Reads a study; raises InputError when the file is not one."""
    where = fspath(path)
    content = json.loads(_core.read_yaml(where))
    if not isinstance(content, dict):
        raise InputError(f"{where}: is not a map of {', '.join(COMMON_KEYS)}")
    kind = content.get("search", "grid")
    if kind not in SEARCHES:
        raise InputError(f"{where}: search: '{kind}' is not one of {', '.join(SEARCHES)}")
    keys, read = SEARCHES[kind]
    unknown = [key for key in content if key not in (*COMMON_KEYS, *keys)]
    if unknown:
        allowed = ", ".join((*COMMON_KEYS, *keys))
        raise InputError(f"{where}: {unknown[0]}: unknown key; there are {allowed}")
    file = _File(where, content)
    points, search = read(file)
    name, question = str(content.get("name", where)), str(content.get("question", ""))
    return Study(name, question, points, search)


class _File:
    """A study's YAML, with its name for messages."""

    def __init__(self, where: str, content: Mapping[str, Any]) -> None:
        self.where = where
        self.content = content
        self.base: Any = content.get("base") or {}
        if not isinstance(self.base, dict):
            raise self.fault("base must be a map")

    def fault(self, text: str) -> InputError:
        return InputError(f"{self.where}: {text}")

    def maps(self, key: str, default: list[Any]) -> list[dict[str, Any]]:
        """A list of maps."""
        maps = self.content.get(key) or default
        if not isinstance(maps, list):
            raise self.fault(f"{key} must be a list of maps")
        wrong = [item for item in maps if not isinstance(item, dict)]
        if wrong:
            raise self.fault(f"{key}: '{wrong[0]}' is not a map of lists")
        return maps

    def count(self, key: str, default: int | None = None) -> int:
        """A whole number from 1 on."""
        value = self.content.get(key, default)
        if type(value) is not int or value < 1:
            raise self.fault(f"{key}: must be a whole number from 1 on")
        return value

    def space(self) -> Space:
        axes = self.content.get("axes")
        if not isinstance(axes, dict) or not axes:
            raise self.fault("axes: must be a map of lists or ranges")
        space = Space(
            self.base,
            {path: axis_of(f"{self.where}: axes: {path}", axis) for path, axis in axes.items()},
        )
        self.checked(space.sample(random.Random(0)))
        return space

    def checked(self, point: Point) -> Point:
        for root in ("chip", "program"):
            if root not in point:
                raise self.fault(f"a point has no '{root}'")
        options = ModelOptions.__optional_keys__
        for path in point:
            root, _, rest = path.partition(".")
            if root not in ROOTS or (root == "memory" and rest):
                raise self.fault(f"{path}: paths begin with {', '.join(ROOTS)}")
            if root == "program" and rest and rest not in options:
                raise self.fault(f"{path}: options are {', '.join(sorted(options))}")
        return point

    def distinct(self, points: Iterable[Point]) -> tuple[Point, ...]:
        """The points with the base's values, each once."""
        whole = ({**self.base, **point} for point in points)
        seen = {json.dumps(point, sort_keys=True): self.checked(point) for point in whole}
        return tuple(seen.values())


Found = tuple[tuple[Point, ...], Search | None]


def _grid(file: _File) -> Found:
    def points() -> Iterable[Point]:
        for grid in file.maps("grids", [{}]):
            axes = {
                key: value if isinstance(value, list) else [value] for key, value in grid.items()
            }
            for values in product(*axes.values()):
                yield dict(zip(axes, values, strict=True))

    return file.distinct(points()), None


def _list(file: _File) -> Found:
    return file.distinct(file.maps("points", [])), None


def _random(file: _File) -> Found:
    space, source = file.space(), random.Random(file.count("seed", 1))
    return file.distinct(space.sample(source) for _ in range(file.count("samples"))), None


def _optuna(file: _File) -> Found:
    objectives = file.content.get("objectives")
    if not isinstance(objectives, dict) or not objectives:
        raise file.fault("objectives: must be a map of columns to minimize or maximize")
    for column, direction in objectives.items():
        if column not in RESULTS:
            raise file.fault(f"objectives: '{column}' is not one of {', '.join(RESULTS)}")
        if direction not in DIRECTIONS:
            raise file.fault(f"objectives: {column}: must be one of {', '.join(DIRECTIONS)}")
    trials, batch, seed = file.count("trials"), file.count("batch", 16), file.count("seed", 1)
    return (), Search(file.space(), objectives, trials, batch, seed)


SEARCHES: dict[str, tuple[tuple[str, ...], Callable[[_File], Found]]] = {
    "grid": (("grids",), _grid),
    "list": (("points",), _list),
    "random": (("axes", "samples", "seed"), _random),
    "optuna": (("axes", "objectives", "trials", "batch", "seed"), _optuna),
}

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
from math import prod
from os import PathLike, fspath
from typing import Any, Literal

from . import _core
from ._paths import nearest
from .errors import InputError
from .points import RESULTS, WORDS, Point, checked_point
from .space import Space, axis_of

DIRECTIONS = ("minimize", "maximize")
COMMON_KEYS = ("name", "question", "search", "base")
MOST_POINTS = 1_000_000


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
    """Points to run, in order. Those of a search are found while it runs.

    Raises InputError for a point without `chip` or `program`, for a path that means nothing, for a
    value of a sort that no path takes, and when there is no point.
    """

    name: str
    question: str
    points: tuple[Point, ...]
    search: Search | None = None

    def __post_init__(self) -> None:
        points = tuple(checked_point(point) for point in self.points)
        object.__setattr__(self, "points", points)
        if self.search is not None:
            checked_point(self.search.space.sample(random.Random(0)))
        elif not points:
            raise InputError("there is no point to run")

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
    """Reads a study; raises InputError with its first fault when the file is not one."""
    where = fspath(path)
    content = json.loads(_core.read_yaml(where))
    if not isinstance(content, dict):
        raise InputError(f"{where}: is not a map of {', '.join(COMMON_KEYS)}")
    kind = content.get("search", "grid")
    if not isinstance(kind, str) or kind not in SEARCHES:
        raise InputError(f"{where}: search: '{kind}' is not one of {', '.join(SEARCHES)}")
    keys, read = SEARCHES[kind]
    allowed = (*COMMON_KEYS, *keys)
    for key in content:
        if key not in allowed:
            text = f"unknown key; there are {', '.join(allowed)}{nearest(key, allowed)}"
            raise InputError(f"{where}: {key}: {text}")
    points, search = read(_File(where, content))
    name, question = (
        str(content.get(key, other)) for key, other in (("name", where), ("question", ""))
    )
    try:
        return Study(name, question, points, search)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


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
        maps = self.content.get(key, default)
        if not isinstance(maps, list) or not maps:
            raise self.fault(f"{key} must be a list of maps")
        wrong = [item for item in maps if not isinstance(item, dict)]
        if wrong:
            raise self.fault(f"{key}: '{wrong[0]}' is not a map of paths")
        return maps

    def count(self, key: str, default: int | None = None) -> int:
        """A whole number from 1 on."""
        value = self.content.get(key, default)
        if type(value) is not int or not 1 <= value <= MOST_POINTS:
            raise self.fault(f"{key}: must be a whole number from 1 to {MOST_POINTS}")
        return value

    def space(self) -> Space:
        axes = self.content.get("axes")
        if not isinstance(axes, dict) or not axes:
            raise self.fault("axes: must be a map of lists or ranges")
        return Space(
            self.base,
            {path: axis_of(f"{self.where}: axes: {path}", axis) for path, axis in axes.items()},
        )

    def axes_of_grids(self) -> list[dict[str, list[Any]]]:
        """Values by path, for each grid."""
        grids = [
            {path: value if isinstance(value, list) else [value] for path, value in grid.items()}
            for grid in self.maps("grids", [{}])
        ]
        empty = [path for grid in grids for path, values in grid.items() if not values]
        if empty:
            raise self.fault(f"grids: {empty[0]}: there is no value in its list")
        points = sum(prod(map(len, grid.values())) for grid in grids)
        if points > MOST_POINTS:
            text = f"{points} points; there may be {MOST_POINTS}: take search: random or optuna"
            raise self.fault(f"grids: {text}")
        return grids

    def distinct(self, points: Iterable[Point]) -> tuple[Point, ...]:
        """The points with the base's values, each once."""
        whole = ({**self.base, **point} for point in points)
        return tuple({json.dumps(point, sort_keys=True): point for point in whole}.values())


Found = tuple[tuple[Point, ...], Search | None]


def _grid(file: _File) -> Found:
    points = (
        dict(zip(axes, values, strict=True))
        for axes in file.axes_of_grids()
        for values in product(*axes.values())
    )
    return file.distinct(points), None


def _list(file: _File) -> Found:
    return file.distinct(file.maps("points", [])), None


def _random(file: _File) -> Found:
    space, source = file.space(), random.Random(file.count("seed", 1))
    return file.distinct(space.sample(source) for _ in range(file.count("samples"))), None


def _optuna(file: _File) -> Found:
    objectives = file.content.get("objectives")
    if not isinstance(objectives, dict) or not objectives:
        raise file.fault("objectives: must be a map of columns to minimize or maximize")
    numbers = [name for name in RESULTS if name not in WORDS]
    for column, direction in objectives.items():
        if column not in numbers:
            text = f"is not one of {', '.join(numbers)}{nearest(column, numbers)}"
            raise file.fault(f"objectives: '{column}' {text}")
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

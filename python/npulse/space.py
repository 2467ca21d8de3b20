# SPDX-License-Identifier: Apache-2.0
"""The axes of a design space that is sampled rather than walked through."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from .errors import InputError
from .points import Point


@dataclass(frozen=True)
class Choice:
    """One of some values."""

    values: tuple[Any, ...]

    def sample(self, source: random.Random) -> Any:
        return self.values[source.randrange(len(self.values))]


@dataclass(frozen=True)
class Range:
    """A number from `low` to `high`, both included, in steps of `step` from `low`."""

    low: float
    high: float
    step: float

    def sample(self, source: random.Random) -> Any:
        steps = int((self.high - self.low) / self.step + 1e-9)  # 1e-9: 0.3 / 0.1 is 2.9999...
        value = self.low + source.randrange(steps + 1) * self.step
        return value if isinstance(value, int) else float(f"{value:.12g}")  # 0.3, not 0.1 + 2 * 0.1


Axis = Choice | Range


@dataclass(frozen=True)
class Space:
    """Axes by dotted path; every point has the values of `base` besides."""

    base: Point
    axes: Mapping[str, Axis]

    def sample(self, source: random.Random) -> Point:
        """A random point."""
        return {**self.base, **{path: axis.sample(source) for path, axis in self.axes.items()}}


def axis_of(where: str, value: object) -> Axis:
    """The axis that a list, or a map of low, high and step (default 1), describes.

    Raises InputError, which names `where`, for anything else.
    """
    if isinstance(value, list) and value:
        return Choice(tuple(value))
    if isinstance(value, dict) and {"low", "high"} <= set(value) <= {"low", "high", "step"}:
        low, high, step = value["low"], value["high"], value.get("step", 1)
        numbers = all(
            type(number) in (int, float) and isfinite(number) for number in (low, high, step)
        )
        if numbers and low <= high and step > 0:
            return Range(low, high, step)
    raise InputError(f"{where}: must be a list of values, or {{low: N, high: N, step: N}}")

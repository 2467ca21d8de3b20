# SPDX-License-Identifier: Apache-2.0
"""What a change of the chip would buy: by simulation, not by rule of thumb."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any, Unpack

from ._paths import has_effect, leaves, near
from .chip import CHANNELS, Chip, load_chip, plain_value
from .errors import InputError
from .options import ModelOptions
from .points import Point, Row
from .program import Program
from .study import Study
from .sweeps import Progress, sweep

NUMBER = r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+"
CHANGE = re.compile(rf"([+-](?:{NUMBER}))\s*%|[x*]\s*({NUMBER})")
SHIFT = re.compile(rf"[+-]({NUMBER})")
MEMORY = "memory"
"""As a path: the memory part as a whole, `PART` or `PART:CHANNELS`."""

Changes = Mapping[str, object] | Iterable[tuple[str, object]]
"""New values by path; pairs where one path has several."""


@dataclass(frozen=True)
class Effect:
    """What one change did."""

    path: str
    before: Any
    after: Any
    latency_s: float | None
    """None when the point failed."""
    latency_change: float | None
    """-0.2 is a fifth faster."""
    energy_change: float | None
    error: str

    def text(self) -> str:
        what = f"{self.path}: {self.before} -> {self.after}"
        if self.latency_change is None or self.energy_change is None:
            return f"{what}: cannot be run: {self.error.splitlines()[0]}"
        return f"{what}: latency {self.latency_change:+.1%}, energy {self.energy_change:+.1%}"


def changed(value: Any, change: object) -> Any:
    """The value after `+50%`, `-25%`, `x2`, or else simply what `change` says.

    Raises InputError for a factor of what is no number, and for `+8`, which may mean two things.

    >>> changed(32, "+50%"), changed(8, "x2"), changed(64, "128"), changed(4, 6)
    (48, 16, '128', 6)
    """
    if not isinstance(change, str):
        return plain_value("change", change)
    text = change.strip()
    if shift := SHIFT.fullmatch(text):
        raise InputError(f"'{change}': write {text}%, x2 or the value itself, {shift[1]}")
    match = CHANGE.fullmatch(text)
    if match is None:
        return change
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"'{change}' changes numbers; this is {value!r}")
    factor = 1 + float(match[1]) / 100 if match[1] else float(match[2])
    return round(value * factor) if isinstance(value, int) else value * factor


def what_if(
    chip: Chip | str,
    program: str | PathLike[str],
    changes: Changes,
    *,
    workers: int | None = None,
    results: str | PathLike[str] | None = None,
    progress: Progress | None = None,
    **options: Unpack[ModelOptions],
) -> list[Effect]:
    """Simulates each of `changes` by itself: `{"memory.channels": "+50%"}`, or as pairs where a
    path has several; the path `memory` puts another part in its place.

    `program` is a model or the path of a program, as for `run`. It is lowered anew for each changed
    chip. A change that cannot be run is an Effect with its error. Raises InputError for an unknown
    path, or when the unchanged chip cannot run the program.
    """
    on = load_chip(chip) if isinstance(chip, str) else chip
    values = _parameters(on)
    wanted = []
    for path, change in changes.items() if isinstance(changes, Mapping) else changes:
        before = on.memory if path == MEMORY else _parameter(on, values, path)
        wanted.append((path, before, changed(before, change)))
    return _effects(on, program, wanted, workers, results, progress, options)


def sensitivity(
    chip: Chip | str,
    program: str | PathLike[str],
    *,
    parameters: Sequence[str] | None = None,
    factors: Sequence[float] = (0.5, 2.0),
    workers: int | None = None,
    results: str | PathLike[str] | None = None,
    progress: Progress | None = None,
    **options: Unpack[ModelOptions],
) -> list[Effect]:
    """Simulates each parameter times each of `factors`, and ranks them: most latency moved first.

    `parameters` are paths; default all numbers of the chip that have an effect, those of the memory
    device left out. Changes that a chip or program does not allow come last, with their error.
    """
    on = load_chip(chip) if isinstance(chip, str) else chip
    values = _parameters(on)
    wanted = []
    for path in numbers(values) if parameters is None else parameters:
        before = _parameter(on, values, path)
        after = [changed(before, f"x{factor}") for factor in factors]
        wanted += [(path, before, value) for value in after if value not in (0, before)]
    effects = _effects(on, program, wanted, workers, results, progress, options)
    return sorted(
        effects, key=lambda e: -abs(e.latency_change) if e.latency_change is not None else 1
    )


def numbers(parameters: Mapping[str, Any]) -> dict[str, int | float]:
    """Numbers of a chip by path, those left out that are 0 or have no effect."""
    return {
        path: value
        for path, value in leaves(parameters)
        if type(value) in (int, float) and value and has_effect(parameters, path)
    }


def _parameters(chip: Chip) -> dict[str, Any]:
    values = chip.parameters()
    values["memory"]["channels"] = chip.memory_channels  # which a chip may leave to the part
    return values


def _parameter(chip: Chip, values: Mapping[str, Any], path: str) -> Any:
    known = dict(leaves(values))
    if path not in known:
        meant = near(values, path)
        hint = f"; did you mean {' or '.join(meant)}?" if meant else ""
        raise InputError(
            f"{path}: {chip.name} has no such parameter; see npulse show {chip.name}{hint}"
        )
    return known[path]


def _effects(
    chip: Chip,
    program: str | PathLike[str],
    wanted: Sequence[tuple[str, Any, Any]],
    workers: int | None,
    results: str | PathLike[str] | None,
    progress: Progress | None,
    options: ModelOptions,
) -> list[Effect]:
    if isinstance(program, Program):
        raise InputError(
            f"{program.name}: save it, and give its path: processes of their own run it"
        )
    base: Point = {
        **chip.as_point(),
        "program": fspath(program),
        **{f"program.{name}": value for name, value in options.items()},
    }
    points = [base, *(_point(base, path, value) for path, _, value in wanted)]
    rows = sweep(
        Study("what-if", "", tuple(points)), workers=workers, results=results, progress=progress
    )
    first = rows[0]
    if first["error"]:
        raise InputError(first["error"])
    return [
        _effect(path, before, value, first, row)
        for (path, before, value), row in zip(wanted, rows[1:], strict=True)
    ]


def _point(base: Point, path: str, value: object) -> Point:
    """The base with a change; a count of channels that came with the memory part gives way."""
    if path == MEMORY:
        kept = {name: old for name, old in base.items() if name != f"chip.{CHANNELS}"}
        return {**kept, MEMORY: value}
    part = base.get(MEMORY)
    without = {MEMORY: part.rpartition(":")[0] or part} if part and path == CHANNELS else {}
    return {**base, **without, f"chip.{path}": value}


def _effect(path: str, before: Any, after: Any, first: Row, row: Row) -> Effect:
    def change(name: str) -> float | None:
        return None if row["error"] else row[name] / first[name] - 1

    return Effect(
        path, before, after, row["latency_s"], change("latency_s"), change("energy_j"), row["error"]
    )

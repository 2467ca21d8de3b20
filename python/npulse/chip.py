# SPDX-License-Identifier: Apache-2.0
"""Chips: loaded by name or path, changed without touching the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike, fspath
from typing import Any

from . import _core


class Chip:
    """An NPU with its memory. Made by `load_chip`; never changes, `with_` gives a changed copy."""

    def __init__(self, source: str, memory: str | None, sets: dict[str, object]) -> None:
        self._source = source
        self._memory = memory
        self._sets = sets
        self._core = _core.load_chip(source, memory, assignments(sets))

    def with_(
        self,
        parameters: Mapping[str, object] | None = None,
        *,
        memory: str | None = None,
        **more: object,
    ) -> Chip:
        """The same chip with other parameters and another memory (`PART` or `PART:CHANNELS`).

        Parameters are named by their path, those of the memory part begin with `part.`:
        `chip.with_({"pe.systolic.rows": 16, "clock": "1.2 GHz"})`, or as keywords:
        `chip.with_(clock="1.2 GHz", **{"pe.systolic.rows": 16})`. Earlier changes stay in force.

        Raises InputError for an unknown part or path and for a value out of range.
        """
        changes = {**self._sets, **(parameters or {}), **more}
        return Chip(self._source, memory or self._memory, changes)

    @property
    def name(self) -> str:
        """The chip's own name, for which programs are lowered."""
        return self._core.name

    @property
    def cores(self) -> int:
        """Identical cores."""
        return self._core.cores

    @property
    def clock_hertz(self) -> int:
        """Clock of the cores in hertz."""
        return self._core.clock_hertz

    @property
    def memory(self) -> str:
        """Name of the memory part."""
        return self._core.memory

    @property
    def memory_channels(self) -> int:
        """Channels of the memory part."""
        return self._core.memory_channels

    @property
    def peak_memory_bytes_per_s(self) -> float:
        """What all memory channels carry together at most, in bytes a second."""
        return self._core.peak_memory_bytes_per_s

    def parameters(self) -> dict[str, Any]:
        """Every parameter in base units (Hz, bytes, ps), nested as in the chip file."""
        parameters: dict[str, Any] = json.loads(self._core.parameters_json())
        return parameters

    def to_yaml(self) -> str:
        """The effective configuration, with units, ranges and sources; loads again."""
        return self._core.to_yaml()

    def as_point(self) -> dict[str, object]:
        """How a study names this chip: `chip`, `memory` and its changed parameters, by path."""
        memory = {} if self._memory is None else {"memory": self._memory}
        changes = {f"chip.{path}": value for path, value in self._sets.items()}
        return {"chip": self._source, **memory, **changes}

    def __repr__(self) -> str:
        return f"<npulse.Chip {self.name}, {self.cores} cores, {self.memory}>"


def load_chip(name_or_path: str | PathLike[str]) -> Chip:
    """Loads a shipped chip by name (`rngd`) or one of your own by path (`chips/mine.yaml`).

    Raises InputError with every fault of the file, each with its place.
    """
    return Chip(fspath(name_or_path), None, {})


def assignments(sets: Mapping[str, object]) -> list[str]:
    """What stands after `--set` for each."""
    return [f"{path}={_yaml(value)}" for path, value in sets.items()]


def _yaml(value: object) -> str:
    """JSON is YAML; strings stay as the user would write them after `--set path=`."""
    return value if isinstance(value, str) else json.dumps(value)

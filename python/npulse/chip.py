# SPDX-License-Identifier: Apache-2.0
"""Chips: loaded by name or path, changed without touching the file."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from typing import Any

from . import _core
from ._paths import has_effect, leaves, near
from ._plain import plain
from .errors import InputError

PART = "part."
"""What paths of the memory part begin with."""
CHANNELS = "memory.channels"


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

        Raises InputError for an unknown part or path and for a value out of range. A change of the
        kind of array that the chip does not have (`pe.kind`) is a warning: it has no effect.
        """
        given = {**(parameters or {}), **more}
        new = {path: plain_value(path, value) for path, value in given.items()}
        kept, part = self._sets, memory or self._memory
        if memory and ":" in memory:  # channels are given twice: the later holds
            kept = {path: value for path, value in kept.items() if path != CHANNELS}
        elif part and CHANNELS in new:
            part = part.rpartition(":")[0] or part
        try:
            chip = Chip(self._source, part, {**kept, **new})
        except InputError as error:
            meant = "" if "did you mean" in str(error) else self._meant(new)
            raise InputError(f"{error}{meant}", error.faults) from None
        for path in new:
            chip._warn_of_no_effect(path)
        return chip

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

    def _meant(self, paths: Iterable[str]) -> str:
        """For a message: what unknown paths may mean."""
        parameters = self.parameters()
        known = [path + "." for path, _ in leaves(parameters)]
        unknown = [
            path
            for path in paths
            if not path.startswith(PART) and not any(one.startswith(path + ".") for one in known)
        ]
        found = {path: near(parameters, path) for path in unknown}
        return "".join(
            f"; {path} may mean {' or '.join(meant)}" for path, meant in found.items() if meant
        )

    def _warn_of_no_effect(self, path: str) -> None:
        parameters = self.parameters()
        if not has_effect(parameters, path):
            kind = parameters["pe"]["kind"]
            text = f"{path} has no effect: the array of {self.name} is of pe.kind {kind}"
            warnings.warn(text, stacklevel=3)

    def __repr__(self) -> str:
        return f"<npulse.Chip {self.name}, {self.cores} cores, {self.memory}>"


def load_chip(name_or_path: str | PathLike[str]) -> Chip:
    """Loads a shipped chip by name (`rngd`) or one of your own by path (`chips/mine.yaml`).

    Raises InputError with every fault of the file, each with its place.
    """
    return Chip(fspath(name_or_path), None, {})


def assignments(sets: Mapping[str, object]) -> list[str]:
    """What stands after `--set` for each. JSON is YAML; text stays as the user would write it.

    Raises InputError for a value that no parameter can have.
    """
    return [
        f"{path}={value if isinstance(value, str) else json.dumps(value)}"
        for path, value in ((path, plain_value(path, value)) for path, value in sets.items())
    ]


def plain_value(path: str, value: object) -> Any:
    """The value of a parameter without NumPy's types; InputError when it can be none."""
    try:
        return plain(value)
    except TypeError as error:
        raise InputError(f"{path}: {error}") from None

# SPDX-License-Identifier: Apache-2.0
"""What instructions of a built program name: places of bytes, and counts of events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral

from .errors import InputError


@dataclass(frozen=True)
class Place:
    """Bytes of a space from an address on; made by `dram`, `shared`, `spm` and `acc`.

    >>> print(spm(0x100).step(0x40, modulo=2).step(0), acc(64, core=1))
    spm:0x100(+0x40%2,+0x0) acc@1:0x40
    """

    space: str
    address: int
    core: int | None = None
    steps: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.address, Integral):
            raise InputError(f"{self.space}: the address {self.address!r} must be a whole number")

    def step(self, stride: int, modulo: int | None = None) -> Place:
        """The place moves by `stride` bytes a turn of the loop; call again for the next loop out.

        With `modulo` it moves by `stride` times (turn modulo `modulo`), as a buffer in parts does.
        """
        return replace(self, steps=_with_step(self.steps, _hex(stride), modulo))

    def __str__(self) -> str:
        core = "" if self.core is None else f"@{self.core}"
        return f"{self.space}{core}:{self.address:#x}{self.steps}"


def dram(address: int) -> Place:
    """A place in the chip's memory."""
    return Place("dram", address)


def shared(address: int) -> Place:
    """A place in the level that all cores share, on chips that have one."""
    return Place("shared", address)


def spm(address: int, core: int | None = None) -> Place:
    """A place in the scratchpad: of the core's own, or of another's."""
    return Place("spm", address, core)


def acc(address: int, core: int | None = None) -> Place:
    """A place in the accumulators: of the core's own, or of another's."""
    return Place("acc", address, core)


@dataclass(frozen=True)
class Wait:
    """Until an event has come to a count; made by `event >= count`."""

    event: str
    count: int
    steps: str = ""

    def step(self, stride: int, modulo: int | None = None) -> Wait:
        """The count grows by `stride` a turn of the loop; call again for the next loop out."""
        return replace(self, steps=_with_step(self.steps, f"{stride:+d}", modulo))

    def __str__(self) -> str:
        return f"{self.event}>={self.count}{self.steps}"


@dataclass(frozen=True)
class Signal:
    """Adds to an event; made by `event + amount`."""

    event: str
    amount: int = 1

    def __str__(self) -> str:
        return f"{self.event}+{self.amount}"


@dataclass(frozen=True)
class Event:
    """A counter that starts at 0; made by `ProgramBuilder.event`.

    >>> full = Event("full")
    >>> print((full >= 2).step(1), full + 3)
    full>=2(+1) full+3
    """

    name: str

    def __ge__(self, count: int) -> Wait:
        return Wait(self.name, count)

    def __add__(self, amount: int) -> Signal:
        return Signal(self.name, amount)


def _with_step(steps: str, stride: str, modulo: int | None) -> str:
    step = stride if modulo is None else f"{stride}%{modulo}"
    return f"{steps[:-1]},{step})" if steps else f"({step})"


def _hex(stride: int) -> str:
    return f"{'-' if stride < 0 else '+'}{abs(stride):#x}"

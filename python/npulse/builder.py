# SPDX-License-Identifier: Apache-2.0
"""Programs written in Python: what they emit is the text of docs/isa.md, which is then assembled.

>>> from npulse import ProgramBuilder, load_chip, run
>>> from npulse.places import acc, dram, spm
>>> chip = load_chip("edu-8x8")
>>> build = ProgramBuilder(chip)
>>> full = build.event("full")
>>> build.dma("ld", dst=spm(0), src=dram(0), shape=[8, 8], signal=full)
>>> build.dma("ld", dst=spm(0x100), src=dram(0x100), shape=[8, 8], signal=full)
>>> build.mm("mx", a=spm(0), b=spm(0x100), c=acc(0), m=8, n=8, k=8, wait=full >= 2)
>>> run(chip, build.program("product")).macs
512
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from numbers import Real
from typing import Literal

from .chip import Chip, load_chip
from .errors import InputError
from .places import Event, Place, Signal, Wait
from .program import Program

Waits = Wait | Sequence[Wait]
Signals = Event | Signal | Sequence[Event | Signal]
Value = int | float | bool | str | Place | Sequence[int]


class ProgramBuilder:
    """Collects instructions for `chip`, in the order in which its cores are to read them.

    The instructions take the fields of docs/isa-fields.md by name, beside those that the methods
    name; those without a method (send, recv, coll, pim, cfg) are written as text, for
    `Program.from_text`. Addresses, strides and shapes are as the text form has them: bytes, bytes
    and elements. Nothing is checked before `program()` assembles it; faults name the line of
    `text()`.
    """

    def __init__(
        self, chip: Chip | str, *, sync: Literal["explicit", "hazard"] = "explicit"
    ) -> None:
        self._chip = load_chip(chip) if isinstance(chip, str) else chip
        queues = self._chip.parameters()["queues"]
        self._head = [f".target {self._chip.name}", f".sync {sync}"]
        self._head += [f".queue {queue['name']} {queue['kind']}" for queue in queues]
        self._cores: dict[int, list[str]] = {}
        self._core = 0
        self._depth = 1

    def event(self, name: str, scope: Literal["core", "chip"] = "core") -> Event:
        """Declares an event, one in every core or one in the chip."""
        self._head.append(f".event {name} {scope}")
        return Event(name)

    def tensor(
        self, name: str, role: str, at: Place, shape: Sequence[int], **fields: Value
    ) -> None:
        """Declares where the values of a tensor lie, for `npulse.execute`."""
        self._head.append(_joined(f".tensor {name} {role}", {"at": at, "shape": shape, **fields}))

    def meta(self, name: str, text: str) -> None:
        """Declares a fact that reports show."""
        self._head.append(f".meta {name} {_quoted(text)}")

    @contextmanager
    def core(self, number: int) -> Iterator[None]:
        """What follows is for this core; without, for core 0."""
        if self._depth > 1:
            raise InputError(f"core({number}): stands inside a loop or mark; close it first")
        before, self._core = self._core, number
        try:
            yield
        finally:
            self._core = before

    @contextmanager
    def loop(self, turns: int) -> Iterator[None]:
        """What follows is repeated; loops nest 4 deep."""
        with self._block(f"loop {turns}"):
            yield

    @contextmanager
    def mark(self, region: str) -> Iterator[None]:
        """What follows is a region of the report."""
        with self._block(f"mark {_quoted(region)}"):
            yield

    def dma(
        self,
        queue: str,
        *,
        dst: Place,
        src: Place,
        shape: Sequence[int],
        wait: Waits = (),
        signal: Signals = (),
        **fields: Value,
    ) -> None:
        """Copies a block of `shape` elements (`type`: i8)."""
        self._put(queue, "dma", wait, signal, {"dst": dst, "src": src, "shape": shape, **fields})

    def mm(
        self,
        queue: str,
        *,
        a: Place,
        b: Place,
        c: Place,
        m: int,
        n: int,
        k: int,
        wait: Waits = (),
        signal: Signals = (),
        **fields: Value,
    ) -> None:
        """Multiplies `a` [m,k] by `b` [k,n]; `c` [m,n] holds sums (`c_type`: i32)."""
        operands: dict[str, Value] = {"a": a, "b": b, "c": c, "m": m, "n": n, "k": k}
        self._put(queue, "mm", wait, signal, {**operands, **fields})

    def conv(
        self,
        queue: str,
        *,
        ifm: Place,
        weight: Place,
        ofm: Place,
        wait: Waits = (),
        signal: Signals = (),
        **fields: Value,
    ) -> None:
        """Convolves `ifm` [h,w,c] with `weight` [kh,kw,c/groups,oc]; give h, w, c, oc, kh, kw."""
        operands: dict[str, Value] = {"ifm": ifm, "weight": weight, "ofm": ofm}
        self._put(queue, "conv", wait, signal, {**operands, **fields})

    def vec(
        self,
        queue: str,
        kind: str,
        *,
        dst: Place,
        x: Place,
        cols: int,
        wait: Waits = (),
        signal: Signals = (),
        **fields: Value,
    ) -> None:
        """Computes `dst` from `x` [rows,cols]; kinds are add, relu, softmax, ... of docs/isa.md."""
        operands: dict[str, Value] = {"dst": dst, "x": x, "cols": cols}
        self._put(queue, f"vec {kind}", wait, signal, {**operands, **fields})

    def xform(
        self,
        queue: str,
        kind: str,
        *,
        dst: Place,
        src: Place,
        shape: Sequence[int],
        wait: Waits = (),
        signal: Signals = (),
        **fields: Value,
    ) -> None:
        """Moves elements: transpose, reshape, gather or scatter."""
        operands: dict[str, Value] = {"dst": dst, "src": src, "shape": shape}
        self._put(queue, f"xform {kind}", wait, signal, {**operands, **fields})

    def opaque(
        self,
        queue: str,
        *,
        cycles: int,
        wait: Waits = (),
        signal: Signals = (),
        **fields: Value,
    ) -> None:
        """Work of a known cost."""
        self._put(queue, "opaque", wait, signal, {"cycles": cycles, **fields})

    def bar(self, scope: Literal["core", "chip"] = "core") -> None:
        """Waits until all queues are empty: of the core, or of every core."""
        self._line(f"bar {scope}")

    def text(self) -> str:
        """The program so far, as text."""
        cores = max(self._cores, default=0) + 1
        sections = ([f"core {core} {{", *lines, "}"] for core, lines in sorted(self._cores.items()))
        lines = [".npu 1.0", *self._head, f".cores {cores}", *chain.from_iterable(sections)]
        return "\n".join(lines) + "\n"

    def program(self, name: str = "<text>") -> Program:
        """Assembles it. Raises InputError with every fault, each at its line of `text()`."""
        return Program.from_text(self.text(), name=name)

    @contextmanager
    def _block(self, head: str) -> Iterator[None]:
        self._line(f"{head} {{")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            self._line("}")

    def _put(
        self,
        queue: str,
        operation: str,
        wait: Waits,
        signal: Signals,
        fields: dict[str, Value],
    ) -> None:
        waits = [wait] if isinstance(wait, (Event, Wait)) else list(wait)
        for each in waits:
            if not isinstance(each, Wait):
                raise InputError(f"wait={each!r}: must be EVENT >= COUNT, for example full >= 1")
        signals = [signal] if isinstance(signal, (Event, Signal)) else list(signal)
        sums = [each + 1 if isinstance(each, Event) else each for each in signals]
        words = [_joined(f"{queue}: {operation}", fields)]
        words += [f"wait {','.join(map(str, waits))}"] if waits else []
        words += [f"signal {','.join(map(str, sums))}"] if sums else []
        self._line(" ".join(words))

    def _line(self, text: str) -> None:
        self._cores.setdefault(self._core, []).append("  " * self._depth + text)


def _joined(head: str, fields: dict[str, Value]) -> str:
    return " ".join([head, *(f"{name}={_value(value)}" for name, value in fields.items())])


def _value(value: Value) -> str:
    if isinstance(value, (str, Place)):
        return str(value)
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    if isinstance(value, Real):  # NumPy's
        return str(value)
    return f"[{','.join(map(_value, value))}]"


def _quoted(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(escapes.get(letter, letter) for letter in text) + '"'

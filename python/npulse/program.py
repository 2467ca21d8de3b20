# SPDX-License-Identifier: Apache-2.0
"""Programs: opened from files, or lowered from models."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from . import _core
from .chip import Chip, load_chip
from .errors import Fault, InputError
from .options import ModelOptions, checked_option

LONGEST_NAME = 200
"""Letters of a program's name, which names a file."""


@dataclass(frozen=True)
class Tensor:
    """A tensor whose place a program declares, so that a functional run can put or take it."""

    role: str
    """input, weight, output, or state: both put and taken."""
    type: str
    """i4, i8, i16, i32, fp8, bf16, fp16 or fp32."""
    codec: str
    """How it is coded in memory; `none` if it is not."""
    shape: tuple[int, ...]


class Program:
    """Instructions for the cores of a chip; never changes.

    Made by `lower`, `load_program`, `Program.from_text` or a `ProgramBuilder`.
    """

    def __init__(self, core: _core.Program) -> None:
        self._core = core

    @classmethod
    def from_text(cls, text: str, *, name: str = "<text>") -> Program:
        """Assembles a program written as in docs/isa.md.

        `name` stands for the file's in reports and messages. Raises InputError with every fault,
        each with its place as `<text>:line:col`.

        >>> Program.from_text(".npu 1.0\\n.queue ld dma\\ncore 0 {\\n  bar core\\n}").queues
        ['ld']
        >>> Program.from_text(".npu 1.0\\ncore 0 {\\n  bar cor\\n}")
        Traceback (most recent call last):
        npulse.errors.InputError: <text>:3:7: unknown value 'cor': allowed are core, chip...
        """
        if name in ("", ".", "..") or "/" in name or "\0" in name or len(name) > LONGEST_NAME:
            raise InputError(f"name={name!r}: must be a word that can name a file")
        with TemporaryDirectory(prefix="npulse-") as folder:
            path = Path(folder, name)
            try:
                path.write_text(text, encoding="utf-8")
                return cls(_core.open_program(fspath(path)))
            except InputError as error:
                raise _without(f"{folder}/", error) from None

    @property
    def name(self) -> str:
        """File name, or the model it was lowered from."""
        return self._core.name

    @property
    def target(self) -> str:
        """Name of the chip it was made for; empty when it fits any with these queues."""
        return self._core.target

    @property
    def cores(self) -> int:
        """Cores that it uses."""
        return self._core.cores

    @property
    def queues(self) -> list[str]:
        """Names of a core's queues."""
        return self._core.queues

    @property
    def meta(self) -> dict[str, str]:
        """Facts about it, such as the model, the phase and the bytes it plans to move."""
        return self._core.meta

    @property
    def tensors(self) -> dict[str, Tensor]:
        """The tensors that it declares, by name."""
        return {
            name: Tensor(role, kind, codec, tuple(shape))
            for name, (role, kind, codec, shape) in self._core.tensors.items()
        }

    def save(self, path: str | PathLike[str]) -> None:
        """Writes it as text (`.npt`) or binary (`.npb`), whole or not at all.

        Raises InputError when the file cannot be written.
        """
        self._core.save(fspath(path))

    def __repr__(self) -> str:
        return f"<npulse.Program {self.name}, {self.cores} cores, for {self.target or 'any chip'}>"


def _without(folder: str, error: InputError) -> InputError:
    """The same error, its places without the folder."""
    faults = (Fault(f.where.removeprefix(folder), f.message, f.hint) for f in error.faults)
    return InputError(str(error).replace(folder, ""), tuple(faults))


def load_program(path: str | PathLike[str]) -> Program:
    """Opens a program file (`.npt` or `.npb`); raises InputError with its faults."""
    return Program(_core.open_program(fspath(path)))


def lower(
    model: str | PathLike[str],
    chip: Chip | str,
    *,
    phase: Literal["prefill", "decode"] | None = None,
    batch: int | None = None,
    context: int | None = None,
    weights: str | None = None,
    activations: str | None = None,
    kv: str | None = None,
    layers: tuple[int, int] | None = None,
    experts: str | None = None,
    attention: Literal["auto", "fused", "unfused"] | None = None,
    mapping: str | PathLike[str] | None = None,
    map: Literal["cost", "search"] | None = None,  # noqa: A002
    map_budget: int | None = None,
    write_mapping: str | PathLike[str] | None = None,
    dims: Mapping[str, int] | None = None,
) -> Program:
    """Lowers a model to a program for `chip`; the options are those of `ModelOptions`.

    `model` is a shipped name (`llama-3.1-8b`), the path of a Hugging Face `config.json`,
    `gemm:M,N,K`, or a graph: a file of the graph form or one that `npulse import` reads (`.onnx`,
    `.csv`), with `weights`, `activations`, `attention`, `dims` and mappings for options. What of a
    graph is repaired, or costed as traffic only, is a warning.

    Raises InputError for an unknown model, an option out of range or out of place, or a model that
    does not fit the chip.
    """
    on = (load_chip(chip) if isinstance(chip, str) else chip)._core
    span = None if layers is None else (int(layers[0]), int(layers[1]))
    name = fspath(model)
    maps = (path_text(mapping), map, map_budget, path_text(write_mapping))
    if _core.names_graph(name):
        shapes = {
            "phase": phase,
            "batch": batch,
            "context": context,
            "kv": kv,
            "layers": layers,
            "experts": experts,
        }
        wrong = [option for option, value in shapes.items() if value is not None]
        if wrong:
            raise InputError(f"{wrong[0]}: a graph has its shapes already; leave the option out")
        core, texts = _core.lower_graph(name, on, weights, activations, attention, dims, maps)
        for text in texts:
            warnings.warn(text, stacklevel=2)
        return Program(core)
    if dims is not None:
        raise InputError(f"dims: {name} is no graph; leave the option out")
    options = (phase, batch, context, weights, activations, kv, span, experts, attention)
    return Program(_core.lower(name, on, *options, maps))


def path_text(path: str | PathLike[str] | None) -> str | None:
    """A path as text, if there is one."""
    return None if path is None else fspath(path)


def prepare(chip: Chip, program: Program | str | PathLike[str], options: ModelOptions) -> Program:
    """The program that `program` means: itself, a file's, or a model lowered with `options`."""
    if not isinstance(program, Program):
        name = fspath(program)
        for option, value in options.items():
            checked_option(option, option, value)
        known = _core.names_model(name) or _core.names_graph(name)
        if known or not Path(name).exists():  # lower() says what there is
            return lower(name, chip, **options)
    if options:
        raise InputError(f"{program} is a program; {', '.join(options)} only go with a model")
    return program if isinstance(program, Program) else load_program(program)

# SPDX-License-Identifier: Apache-2.0
"""Programs executed on real values: arrays in by name of tensor, arrays out. Needs NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, Unpack

from . import _core
from .chip import Chip, load_chip
from .errors import InputError
from .options import ModelOptions
from .program import Program, prepare

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Inputs = Mapping[str, "ArrayLike"]
_GIBIBYTE = 1 << 30
_MOST_GIB = 1 << 20


@dataclass(frozen=True)
class Execution:
    """What a program computed."""

    outputs: Mapping[str, NDArray[Any]]
    """Tensors of role output and state: integers as int8, int16 or int32, others as float32."""
    instructions: int
    orders: int
    """Orders in which it was executed."""
    differences: tuple[tuple[str, str], ...]
    """Orders whose result differs from that of the first, and in what: a race."""
    warnings: tuple[str, ...]
    """What the program says it does not compute exactly: nodes of a graph, by kind."""


def execute(
    chip: Chip | str,
    program: Program | str | PathLike[str],
    *,
    inputs: Inputs | None = None,
    seed: int = 1,
    orders: Literal["one", "all"] = "one",
    memory_gib: float = 8,
    **options: Unpack[ModelOptions],
) -> Execution:
    """Executes `program` on real values, without time.

    `program` may also be a path or a model, as for `run`. `inputs` holds values of the tensors that
    `Program.tensors` names; they are rounded to the tensor's type, and quantised where it is coded.
    Inputs and weights that are not given are drawn at random, by `seed`. With `orders="all"` the
    program is executed once more for every queue of every core, with that queue as late as events
    allow; `differences` tells which orders changed the result. `memory_gib` bounds the host memory
    that values may take.

    Raises InputError when the program does not fit the chip or an input the program, DeadlockError,
    saying who waits for what, when it cannot end.
    """
    import numpy as np

    on = load_chip(chip) if isinstance(chip, str) else chip
    ready = prepare(on, program, options)
    arrays = {name: _array(name, value) for name, value in (inputs or {}).items()}
    if not 0 < memory_gib < _MOST_GIB:
        raise InputError(f"memory_gib={memory_gib}: must be more than 0 and below {_MOST_GIB}")
    limit = int(memory_gib * _GIBIBYTE)
    outputs, instructions, number, differences, warnings = _core.execute(
        on._core, ready._core, arrays, seed, orders, limit
    )
    dtypes = {"i4": np.int8, "i8": np.int8, "i16": np.int16, "i32": np.int32}
    typed = {
        name: array.astype(dtypes.get(kind, np.float32)) for name, (kind, array) in outputs.items()
    }
    return Execution(typed, instructions, number, tuple(differences), tuple(warnings))


def _array(name: str, value: ArrayLike) -> NDArray[Any]:
    import numpy as np

    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"input {name}: is no array of numbers: {error}") from error

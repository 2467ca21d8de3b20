# SPDX-License-Identifier: Apache-2.0
"""One point of a study: what it runs, and the row of figures that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, cast

from . import _core
from ._paths import nearest
from .chip import Chip, load_chip, plain_value
from .errors import Error, InputError
from .options import ModelOptions, checked_option
from .report import Report
from .simulate import run

Point = Mapping[str, Any]
"""Values by dotted path."""

Row = dict[str, Any]
"""The values of a point, then RESULTS, then `error` (empty when all is well)."""

RESULTS: dict[str, Callable[[Report], object]] = {
    "latency_s": lambda r: r.latency_s,
    "tokens_per_s": lambda r: r.program.tokens_per_s if r.program.tokens else None,
    "energy_per_token_j": lambda r: r.program.energy_per_token_j if r.program.tokens else None,
    "energy_j": lambda r: r.energy_j.total,
    "average_watts": lambda r: r.energy_j.average_watts,
    "bound_by": lambda r: r.bound.by,
    "memory_bytes_read": lambda r: r.memory.bytes_read,
    "memory_bandwidth_bytes_per_s": lambda r: r.memory.bandwidth_bytes_per_s,
    "memory_peak_bytes_per_s": lambda r: r.memory.peak_bytes_per_s,
    "decompressor_busy": lambda r: r.decompression.busy,
}
"""What a row says of a run, by name of the column; None of tokens where a program makes none."""

WORDS = ("bound_by",)
"""Those of RESULTS that are no numbers."""
ROOTS = ("chip", "memory", "program")
"""What the paths of a point begin with."""
NO_STUDY = ("write_mapping",)
"""Options of a program that have no place in a study."""

_one_at_a_time = Lock()  # a process may run one simulation at a time


def run_point(point: Point) -> Row:
    """One row; errors of NPUlse are caught, others are not."""
    try:
        with _one_at_a_time:
            report = report_of(point)
    except Error as error:
        return failed_row(point, str(error))
    return {**point, **{name: result(report) for name, result in RESULTS.items()}, "error": ""}


def failed_row(point: Point, error: str) -> Row:
    """The row of a point that has no results."""
    return {**point, **dict.fromkeys(RESULTS), "error": error}


def report_of(point: Point) -> Report:
    """The whole report of a point; raises what `load_chip`, `with_` and `run` raise.

    What is lowered here is not checked before it runs: that lowering passes the checker is tested,
    and a tenth to a third of a run's time.
    """
    options = below(point, "program")
    if "layers" in options:
        options["layers"] = tuple(options["layers"])
    program = str(point["program"])
    written = not (_core.names_model(program) or _core.names_graph(program))
    return run(chip_of(point), program, check=written, **cast(ModelOptions, options))


def chip_of(point: Point) -> Chip:
    """The chip of a point, with its memory and parameters."""
    chip = load_chip(point["chip"])
    changes = below(point, "chip")
    return chip.with_(changes, memory=point.get("memory")) if "memory" in point or changes else chip


def below(point: Point, root: str) -> dict[str, Any]:
    """The values of a point whose paths begin with `root.`, by the rest of the path."""
    start = root + "."
    return {path[len(start) :]: value for path, value in point.items() if path.startswith(start)}


def checked_point(point: Point) -> Point:
    """The point with plain values. Raises InputError when a path, or a value's sort, is wrong."""
    for root in ("chip", "program"):
        if root not in point:
            raise InputError(f"a point has no '{root}'")
    return {path: _checked_value(path, value) for path, value in point.items()}


def _checked_value(path: str, value: object) -> Any:
    root, _, rest = path.partition(".")
    if root not in ROOTS or (root == "memory" and rest):
        meant = "" if root in ROOTS else nearest(root, ROOTS)
        hint = meant or f"; a parameter of the chip is chip.{path}"
        raise InputError(f"{path}: paths begin with {', '.join(ROOTS)}{hint}")
    if root == "program" and rest:
        checked_option(path, rest, value)
    if rest in NO_STUDY:
        raise InputError(f"{path}: writes a file, which points that run at once cannot share")
    plain = plain_value(path, value)
    if not rest and not isinstance(plain, str) and (root != "memory" or plain is not None):
        raise InputError(f"{path}: {value!r} must be a name or a path")
    return plain

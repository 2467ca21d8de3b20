# SPDX-License-Identifier: Apache-2.0
"""One point of a study: what it runs, the key of its result, and the row of figures."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, cast

from . import _core
from .chip import Chip, load_chip
from .errors import Error, InputError
from .program import ModelOptions
from .report import Report
from .simulate import run

Point = Mapping[str, Any]
"""Values by dotted path."""

Row = dict[str, Any]
"""The values of a point, then RESULTS, then `error` (empty when all is well)."""

RESULTS: dict[str, Callable[[Report], object]] = {
    "latency_s": lambda r: r.latency_s,
    "tokens_per_s": lambda r: r.program.tokens_per_s,
    "energy_per_token_j": lambda r: r.program.energy_per_token_j,
    "energy_j": lambda r: r.energy_j.total,
    "average_watts": lambda r: r.energy_j.average_watts,
    "bound_by": lambda r: r.bound.by,
    "memory_bytes_read": lambda r: r.memory.bytes_read,
    "memory_bandwidth_bytes_per_s": lambda r: r.memory.bandwidth_bytes_per_s,
    "memory_peak_bytes_per_s": lambda r: r.memory.peak_bytes_per_s,
    "decompressor_busy": lambda r: r.decompression.busy,
}
"""What a row says of a run, by name of the column."""

FILE_OPTIONS = ("mapping", "experts")
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
    options = _below(point, "program")
    if "layers" in options:
        options["layers"] = tuple(options["layers"])
    program = str(point["program"])
    written = not (_core.names_model(program) or _core.names_graph(program))
    return run(chip_of(point), program, check=written, **cast(ModelOptions, options))


def chip_of(point: Point) -> Chip:
    """The chip of a point, with its memory and parameters."""
    chip = load_chip(point["chip"])
    changes = _below(point, "chip")
    return chip.with_(changes, memory=point.get("memory")) if "memory" in point or changes else chip


def key_of(point: Point) -> str:
    """What a result depends on, as SHA-256: the chip and the program by content, and the simulator.

    Two points with the same key have the same result, whatever their files are called.
    """
    options = {
        name: _content(value) if name in FILE_OPTIONS else value
        for name, value in _below(point, "program").items()
    }
    parts = [
        _chip_content(point["chip"], point.get("memory")),
        sorted(_below(point, "chip").items()),
        _content(point["program"]),
        sorted(options.items()),
        _build(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _below(point: Point, root: str) -> dict[str, Any]:
    start = root + "."
    return {path[len(start) :]: value for path, value in point.items() if path.startswith(start)}


@cache
def _chip_content(name: str, memory: str | None) -> str:
    """Every parameter of a chip with its memory; of one that does not load, what is wrong."""
    try:
        return chip_of({"chip": name, "memory": memory}).to_yaml()
    except InputError as error:
        return f"{name}, {memory}: {error}"


@cache
def _content(name: str) -> str:
    """SHA-256 of the file that a program or option names; the name itself where there is none."""
    shipped = Path(os.environ["NPULSE_CONFIGS"], "models", f"{name}.json")
    for path in (shipped, Path(name)) if _core.names_model(name) else (Path(name),):
        if path.is_file():
            return hashlib.sha256(path.read_bytes()).hexdigest()
    return name


@cache
def _build() -> str:
    """SHA-256 of the simulator itself."""
    return hashlib.sha256(Path(_core.__file__).read_bytes()).hexdigest()

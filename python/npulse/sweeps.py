# SPDX-License-Identifier: Apache-2.0
"""Runs the points of a study in processes. A point that fails is a row with its error."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from os import PathLike
from pathlib import Path
from typing import Any, cast

from .chip import load_chip
from .errors import Error
from .program import ModelOptions
from .report import Report
from .simulate import run
from .study import Point, Study, load_study

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


def sweep(
    study: Study | str | PathLike[str],
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Row]:
    """Runs every point and returns their rows in the study's order.

    `workers` processes (default: one a core) unless `executor`, anything of the shape of
    `concurrent.futures.Executor`, runs them elsewhere. `progress` is told how many of how many
    points are done. `pandas.DataFrame(rows)` makes a frame of the result.

    Raises InputError when `study` is a file and not a study.
    """
    todo = study if isinstance(study, Study) else load_study(study)
    if executor is not None:
        return _collect(todo, executor, progress)
    # a process may run one simulation at a time, and is not forked while threads run
    with ProcessPoolExecutor(workers or os.cpu_count(), get_context("spawn")) as pool:
        return _collect(todo, pool, progress)


def run_point(point: Point) -> Row:
    """One row; errors of NPUlse are caught, others are not."""
    empty: Row = {**point, **dict.fromkeys(RESULTS), "error": ""}
    try:
        report = _report(point)
    except Error as error:
        return {**empty, "error": str(error)}
    return {**empty, **{name: result(report) for name, result in RESULTS.items()}}


def _report(point: Point) -> Report:
    def below(root: str) -> dict[str, Any]:
        start = root + "."
        return {
            path[len(start) :]: value for path, value in point.items() if path.startswith(start)
        }

    chip = load_chip(point["chip"])
    if "memory" in point or below("chip"):
        chip = chip.with_(below("chip"), memory=point.get("memory"))
    options = below("program")
    if "layers" in options:
        options["layers"] = tuple(options["layers"])
    return run(chip, point["program"], **cast(ModelOptions, options))


def _collect(
    study: Study, pool: Executor, progress: Callable[[int, int], None] | None
) -> list[Row]:
    futures = [pool.submit(run_point, point) for point in study.points]
    for done, _ in enumerate(as_completed(futures), 1):
        if progress:
            progress(done, len(futures))
    return [_row(point, future) for point, future in zip(study.points, futures, strict=True)]


def _row(point: Point, future: Future[Row]) -> Row:
    """A worker that died takes its point along, and says so."""
    fault = future.exception()
    if fault is None:
        return future.result()
    return {**point, **dict.fromkeys(RESULTS), "error": f"{type(fault).__name__}: {fault}"}


def save_rows(rows: Sequence[Row], path: str | PathLike[str]) -> None:
    """Writes CSV, whole or not at all; columns are all keys in order of their first mention."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    target = Path(path)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with partial.open("x", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)

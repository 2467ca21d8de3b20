# SPDX-License-Identifier: Apache-2.0
"""Runs the points of a study. A point that fails is a row with its error, not the end of it all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass, field
from os import PathLike

from .errors import InputError
from .evaluation import evaluate
from .keys import Keys
from .points import RESULTS, Point, Row
from .pools import DaskPool, GivenPool, LocalPool, Pool, default_workers
from .results import Results
from .search import Proposals
from .study import Study, load_study

Progress = Callable[[int, int, int], None]
"""Told how many points are done, of how many, and how many of those failed."""


def sweep(
    study: Study | str | PathLike[str],
    *,
    results: str | PathLike[str] | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Runs every point and returns their rows in the study's order.

    `results` names an SQLite file that keeps every row as soon as it is there: points that it holds
    already are not run again, so a sweep that was stopped goes on where it was, and a repeated one
    returns at once. A row depends on what the files of chip, memory part, energy tables and program
    hold, on the point's parameters and on the simulator, and on nothing else.

    `workers` processes (default: one a processor) run the points, or the scheduler at the address
    `dask`, or `executor`, which is anything of the shape of `concurrent.futures.Executor`.
    `pandas.DataFrame(rows)` makes a frame of the result: columns are the paths of the points, then
    those of RESULTS in seconds, joules, watts, bytes and bytes a second, then `error`.

    Raises InputError when `study` is a file and not a study, when `results` is a file of something
    else, when no scheduler answers at `dask`, or for two places to run points.
    """
    todo = study if isinstance(study, Study) else load_study(study)
    pool = _pool(workers, executor, dask)
    with Results(results) if results is not None else nullcontext() as kept:
        return _Sweep(todo, pool, kept, progress).run()


def _pool(workers: int | None, executor: Executor | None, dask: str | None) -> Pool:
    if sum(place is not None for place in (workers, executor, dask)) > 1:
        raise InputError("workers, executor and dask: give one of them; each runs all points")
    if executor is not None:
        return GivenPool(executor)
    if dask is not None:
        return DaskPool(dask)
    if workers is not None and workers < 1:
        raise InputError(f"workers={workers}: must be 1 or more")
    return LocalPool(workers or default_workers())


@dataclass
class _Sweep:
    study: Study
    pool: Pool
    results: Results | None
    progress: Progress | None
    keys: Keys = field(default_factory=Keys)
    done: int = 0
    failed: int = 0

    def run(self) -> list[Row]:
        if self.study.search is None:
            return self._rows(self.study.points)
        proposals, rows = Proposals(self.study.search), list[Row]()
        for points in proposals:
            batch = self._rows(points)
            proposals.tell(batch)
            rows += batch
        return rows

    def _rows(self, points: Sequence[Point]) -> list[Row]:
        """What is kept, and what has to be run; points of one key share a row."""
        sharers: dict[str, list[int]] = {}
        for number, point in enumerate(points):
            sharers.setdefault(self.keys.of(point), []).append(number)
        rows: list[Row] = [{}] * len(points)

        def settle(numbers: Sequence[int], row: Row) -> None:
            figures = {name: row[name] for name in (*RESULTS, "error")}
            for number in numbers:
                rows[number] = {**points[number], **figures}
            self._count(len(numbers), bool(row["error"]))

        todo: dict[int, str] = {}
        for key, numbers in sharers.items():
            kept = None if self.results is None else self.results.row(key)
            if kept is None:
                todo[numbers[0]] = key
            else:
                settle(numbers, kept)
        for number, row, final in evaluate({number: points[number] for number in todo}, self.pool):
            key = todo[number]
            if final and self.results is not None:
                self.results.put(key, points[number], row)
            settle(sharers[key], row)
        return rows

    def _count(self, points: int, failed: bool) -> None:
        self.done += points
        self.failed += points * failed
        if self.progress:
            self.progress(self.done, self.study.size, self.failed)

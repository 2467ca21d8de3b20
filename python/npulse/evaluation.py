# SPDX-License-Identifier: Apache-2.0
"""Runs points in a pool. Workers may die: their points run again, alone when one is suspected."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait

from .points import Point, Row, failed_row, run_point
from .pools import Pool

DEATHS = 3
"""How often a point may take a worker along before it is given up."""


def evaluate(points: Mapping[int, Point], pool: Pool) -> Iterator[tuple[int, Row, bool]]:
    """Rows by the number of their point, as they come; False with those to be tried again later.

    When an executor breaks, every point that was under way is suspected of having done it. Suspects
    run one at a time from then on, so that the guilty one is known.
    """
    fresh, suspects = deque(points), deque[int]()
    deaths = Counter[int]()
    while fresh or suspects:
        queue, width = (suspects, 1) if suspects else (fresh, pool.width)
        with pool.start() as executor:
            broken = yield from _drive(points, queue, executor, width)
        if width == 1:
            deaths.update(broken)
        for index in broken:
            if deaths[index] < DEATHS:
                suspects.append(index)
            else:
                text = (
                    f"its worker process died {DEATHS} times: out of memory, killed, or started "
                    "from a script without `if __name__ == '__main__':`"
                )
                yield index, failed_row(points[index], text), False


def _drive(
    points: Mapping[int, Point], queue: deque[int], executor: Executor, width: int
) -> Generator[tuple[int, Row, bool], None, list[int]]:
    """Empties the queue, or returns what was under way when the executor broke."""
    running: dict[Future[Row], int] = {}
    broken: list[int] = []
    while running or (queue and not broken):
        while queue and not broken and len(running) < width:
            index = queue.popleft()
            try:
                running[executor.submit(run_point, points[index])] = index
            except BrokenExecutor:
                broken.append(index)
        finished, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in sorted(finished, key=running.__getitem__):
            index, fault = running.pop(future), future.exception()
            if isinstance(fault, BrokenExecutor):
                broken.append(index)
            elif fault is not None:
                yield index, failed_row(points[index], f"{type(fault).__name__}: {fault}"), False
            else:
                yield index, future.result(), True
    return broken

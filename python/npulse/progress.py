# SPDX-License-Identifier: Apache-2.0
"""Progress of long work: a bar with rate and time left on a terminal, a line now and then else."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from .sweeps import Progress

LINE_SECONDS = 10


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """What to hand to `sweep` as its `progress`."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    with tqdm(unit=" points", dynamic_ncols=True) as bar:

        def told(done: int, total: int, failed: int) -> None:
            bar.total = total
            if failed:
                bar.set_postfix(failed=failed, refresh=False)
            bar.update(done - bar.n)

        yield told


def _lines() -> Progress:
    begin = last = time.monotonic()
    kept: int | None = None

    def told(done: int, total: int, failed: int) -> None:
        nonlocal last, kept
        kept = done - 1 if kept is None else kept
        now = time.monotonic()
        if now - last < LINE_SECONDS:
            return
        last, rate = now, (done - kept) / (now - begin)
        left = f"{(total - done) / rate:.0f} s left"
        print(f"{done}/{total} points, {failed} failed, {rate:.2g}/s, {left}", file=sys.stderr)

    return told

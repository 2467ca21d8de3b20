# SPDX-License-Identifier: Apache-2.0
"""Where points run: processes of this machine, or a Dask cluster; both look like
`concurrent.futures.Executor`."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context, parent_process
from typing import Any, Protocol

from .errors import InputError


class Pool(Protocol):
    """Something that starts executors, again after one broke."""

    @property
    def width(self) -> int:
        """Points that may be under way at once."""

    @contextmanager
    def start(self) -> Iterator[Executor]:
        """An executor; on leaving by an exception what runs is given up at once."""


@dataclass(frozen=True)
class LocalPool:
    """Worker processes of this machine."""

    workers: int

    @property
    def width(self) -> int:
        return 2 * self.workers  # so that none waits for the next

    @contextmanager
    def start(self) -> Iterator[Executor]:
        others = set(active_children())
        # not forked: a process may run one simulation, and threads may run here
        executor = ProcessPoolExecutor(self.workers, get_context("spawn"), initializer=_be_worker)
        try:
            yield executor
        except BaseException:
            for process in set(active_children()) - others:
                process.kill()
            raise
        finally:
            executor.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class GivenPool:
    """An executor of the caller's, which stays open."""

    executor: Executor
    width: int = 64

    @contextmanager
    def start(self) -> Iterator[Executor]:
        yield self.executor


@dataclass(frozen=True)
class DaskPool:
    """The workers of a Dask scheduler, such as `tcp://10.0.0.1:8786`; one thread each."""

    address: str

    @property
    def width(self) -> int:
        return 1000  # the scheduler hands them out; workers may come and go

    @contextmanager
    def start(self) -> Iterator[Executor]:
        try:
            from distributed import Client
            from distributed.comm.addressing import get_address_host_port
        except ImportError as error:
            raise InputError(
                "a Dask cluster needs the package distributed: pip install 'npulse[dask]'"
            ) from error
        try:
            get_address_host_port(self.address)  # a Client with a wrong one cannot even be left
        except ValueError as error:
            raise InputError(
                f"{self.address}: is no address of a Dask scheduler (tcp://HOST:PORT): {error}"
            ) from error
        try:
            client: Any = Client(self.address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise InputError(f"{self.address}: no Dask scheduler answers there: {error}") from error
        with client:
            executor = client.get_executor(pure=False)
            try:
                yield executor
            except BaseException:
                executor.shutdown(wait=False)  # workers end the points that they have, for nobody
                raise
            executor.shutdown()


def default_workers() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def _be_worker() -> None:
    """Ctrl-C is the parent's to handle; a worker ends when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

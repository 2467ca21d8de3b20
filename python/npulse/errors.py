# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, as types. The texts are those of the `npulse` command."""

from __future__ import annotations

from dataclasses import dataclass

INTERRUPTED = 130
"""What the command exits with after Ctrl-C."""


@dataclass(frozen=True)
class Fault:
    """One fault of an input: where it is, what is wrong and allowed, what to do."""

    where: str
    message: str
    hint: str


class Error(Exception):
    """Any error of NPUlse. `exit_code` is what the command would exit with."""

    exit_code = 3


class InputError(Error, ValueError):
    """A chip, program, model or option is wrong. `faults` holds every fault found in one pass."""

    exit_code = 2

    def __init__(self, text: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(text)
        self.faults = faults


class SimulationError(Error, RuntimeError):
    """The simulated program failed, or a second simulation was started in one process."""

    exit_code = 1


class DeadlockError(SimulationError):
    """Nothing can move any more; the text says who waits for what."""


class InternalError(Error):
    """A bug of NPUlse itself; please report its text."""

# SPDX-License-Identifier: Apache-2.0
"""A run: a chip and a program in, a report out."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike, fspath
from pathlib import Path
from typing import Unpack

from . import _core
from .chip import Chip, load_chip
from .errors import InputError
from .program import ModelOptions, Program, load_program, lower
from .report import Report

Progress = Callable[[float, float], None]


def run(
    chip: Chip | str,
    program: Program | str | PathLike[str],
    *,
    timeline: str | PathLike[str] | None = None,
    max_ms: float | None = None,
    check: bool = True,
    progress: Progress | None = None,
    **options: Unpack[ModelOptions],
) -> Report:
    """Runs `program` on `chip` and reports.

    `program` may also be the path of a program file, or a model to lower first with `options` (see
    `ModelOptions`). `timeline` names a Chrome trace to write. `max_ms` limits simulated time, in
    milliseconds. `check=False` leaves out the static checker, for programs that passed it before.
    `progress` is called now and then with the share done and the simulated seconds.

    One process runs one simulation at a time; use processes to run several.

    Raises InputError when the program does not fit the chip, DeadlockError and SimulationError when
    it fails while running, KeyboardInterrupt on Ctrl-C.
    """
    on = load_chip(chip) if isinstance(chip, str) else chip
    ready = _prepare(on, program, options)
    where = None if timeline is None else fspath(timeline)
    return Report.from_json(*_core.run(on._core, ready._core, where, max_ms, check, progress))


def _prepare(chip: Chip, program: Program | str | PathLike[str], options: ModelOptions) -> Program:
    if not isinstance(program, Program):
        name = fspath(program)
        if _core.names_model(name) or not Path(name).exists():  # lower() says what there is
            return lower(name, chip, **options)
    if options:
        raise InputError(f"{program} is a program; {', '.join(options)} only go with a model")
    return program if isinstance(program, Program) else load_program(program)

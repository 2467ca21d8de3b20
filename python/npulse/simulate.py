# SPDX-License-Identifier: Apache-2.0
"""A run: a chip and a program in, a report out."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from os import PathLike
from typing import Unpack

from . import _core
from .chip import Chip, load_chip
from .errors import InputError
from .functional import Inputs, execute
from .options import ModelOptions
from .program import Program, path_text, prepare
from .report import Report

Progress = Callable[[float, float], None]
MOST_MS = 1e6


def run(
    chip: Chip | str,
    program: Program | str | PathLike[str],
    *,
    timeline: str | PathLike[str] | None = None,
    vcd: str | PathLike[str] | None = None,
    max_ms: float | None = None,
    check: bool = True,
    progress: Progress | None = None,
    functional: bool = False,
    inputs: Inputs | None = None,
    seed: int = 1,
    **options: Unpack[ModelOptions],
) -> Report:
    """Runs `program` on `chip` and reports.

    `program` may also be the path of a program file, or a model to lower first with `options` (see
    `ModelOptions`). `timeline` names a Chrome trace to write, `vcd` a value change dump of the
    queues' states (GTKWave). `max_ms` limits simulated time, in milliseconds, to at most 1e6.
    `check=False` leaves out the static checker, for programs that passed it before. `progress` is
    called now and then with the share done (0 to 1) and the simulated seconds.

    With `functional` the program is also executed on real values, as by `execute` with `inputs` and
    `seed`; the report's `outputs` holds what it computed.

    One process runs one simulation at a time; use processes to run several.

    Raises InputError when the program does not fit the chip, DeadlockError and SimulationError when
    it fails while running, KeyboardInterrupt on Ctrl-C.
    """
    on = load_chip(chip) if isinstance(chip, str) else chip
    ready = prepare(on, program, options)
    if not functional and inputs is not None:
        raise InputError("inputs go with functional=True")
    if max_ms is not None and not 0 < max_ms <= MOST_MS:
        raise InputError(f"max_ms={max_ms}: must be more than 0 and at most {MOST_MS:g}")
    done = execute(on, ready, inputs=inputs, seed=seed) if functional else None
    for text in done.warnings if done else ():
        warnings.warn(text, stacklevel=2)
    outputs = done.outputs if done else {}
    traces = (path_text(timeline), path_text(vcd))
    report = Report.from_json(*_core.run(on._core, ready._core, *traces, max_ms, check, progress))
    return replace(report, outputs=outputs)

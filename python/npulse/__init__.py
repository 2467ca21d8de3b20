# SPDX-License-Identifier: Apache-2.0
"""NPUlse: a cycle-approximate simulator of neural-processing-unit (NPU) chips.

    import npulse

    chip = npulse.load_chip("rngd").with_(memory="lpddr5x-8533")
    report = npulse.run(chip, "llama-3.1-8b", phase="decode", weights="fp8")
    print(report.text())

Shipped chips, memory parts and models are those of `npulse list`; the environment variable
NPULSE_CONFIGS names another tree of them.
"""

from ._configs import use_packaged_configs
from ._core import __version__
from .builder import ProgramBuilder
from .chip import Chip, load_chip
from .errors import DeadlockError, Error, Fault, InputError, InternalError, SimulationError
from .explain import Explanation, explain
from .functional import Execution, execute
from .model import Model, load_model
from .options import ModelOptions
from .program import Program, Tensor, load_program, lower
from .replay import DramReport, dram
from .report import Report, load_report
from .rows import pareto_front, save_rows
from .simulate import run
from .study import Study, load_study
from .sweeps import sweep
from .what_if import Effect, sensitivity, what_if

use_packaged_configs()

__all__ = [
    "Chip",
    "DeadlockError",
    "DramReport",
    "Effect",
    "Error",
    "Execution",
    "Explanation",
    "Fault",
    "InputError",
    "InternalError",
    "Model",
    "ModelOptions",
    "Program",
    "ProgramBuilder",
    "Report",
    "SimulationError",
    "Study",
    "Tensor",
    "__version__",
    "dram",
    "execute",
    "explain",
    "load_chip",
    "load_model",
    "load_program",
    "load_report",
    "load_study",
    "lower",
    "pareto_front",
    "run",
    "save_rows",
    "sensitivity",
    "sweep",
    "what_if",
]

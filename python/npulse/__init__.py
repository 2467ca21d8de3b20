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
from .chip import Chip, load_chip
from .errors import DeadlockError, Error, Fault, InputError, InternalError, SimulationError
from .functional import Execution, execute
from .program import ModelOptions, Program, Tensor, load_program, lower
from .replay import DramReport, dram
from .report import Report
from .simulate import run

use_packaged_configs()

__all__ = [
    "Chip",
    "DeadlockError",
    "DramReport",
    "Error",
    "Execution",
    "Fault",
    "InputError",
    "InternalError",
    "ModelOptions",
    "Program",
    "Report",
    "SimulationError",
    "Tensor",
    "__version__",
    "dram",
    "execute",
    "load_chip",
    "load_program",
    "lower",
    "run",
]

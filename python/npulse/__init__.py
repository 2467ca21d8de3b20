# SPDX-License-Identifier: Apache-2.0
"""NPUlse: a cycle-approximate simulator of neural-processing-unit (NPU) chips."""

from ._core import __version__
from .errors import DeadlockError, Error, Fault, InputError, InternalError, SimulationError

__all__ = [
    "DeadlockError",
    "Error",
    "Fault",
    "InputError",
    "InternalError",
    "SimulationError",
    "__version__",
]

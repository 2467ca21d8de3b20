# SPDX-License-Identifier: Apache-2.0
"""The error types, as a caller sees them."""

import pytest

import npulse


@pytest.mark.parametrize(
    ("error", "builtin", "exit_code"),
    [
        (npulse.InputError, ValueError, 2),
        (npulse.SimulationError, RuntimeError, 1),
        (npulse.DeadlockError, npulse.SimulationError, 1),
        (npulse.InternalError, npulse.Error, 3),
    ],
)
def test_every_error_says_what_the_command_would_exit_with(
    error: type[npulse.Error], builtin: type[Exception], exit_code: int
) -> None:
    assert issubclass(error, npulse.Error)
    assert issubclass(error, builtin)
    assert error.exit_code == exit_code

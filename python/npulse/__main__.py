# SPDX-License-Identifier: Apache-2.0
"""Commands of `npulse` that are written in Python: `python -m npulse COMMAND`."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module

from ._paths import nearest
from .errors import INTERRUPTED, Error, InputError, InternalError

COMMANDS = {
    "explain": "explain_command",
    "html": "html_command",
    "lab": "lab_command",
    "sweep": "sweep_command",
}
"""Modules with a `main`, by command."""


def main(arguments: list[str]) -> int:
    """Runs a command; exit codes are those of `npulse`."""
    try:
        return _run(arguments)
    except Error as error:
        return _said(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _said("interrupted", INTERRUPTED)
    except BrokenPipeError:  # whoever read has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        traceback.print_exc()
        text = f"internal error: {type(error).__name__}: {error}; please report it with the above"
        return _said(text, InternalError.exit_code)


def _run(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    if name not in COMMANDS:
        guess = nearest(name, COMMANDS)
        raise InputError(f"command line: '{name}' is none of {', '.join(COMMANDS)}{guess}")
    command = import_module(f".{COMMANDS[name]}", __package__)
    code = int(command.main(arguments[1:]))
    sys.stdout.flush()
    return code


def _said(text: str, code: int) -> int:
    print(f"npulse: {text}", file=sys.stderr)
    return code


def start() -> None:
    """The whole process: `main` with its arguments, then the exit."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    start()

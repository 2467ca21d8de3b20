# SPDX-License-Identifier: Apache-2.0
"""Commands of `npulse` that are written in Python: `python -m npulse COMMAND`."""

from __future__ import annotations

import sys
from importlib import import_module

from .errors import Error

COMMANDS = {
    "explain": "explain_command",
    "html": "html_command",
    "lab": "lab_command",
    "sweep": "sweep_command",
}
"""Modules with a `main`, by command."""


def main(arguments: list[str]) -> int:
    """Runs a command; exit codes are those of `npulse`."""
    if not arguments or arguments[0] not in COMMANDS:
        raise SystemExit(f"npulse: commands in Python are {', '.join(COMMANDS)}")
    command = import_module(f".{COMMANDS[arguments[0]]}", __package__)
    try:
        return int(command.main(arguments[1:]))
    except Error as error:
        print(f"npulse: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("npulse: interrupted", file=sys.stderr)
        return 130


def start() -> None:
    """The whole process: `main` with its arguments, then the exit."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    start()

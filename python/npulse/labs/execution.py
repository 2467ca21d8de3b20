# SPDX-License-Identifier: Apache-2.0
"""Executes a notebook in a fresh kernel and takes the answers out of its variables."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import InputError

TIMEOUT_SECONDS = 300
"""Of a cell."""
SIGNALLED = "_async_cleanup_kernel_future"  # what nbclient has after a signal, which it eats
CONNECTION = "{connection_file}"  # what the manager fills in
COLLECT = """\
import builtins as _builtins, json as _json

def _plain(value):
    return value.tolist() if _builtins.hasattr(value, "tolist") else _builtins.repr(value)

_all = _builtins.globals()
_given = {{name: _all[name] for name in {names!r} if _all.get(name, ...) is not ...}}
_builtins.print(_json.dumps(_given, default=_plain, skipkeys=True))
"""
"""The last cell. It keeps to what a notebook cannot have given another meaning by accident."""


@dataclass(frozen=True)
class Executed:
    """What a notebook left behind."""

    answers: dict[str, Any]
    """By variable; numbers, words, lists and maps."""
    faults: tuple[str, ...]
    """Cells that failed, with their error."""


def execute(notebook: Path, names: Sequence[str]) -> Executed:
    """Runs every cell, in the notebook's folder, and reads the variables `names`.

    A cell that fails does not keep those behind it from running. Raises InputError when the file is
    no notebook, or when the packages to run one are not there, KeyboardInterrupt on Ctrl-C.
    """
    try:
        import nbformat
        from nbclient.exceptions import CellTimeoutError
    except ImportError as error:
        raise InputError(f"labs need pip install 'npulse[labs]': {error}") from error
    node = _read(notebook)
    collect = nbformat.v4.new_code_cell(COLLECT.format(names=list(names)))  # type: ignore[no-untyped-call]
    node.cells.append(collect)
    with TemporaryDirectory(prefix="npulse-") as folder:
        client = _client(node, notebook.absolute().parent, folder)
        try:
            client.execute(stderr=DEVNULL)  # of the kernel itself; cells' is in the notebook
        except (CellTimeoutError, RuntimeError, AssertionError) as error:
            if hasattr(client, SIGNALLED):
                raise KeyboardInterrupt from None
            return Executed({}, (f"{notebook}: {str(error).splitlines()[0]}",))
    return Executed(_answers(node.cells[-1]), tuple(_faults(node.cells)))


def _client(node: Any, place: Path, sockets: str) -> Any:
    """What executes the notebook in this very interpreter, whatever kernels the user has."""
    from jupyter_client.kernelspec import KernelSpec
    from nbclient import NotebookClient

    client = NotebookClient(
        node,
        timeout=TIMEOUT_SECONDS,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(place)}},
    )
    manager = client.create_kernel_manager()
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", CONNECTION]
    manager._kernel_spec = KernelSpec(argv=command, language="python")
    manager.transport = "ipc"  # rather than a port, to which others could connect
    manager.ip = f"{sockets}/kernel"
    return client


def _read(notebook: Path) -> Any:
    import nbformat

    try:
        node = nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(node)
    except OSError as error:
        raise InputError(f"{notebook}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError) as error:
        first = str(error).partition("\n")[0]
        raise InputError(f"{notebook}: is no notebook: {first}") from error
    return node


def _answers(cell: Any) -> dict[str, Any]:
    text = "".join(output.text for output in cell.outputs if output.output_type == "stream")
    answers: dict[str, Any] = json.loads(text.splitlines()[-1]) if text else {}
    return answers


def _faults(cells: Sequence[Any]) -> list[str]:
    return [
        f"cell {number}: {output.ename}: {output.evalue}"
        for number, cell in enumerate(cells, 1)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]

# SPDX-License-Identifier: Apache-2.0
"""A notebook's kernel: its interrupt ends a run at once, and what was there stays usable."""

from __future__ import annotations

import queue
import sys
import time
from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from runs import GEMM, LONG

SECONDS = 60


@pytest.fixture
def kernel() -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A fresh kernel of this interpreter, with the chip loaded."""
    with TemporaryDirectory() as folder:  # names of sockets are at most 107 bytes long
        manager = KernelManager(transport="ipc", ip=f"{folder}/kernel")
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        manager._kernel_spec = KernelSpec(argv=command, language="python")
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=SECONDS)
            assert ran(client, "import npulse; chip = npulse.load_chip('edu-8x8')") == ("ok", "")
            yield manager, client
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def ran(client: BlockingKernelClient, code: str) -> tuple[str, str]:
    """Executes it; `ok` and what it printed, or `error` and its name."""
    return finished(client, client.execute(code))


def finished(client: BlockingKernelClient, number: str) -> tuple[str, str]:
    reply: dict[str, Any] = client.get_shell_msg(timeout=SECONDS)
    while reply["parent_header"]["msg_id"] != number:
        reply = client.get_shell_msg(timeout=SECONDS)
    status: str = reply["content"]["status"]
    return status, reply["content"].get("ename", "") or printed(client, number)


def printed(client: BlockingKernelClient, number: str) -> str:
    text = ""
    while True:
        message: dict[str, Any] = client.get_iopub_msg(timeout=SECONDS)
        if message["parent_header"].get("msg_id") != number:
            continue
        if message["msg_type"] == "stream":
            text += message["content"]["text"]
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return text


def test_an_interrupt_ends_a_long_run_within_a_second_and_leaves_the_session_usable(
    kernel: tuple[KernelManager, BlockingKernelClient],
) -> None:
    manager, client = kernel
    number = client.execute(
        "started = lambda share, at: print('runs', flush=True) if share else None\n"
        f"npulse.run(chip, {LONG!r}, progress=started)",
        stop_on_error=False,  # else the kernel may abort what comes soon after
    )
    wait_for_text(client, number, "runs")
    began = time.monotonic()
    manager.interrupt_kernel()
    assert finished(client, number) == ("error", "KeyboardInterrupt")
    assert time.monotonic() - began < 1
    status, cycles = ran(client, f"print(npulse.run(chip, {GEMM!r}).cycles)")
    assert status == "ok"
    assert int(cycles) > 0


def wait_for_text(client: BlockingKernelClient, number: str, text: str) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            message: dict[str, Any] = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        of_it = message["parent_header"].get("msg_id") == number
        if of_it and message["msg_type"] == "stream" and text in message["content"]["text"]:
            return
    raise AssertionError(f"nothing said {text!r}")


def test_a_cell_shows_plots_reports_and_explanations(
    kernel: tuple[KernelManager, BlockingKernelClient],
) -> None:
    _, client = kernel
    status, _ = ran(client, f"report = npulse.run(chip, {GEMM!r}); from npulse import plots")
    assert status == "ok"
    assert shown(client, "plots.stalls(report)")["image/png"].startswith("iVBORw0KGgo")
    assert "<table>" in shown(client, "report")["text/html"]
    assert "bound by" in shown(client, "npulse.explain(report)")["text/html"]


def shown(client: BlockingKernelClient, code: str) -> dict[str, str]:
    """What the cell shows as its result, by kind."""
    number = client.execute(code)
    while True:
        message: dict[str, Any] = client.get_iopub_msg(timeout=SECONDS)
        if message["parent_header"].get("msg_id") != number:
            continue
        if message["msg_type"] == "execute_result":
            data: dict[str, str] = message["content"]["data"]
            return data
        assert message["msg_type"] != "error", message["content"]["evalue"]

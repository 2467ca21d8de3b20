# SPDX-License-Identifier: Apache-2.0
"""Runs: repeatable, interruptible, one at a time, without the GIL."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import npulse
from runs import GEMM, LONG

CIRCLE = """.npu 1.0
.queue ld dma
.queue st dma
.queue mx matrix
.queue vec vector
.event there
.event back

core 0 {
  mx: opaque cycles=1 wait back>=1 signal there+1
  vec: opaque cycles=1 wait there>=1 signal back+1
}
"""


def test_the_same_run_gives_the_same_bytes(chip: npulse.Chip, report: npulse.Report) -> None:
    assert npulse.run(chip, GEMM).to_json() == report.to_json()


def test_many_runs_follow_one_another_in_one_process(chip: npulse.Chip) -> None:
    assert len({npulse.run(chip, "gemm:8,8,8").cycles for _ in range(20)}) == 1


def test_a_run_writes_a_timeline(chip: npulse.Chip, tmp_path: Path) -> None:
    path = tmp_path / "timeline.json"
    npulse.run(chip, GEMM, timeline=path)
    assert json.loads(path.read_text())["traceEvents"]


@pytest.fixture
def circle(tmp_path: Path) -> Path:
    path = tmp_path / "circle.npt"
    path.write_text(CIRCLE)
    return path


def test_a_circle_of_waits_is_found_before_the_run(chip: npulse.Chip, circle: Path) -> None:
    with pytest.raises(npulse.InputError, match="waits for ever"):
        npulse.run(chip, circle)


def test_an_unchecked_circle_is_a_deadlock_and_the_next_run_works(
    chip: npulse.Chip, circle: Path
) -> None:
    with pytest.raises(npulse.DeadlockError, match="waits for back"):
        npulse.run(chip, circle, check=False)
    assert npulse.run(chip, GEMM).cycles > 0


def test_a_limit_of_simulated_time_is_kept(chip: npulse.Chip) -> None:
    with pytest.raises(npulse.SimulationError, match="limit"):
        npulse.run(chip, GEMM, max_ms=1e-3)


@pytest.mark.parametrize("limit", [0, -1, float("nan"), 2e6])
def test_a_limit_that_is_none_is_refused(chip: npulse.Chip, limit: float) -> None:
    with pytest.raises(npulse.InputError, match="max_ms="):
        npulse.run(chip, GEMM, max_ms=limit)


def test_progress_rises_and_its_errors_stop_the_run(chip: npulse.Chip) -> None:
    seen: list[float] = []

    def stop(fraction: float, simulated_s: float) -> None:
        seen.append(simulated_s)
        assert 0 <= fraction <= 1
        if len(seen) == 2:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        npulse.run(chip, LONG, progress=stop)
    assert seen == sorted(seen)


def test_a_second_live_run_is_refused(chip: npulse.Chip) -> None:
    with pytest.raises(npulse.SimulationError, match="another simulation is alive"):
        npulse.run(chip, LONG, progress=lambda *_: print(npulse.run(chip, GEMM)))


def test_threads_may_take_turns_but_not_run_at_once(chip: npulse.Chip) -> None:
    def attempt(_: int) -> str:
        try:
            return npulse.run(chip, "gemm:256,256,256").to_json()
        except npulse.SimulationError as refused:
            return str(refused)

    with ThreadPoolExecutor(4) as pool:
        reports = {text for text in pool.map(attempt, range(8)) if "another simulation" not in text}
    assert reports == {npulse.run(chip, "gemm:256,256,256").to_json()}


def test_processes_run_at_once_and_send_their_reports(report: npulse.Report) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(npulse.run, ["edu-8x8"] * 3, [GEMM] * 3)) == [report] * 3


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as at a terminal; a runner in the background is started with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_a_run_and_the_next_one_works(chip: npulse.Chip) -> None:
    timer = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        npulse.run(chip, LONG)
    timer.join()
    assert npulse.run(chip, GEMM).cycles > 0


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_a_long_check_before_it_is_over() -> None:
    chip = npulse.load_chip("bertha")
    # Checked for ten seconds and more.
    program = npulse.lower("mixtral-8x7b", chip, phase="prefill", context=512, layers=(0, 1))
    simulated: list[float] = []
    timer = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        npulse.run(chip, program, progress=lambda _, seconds: simulated.append(seconds))
    timer.join()
    assert not simulated


def test_other_threads_go_on_while_a_run_runs(chip: npulse.Chip) -> None:
    turns = 0
    done = threading.Event()

    def count() -> None:
        nonlocal turns
        while not done.wait(0.001):
            turns += 1

    thread = threading.Thread(target=count)
    thread.start()
    npulse.run(chip, "gemm:512,512,512")
    done.set()
    thread.join()
    assert turns > 1

# SPDX-License-Identifier: Apache-2.0
"""Sweeps and workers that are killed: nothing lost, nothing doubled, the same rows in the end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from npulse.evaluation import DEATHS, evaluate
from npulse.points import Row, run_point
from npulse.pools import LocalPool
from npulse.results import Results, check
from npulse.study import load_study
from npulse.sweeps import sweep
from runs import LONG

STUDY = """
name: killed
base: {chip: edu-8x8}
grids:
  - program: ["gemm:512,512,512", "gemm:512,512,256"]
    chip.memory.channels: [1, 2, 4]
    chip.vector.lanes: [4, 8, 16, 32]
"""


@pytest.fixture(scope="module")
def study_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study") / "killed.yaml"
    path.write_text(STUDY)
    return path


@pytest.fixture(scope="module")
def undisturbed(study_file: Path) -> list[Row]:
    rows = [run_point(point) for point in load_study(study_file).points]
    assert len(rows) == 24
    assert not any(row["error"] for row in rows)
    return rows


def start(study: Path, results: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "npulse", "sweep", study, "--results", results, "--workers", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def descendants(pid: int) -> list[int]:
    """Processes below `pid`, from /proc."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        parents.setdefault(int(fields[1]), []).append(int(status.parent.name))
    below = parents.get(pid, [])
    return below + [far for near in below for far in descendants(near)]


def wait_until_gone(pids: list[int]) -> None:
    for _ in range(500):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return
        time.sleep(0.02)
    raise AssertionError(f"still there: {pids}")


def test_a_sweep_killed_at_any_moment_goes_on_where_it_was(
    study_file: Path, undisturbed: list[Row], tmp_path: Path
) -> None:
    results, source = tmp_path / "killed.sqlite", random.Random(5)
    held = 0
    for _ in range(10):
        process = start(study_file, results)
        time.sleep(source.uniform(0.2, 1.8))
        workers = descendants(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until_gone(workers)
        if results.exists():
            assert check(results) == "ok"
            with Results(results) as kept:
                assert len(kept) >= held
                held = len(kept)
    assert sweep(study_file, results=results, workers=2) == undisturbed
    with Results(results) as kept:
        assert len(kept) == len(undisturbed)


def test_workers_killed_at_any_moment_cost_no_row(
    study_file: Path, undisturbed: list[Row], tmp_path: Path
) -> None:
    source, kills = random.Random(6), 0
    for sweep_number in range(5):
        results = tmp_path / f"{sweep_number}.sqlite"
        process = start(study_file, results)
        before = kills
        while process.poll() is None and kills < before + 3:
            time.sleep(source.uniform(0.02, 0.4))
            workers = [pid for pid in descendants(process.pid) if _is_worker(pid)]
            if workers:
                os.kill(source.choice(workers), signal.SIGKILL)
                kills += 1
        assert process.wait(timeout=100) == 0
        assert sweep(study_file, results=results) == undisturbed
        assert check(results) == "ok"
    assert kills >= 10


def _is_worker(pid: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def deadly(point: dict[str, object]) -> Row:
    if point["program"] == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return run_point(point)


def test_a_point_that_kills_its_worker_is_found_and_its_neighbours_are_spared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("npulse.evaluation.run_point", deadly)
    points = {n: {"chip": "edu-8x8", "program": f"gemm:{8 * n},8,8"} for n in range(1, 6)}
    points[3] = {"chip": "edu-8x8", "program": "deadly"}
    rows = {number: (row, final) for number, row, final in evaluate(points, LocalPool(2))}
    assert sorted(rows) == [1, 2, 3, 4, 5]
    died, final = rows.pop(3)
    assert f"died {DEATHS} times" in died["error"]
    assert not final, "it may have been somebody's kill: another sweep tries again"
    assert all(final and not row["error"] for row, final in rows.values())


def test_an_interrupt_ends_the_sweep_at_once_and_keeps_what_is_done(tmp_path: Path) -> None:
    study, results = tmp_path / "long.yaml", tmp_path / "long.sqlite"
    study.write_text(
        f"base: {{chip: edu-8x8, program: '{LONG}'}}\n"
        "grids: [{program: 'gemm:8,8,8'}, {chip.memory.channels: [1, 2, 4, 8]}]\n"
    )
    process = start(study, results)
    while not results.exists() or len(_kept(results)) < 1:
        time.sleep(0.1)
    workers = [pid for pid in descendants(process.pid) if _is_worker(pid)]
    process.send_signal(signal.SIGINT)
    begin = time.monotonic()
    assert process.wait(timeout=20) == 130
    assert time.monotonic() - begin < 4, "nobody waits for the points under way"
    wait_until_gone(workers)
    assert check(results) == "ok"
    assert [row["program"] for row in _kept(results)] == ["gemm:8,8,8"]


def _kept(results: Path) -> list[Row]:
    with Results(results) as kept:
        return list(kept)

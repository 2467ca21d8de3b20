# SPDX-License-Identifier: Apache-2.0
"""tests/bench/side_by_side.py with made-up simulators on the PATH."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "bench" / "side_by_side.py"
REQUESTS = 64

# `npulse convert` copies, `npulse dram` reports what a test can know.
NPULSE = """
if [[ $1 == convert ]]; then cp "$2" "$4"; exit; fi
while [[ $1 != --json ]]; do shift; done
echo '{"latency_s": 2e-6, "read_latency_ns": {"mean": 70}}' >"$2"
"""
RAMULATOR = """
grep -q "path: \\"$(dirname "$2")" "$2" || exit 3
echo 'MemorySystem:
  memory_system_cycles: 1600
  total_num_read_requests: 64
  Controller:
    avg_read_latency_0: 80.0'
"""
DRAMSYS = """
grep -q '"name": ".*stl"' "$1" && [[ -d $2 ]] || exit 3
echo 'controller0               Total Time:     4 us'
"""


class Bench:
    """A PATH with chosen programs, and the script on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program("npulse", NPULSE)

    def program(self, name: str, script: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/bash\n{script}\n")
        path.chmod(0o755)

    def run(self, *arguments: str, **environment: str) -> list[str]:
        command = [sys.executable, str(SCRIPT), "--npulse", str(self.folder / "npulse")]
        done = subprocess.run(
            [*command, "--requests", str(REQUESTS), *arguments],
            env={"PATH": f"{self.folder}:/usr/bin:/bin", **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def row(lines: list[str], pattern: str, name: str) -> list[str]:
    (found,) = [line for line in lines if line.startswith(pattern) and name in line]
    return found.split(name)[1].split()


def test_without_other_simulators_one_line_says_so(bench: Bench) -> None:
    (line,) = bench.run()
    assert "nothing to run side by side" in line


def test_ramulator_runs_beside_both_engines_on_every_pattern(bench: Bench) -> None:
    bench.program("ramulator2", RAMULATOR)
    lines = bench.run()
    for pattern in ("sequential", "tiles", "random"):
        for engine in ("npulse reference", "npulse fast"):
            assert row(lines, pattern, engine)[1:] == ["2.0", "1.02", "70"]
        # 1600 clocks of 1.25 ns for 64 bursts of 32 B; 80 clocks of latency.
        assert row(lines, pattern, "ramulator2")[1:] == ["2.0", "1.02", "100"]


def test_loads_that_were_taken_for_stores_are_told(bench: Bench) -> None:
    bench.program("ramulator2", RAMULATOR.replace("requests: 64", "requests: 0"))
    assert any("took the loads for stores" in line for line in bench.run())


def test_dramsys_needs_a_configuration_and_gets_our_trace(bench: Bench, tmp_path: Path) -> None:
    bench.program("DRAMSys", DRAMSYS)
    assert bench.run() == ["DRAMSys: left out; NPULSE_DRAMSYS_CONFIG does not name a configuration"]
    config = tmp_path / "example.json"
    config.write_text(json.dumps({"simulation": {"memspec": "kept", "tracesetup": []}}))
    lines = bench.run(NPULSE_DRAMSYS_CONFIG=str(config))
    assert row(lines, "random", "DRAMSys")[1:] == ["4.0", "0.51", "-"]


def test_a_simulator_that_fails_or_hangs_does_not_end_the_bench(bench: Bench) -> None:
    bench.program("ramulator2", "echo 'no such preset' >&2; exit 7")
    assert "exit 7: no such preset" in bench.run()[-1]
    bench.program("ramulator2", "exec sleep 60")
    assert "over 1 s" in bench.run("--limit", "1")[-1]
    bench.program("ramulator2", "echo nothing of use")
    assert "no simulated time in its output" in bench.run()[-1]

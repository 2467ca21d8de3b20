#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same DRAM traces on NPUlse and on the simulators that are on this machine's PATH.

`./dev bench dram` runs it after its own benchmark. Looked for are `ramulator2` (2.0, YAML) and
`DRAMSys` (5). Their memory is what their configuration says:

  NPULSE_RAMULATOR2_CONFIG  YAML with @TRACE@ where the trace's path goes; without it an LPDDR5-6400
                            channel as in Ramulator's example
  NPULSE_DRAMSYS_CONFIG     JSON in DRAMSys' folder `configs`, for instance lpddr4-example.json;
                            needed, because part and mapping are files there
  NPULSE_RAMULATOR2_PART, NPULSE_DRAMSYS_PART
                            what NPUlse is to compare with, as options of `npulse dram`

Requests a second count the whole program, from its start to its end.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

BURST = 32
REGION = 1 << 30

RAMULATOR_CONFIG = """\
Frontend: {impl: LoadStoreTrace, clock_ratio: 1, path: "@TRACE@"}
MemorySystem:
  impl: GenericDRAM
  clock_ratio: 1
  DRAM:
    impl: LPDDR5
    org: {preset: LPDDR5_8Gb_x16, channel: 1, rank: 1}
    timing: {preset: LPDDR5_6400}
  Controller:
    impl: Generic
    Scheduler: {impl: FRFCFS}
    RefreshManager: {impl: AllBank}
    RowPolicy: {impl: OpenRowPolicy}
    plugins:
  AddrMapper: {impl: RoBaRaCoCh}
"""
RAMULATOR_PART = (
    "lpddr5-6400@8Gb --channels 1 --mapping robaracoch"
    " --set mapping.granule_bytes=32 --set controller.queue_bursts=32"
)
RAMULATOR_CLOCK_NS = 1.25
DRAMSYS_PART = "lpddr4-3200 --channels 1 --mapping rbc --set controller.queue_bursts=32"


def sequential(count: int) -> Iterator[int]:
    yield from (i * BURST % REGION for i in range(count))


def tiles(count: int) -> Iterator[int]:
    """64 rows of 256 bytes each, out of a matrix with rows of 8 KiB, from left to right."""
    across, height = 8192 // 256, 64
    for i in range(count):
        row, x = divmod(i, 256 // BURST)
        tile, y = divmod(row, height)
        down, column = divmod(tile, across)
        yield ((down * height + y) * 8192 + column * 256 + x * BURST) % REGION


def jumps(count: int) -> Iterator[int]:
    """A linear congruential generator: full period, the same everywhere."""
    state = 1
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        yield (state >> 33) % (REGION // BURST) * BURST


PATTERNS: dict[str, Callable[[int], Iterator[int]]] = {
    "sequential": sequential,
    "tiles": tiles,
    "random": jumps,
}


@dataclass
class Result:
    """What one program made of one trace."""

    wall_s: float
    simulated_s: float | None = None
    read_latency_ns: float | None = None
    note: str = ""


@dataclass
class Tool:
    """Another simulator: how it is given a trace, and how its output is read."""

    program: str
    ending: str  # of its traces, which is the dialect's name for `npulse convert --to`
    npulse_options: list[str]
    prepare: Callable[[Path], list[str]]  # the words behind the program's name
    read: Callable[[str], Result]


def ramulator(folder: Path) -> Tool:
    own = os.environ.get("NPULSE_RAMULATOR2_CONFIG")
    config = Path(own).read_text() if own else RAMULATOR_CONFIG
    if "@TRACE@" not in config:
        raise SystemExit(f"{own}: has no @TRACE@ where the path of the trace goes")

    def prepare(trace: Path) -> list[str]:
        written = folder / "ramulator2.yaml"
        written.write_text(config.replace("@TRACE@", str(trace)))
        return ["-f", str(written)]

    def read(text: str) -> Result:
        cycles = number(r"memory_system_cycles: *(\S+)", text)
        latency = number(r"\bavg_read_latency_0: *(\S+)", text)
        result = Result(0, cycles and cycles * RAMULATOR_CLOCK_NS * 1e-9)
        result.read_latency_ns = latency and latency * RAMULATOR_CLOCK_NS
        if number(r"total_num_read_requests: *(\S+)", text) == 0:
            result.note = "it took the loads for stores"
        return result

    options = shlex.split(os.environ.get("NPULSE_RAMULATOR2_PART", RAMULATOR_PART))
    return Tool("ramulator2", "ramulator", options, prepare, read)


def dramsys(folder: Path) -> Tool | None:
    own = os.environ.get("NPULSE_DRAMSYS_CONFIG")
    if not own:
        print("DRAMSys: left out; NPULSE_DRAMSYS_CONFIG does not name a configuration")
        return None
    config = json.loads(Path(own).read_text())

    def prepare(trace: Path) -> list[str]:
        player = {"type": "player", "clkMhz": 2000, "dataLength": BURST, "name": str(trace)}
        config["simulation"]["tracesetup"] = [player]
        written = folder / "dramsys.json"
        written.write_text(json.dumps(config))
        return [str(written), str(Path(own).resolve().parent)]

    def read(text: str) -> Result:
        units = {"ps": 1e-12, "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
        found = re.search(r"Total Time: *([0-9.e+]+) *([munp]?s)", text)
        return Result(0, float(found[1]) * units[found[2]] if found else None)

    options = shlex.split(os.environ.get("NPULSE_DRAMSYS_PART", DRAMSYS_PART))
    return Tool("DRAMSys", "stl", options, prepare, read)


def number(pattern: str, text: str) -> float | None:
    found = re.search(pattern, text)
    try:
        return float(found[1]) if found else None
    except ValueError:
        return None


def timed(command: list[str], limit: float) -> tuple[float, str, str]:
    """Wall time, standard output, and what went wrong."""
    start = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return limit, "", f"over {limit:.0f} s"
    except OSError as error:
        return 0, "", str(error.strerror)
    wall = time.perf_counter() - start
    last = (done.stderr.strip().splitlines() or [""])[-1]
    return wall, done.stdout, f"exit {done.returncode}: {last}" if done.returncode else ""


def run_tool(tool: Tool, trace: Path, limit: float) -> Result:
    wall, text, fault = timed([tool.program, *tool.prepare(trace)], limit)
    result = Result(0, note=fault) if fault else tool.read(text)
    result.wall_s = wall
    if not fault and result.simulated_s is None:
        result.note = "no simulated time in its output"
    return result


def run_npulse(npulse: str, engine: str, tool: Tool, trace: Path, limit: float) -> Result:
    part, *options = tool.npulse_options
    report = trace.with_suffix(".json")
    command = [npulse, "dram", part, str(trace), *options, "--engine", engine]
    wall, _, fault = timed([*command, "--quiet", "--json", str(report)], limit)
    if fault:
        return Result(wall, note=fault)
    read = json.loads(report.read_text())
    return Result(wall, read["latency_s"], read["read_latency_ns"]["mean"])


def line(pattern: str, name: str, count: int, result: Result) -> str:
    speed = f"{count / result.wall_s / 1e6:.3f}" if result.wall_s and result.simulated_s else "-"
    simulated = f"{result.simulated_s * 1e6:.1f}" if result.simulated_s else "-"
    bandwidth = f"{count * BURST / result.simulated_s / 1e9:.2f}" if result.simulated_s else "-"
    latency = f"{result.read_latency_ns:.0f}" if result.read_latency_ns else "-"
    text = f"{pattern:<11} {name:<17} {speed:>8} {simulated:>10} {bandwidth:>7} {latency:>8}"
    return f"{text}  {result.note}".rstrip()


def compare(tool: Tool, npulse: str, folder: Path, count: int, limit: float) -> None:
    print(f"\n{tool.program} beside npulse dram {shlex.join(tool.npulse_options)}")
    print(f"{'':<11} {'':<17} {'Mreq/s':>8} {'simul. us':>10} {'GB/s':>7} {'read ns':>8}")
    for pattern, addresses in PATTERNS.items():
        native = folder / f"{pattern}.trace"
        native.write_text("".join(f"0 R {a:#x} {BURST}\n" for a in addresses(count)))
        theirs = folder / f"{pattern}.{tool.ending}"
        convert = [npulse, "convert", str(native), "-o", str(theirs), "--to", tool.ending]
        subprocess.run(convert, check=True, stdout=subprocess.DEVNULL)
        for engine in ("reference", "fast"):
            result = run_npulse(npulse, engine, tool, native, limit)
            print(line(pattern, f"npulse {engine}", count, result))
        print(line(pattern, tool.program, count, run_tool(tool, theirs, limit)), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="DRAM traces on NPUlse and on other simulators.")
    parser.add_argument("--npulse", default="build/release/cli/npulse", help="the npulse program")
    parser.add_argument("--requests", type=int, default=200_000, help="of each trace")
    parser.add_argument("--limit", type=float, default=120, help="seconds a run may take")
    arguments = parser.parse_args()
    found = [name for name in ("ramulator2", "DRAMSys") if shutil.which(name)]
    if not found:
        print("no ramulator2 or DRAMSys on the PATH: nothing to run side by side")
        return 0
    with tempfile.TemporaryDirectory(prefix="npulse-bench-") as folder:
        for name in found:
            tool = ramulator(Path(folder)) if name == "ramulator2" else dramsys(Path(folder))
            if tool:
                limits = (arguments.requests, arguments.limit)
                compare(tool, arguments.npulse, Path(folder), *limits)
    return 0


if __name__ == "__main__":
    sys.exit(main())

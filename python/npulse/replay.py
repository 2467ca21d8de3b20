# SPDX-License-Identifier: Apache-2.0
"""Replays of DRAM traces: a memory part and a trace in, a report out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike, fspath
from typing import cast

from . import _core
from ._fill import fill
from ._json_report import JsonReport
from .chip import assignments
from .report import Memory, Unsure


@dataclass(frozen=True)
class LatencyBin:
    """Latencies from `from_ns` up to, but not including, `to_ns`."""

    from_ns: float
    to_ns: float
    count: int


@dataclass(frozen=True)
class ReadLatency:
    """Latency of reads in nanoseconds, from arrival to response.

    Percentiles are the upper edge of a bin at most 1/64 as wide as what it holds.
    """

    mean: float
    p50: float
    p90: float
    p99: float
    max: float
    count: int
    histogram: tuple[LatencyBin, ...]


@dataclass(frozen=True)
class BusTime:
    """What the time of the data buses went into; docs/dram.md says what each use means."""

    shares: Mapping[str, float]
    """0 to 1: data, refresh, turnaround, activation_window, row_opening, bus, starvation."""
    ticks: Mapping[str, int]
    """The same in ticks of the part, which add up to `total_ticks`."""
    total_ticks: int


@dataclass(frozen=True)
class DramEnergy:
    """Energy of the devices in joules, by use; the uses add up to `total`, and so do the rails."""

    activation: float
    column: float
    io: float
    refresh: float
    background: float
    total: float
    background_by_state: Mapping[str, float]
    rails: Mapping[str, float]
    """By supply rail; empty where the part's figures do not tell rails apart."""
    basis: str
    """currents (of a data sheet, by rail) or figures (a command and state)."""
    average_watts: float


@dataclass(frozen=True)
class DramReport(JsonReport):
    """What a replay says. Field names are the keys of the JSON form."""

    npulse_version: str
    trace: str
    format: str
    pace: str
    """closed_loop or timed."""
    engine: str
    mapping: str
    latency_s: float
    """Arrival of the first request to the end of the last data."""
    requests: int
    reads: int
    writes: int
    sources: int
    memory: Memory
    time: BusTime
    read_latency_ns: ReadLatency
    commands: Mapping[str, int]
    """DRAM commands by name."""
    energy_j: DramEnergy
    unsure: tuple[Unsure, ...]
    _json: str = field(repr=False)
    _text: str = field(repr=False)


def dram(
    part: str | PathLike[str],
    trace: str | PathLike[str],
    *,
    channels: int | None = None,
    mapping: str | None = None,
    engine: str | None = None,
    parameters: Mapping[str, object] | None = None,
    trace_format: str | None = None,
    timed: bool = False,
    clock_mhz: float | None = None,
    size: int | None = None,
    requests: int | None = None,
    commands: str | PathLike[str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> DramReport:
    """Replays `trace` on the memory part `part` (a name or a path) and reports.

    `channels` and `mapping` are the part's own unless given; `engine` is reference (the default),
    exact to the command, or fast; `parameters` change the controller
    (`{"controller.queue_bursts": 32}`) or the part (`{"part.timing.t_rcd.ns": 20}`).
    `trace_format` is native, stl, rstl, ramulator, dramsim3 or simpleo3, and found from the file
    unless given. `timed` offers each request at its time in the trace, in cycles of `clock_mhz`.
    `size` is that of requests that name none, in bytes; `requests` limits their number.
    `commands` names a file for the DRAM commands. `progress` is called now and then with the
    share done.

    Raises InputError with every fault of the trace, KeyboardInterrupt on Ctrl-C.
    """
    json_text, text = _core.dram(
        fspath(part),
        fspath(trace),
        channels,
        mapping,
        engine,
        assignments(parameters or {}),
        trace_format,
        timed,
        clock_mhz,
        size,
        requests,
        None if commands is None else fspath(commands),
        progress,
    )
    values = {**json.loads(json_text), "_json": json_text, "_text": text}
    return cast(DramReport, fill(DramReport, values))

# SPDX-License-Identifier: Apache-2.0
"""Memory bandwidth over time."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .._units import si
from ..errors import InputError
from ..report import Report
from ..timeline import Span, load_timeline
from .style import BLACK, CYCLE, empty, legend_above, plain, title_of, unit_of

Floats = NDArray[np.float64]
SLACK = 1e-7
"""Seconds between the end of the last instruction and that of the run, at most."""


def bandwidth(
    timeline: str | PathLike[str], report: Report | None = None, *, bins: int | None = None
) -> Figure:
    """Bytes a second from and to memory over time, stacked by the queue that moved them.

    `timeline` is what `run(timeline=...)` wrote. It says of each instruction when it began, when it
    ended and how many bytes it moved, not when which byte did: they are spread evenly over the time
    in which the instruction was the oldest of its queue. So a rate is a mean over an instruction,
    and may exceed the peak a little where several end together. `bins` is the number of steps in
    time (default: as many as instructions, 20 to 200). `report` of the same run adds the peak and
    the mean as lines.

    Raises InputError for a file that is no timeline, one of another run than the report, or one in
    which nothing touches memory.
    """
    ran = load_timeline(timeline)
    if report is not None:
        _require_same(timeline, ran, report)
    spans = [span for span in ran if span.dram_bytes]
    if not spans:
        raise InputError(f"{timeline}: nothing in it reads or writes memory")
    if bins is None:
        bins = min(200, max(20, len(spans)))
    elif bins < 1:
        raise InputError(f"bins={bins}: must be 1 or more")
    edges = np.linspace(0, max(span.end_s for span in spans), bins + 1)
    rates = _rates(spans, edges)
    total = np.sum([*rates.values()], axis=0)
    peak = report.memory.peak_bytes_per_s if report else 0.0
    scale, unit = unit_of([peak, *total], "B/s")
    seconds, time_unit = unit_of(edges, "s")
    figure, axes = empty(3.4)
    below = np.zeros(bins)
    for name, color in zip(rates, CYCLE * len(rates), strict=False):
        above, label = below + rates[name] / scale, plain(name)
        axes.stairs(above, edges / seconds, baseline=below, fill=True, color=color, label=label)
        below = above
    axes.set_title(f"Memory traffic of {title_of(report)}" if report else "Memory traffic", pad=26)
    if report:
        mean = report.memory.bandwidth_bytes_per_s
        label = f"peak of {plain(report.memory.part)}"
        axes.axhline(peak / scale, color=BLACK, linestyle="--", label=label)
        axes.axhline(mean / scale, color=BLACK, linestyle=":", label="mean of the run")
    axes.set_xlim(0, edges[-1] / seconds)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(f"Time ({time_unit})")
    axes.set_ylabel(f"Bandwidth ({unit})")
    legend_above(axes, 6)
    return figure


def _require_same(timeline: str | PathLike[str], spans: Sequence[Span], report: Report) -> None:
    """Raises InputError when what ran, or for how long, is not what the report says."""
    macs, end = sum(span.macs for span in spans), max((span.end_s for span in spans), default=0.0)
    if macs != report.macs or abs(end - report.latency_s) > SLACK:
        raise InputError(
            f"{timeline}: is of another run than the report: {macs} MACs in {si(end, 's')}, "
            f"not {report.macs} in {si(report.latency_s, 's')}"
        )


def _rates(spans: Sequence[Span], edges: Floats) -> dict[str, Floats]:
    """Bytes a second between the edges, by queue; the queue with the most bytes first."""
    moved: dict[str, Floats] = {}
    ends: dict[tuple[int, str], float] = {}
    for span in sorted(spans, key=lambda span: (span.start_s, span.end_s)):
        before = ends.get((span.core, span.queue), 0.0)
        start = max(span.start_s, before) if before < span.end_s else span.start_s
        ends[span.core, span.queue] = max(before, span.end_s)
        share = np.clip((edges - start) / max(span.end_s - start, 1e-15), 0, 1)
        sums = moved.setdefault(span.queue, np.zeros(len(edges)))
        sums += span.dram_bytes * share
    ordered = sorted(moved, key=lambda name: -moved[name][-1])
    return {name: np.diff(moved[name]) / np.diff(edges) for name in ordered}

# SPDX-License-Identifier: Apache-2.0
"""Where a run and its regions stand under the roofline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from .._units import si
from ..errors import InputError
from ..report import Region, Report
from .style import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PALE,
    PURPLE,
    RED,
    SKY,
    empty,
    plain,
    title_of,
    whole_percent,
)

COLORS = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)
"""Of the regions with the most time; the others are pale and unnamed."""
NARROW = 1000
"""Axes of which the end is less than so many times the beginning have more ticks."""


@dataclass(frozen=True)
class _Dot:
    name: str
    macs_per_byte: float
    macs_per_s: float
    time: float
    """Share of the run."""


def roofline(report: Report) -> Figure:
    """MACs a second over MACs a byte of memory traffic, of the run and of its regions.

    The roof is memory's peak bandwidth, then the peak of the arrays in the run's dominant type. A
    region's rate is over the cycles in which it was active, and its dot the larger the longer that
    was; regions without MACs or without memory traffic have no place here.

    Raises InputError for a run without MACs, of which no type has a roof.
    """
    if not report.macs:
        raise InputError(f"{report.program.name}: multiplies nothing, so no roof is over it")
    line, dots = report.roofline, _dots(report)
    whole = _Dot("whole run", line.macs_per_byte, line.macs_per_s, 1)
    shown = [dot for dot in (whole, *dots) if dot.macs_per_byte > 0 and dot.macs_per_s > 0]
    figure, axes = empty(4.4, 8.5)
    xs = [*(dot.macs_per_byte for dot in shown), line.ridge_macs_per_byte]
    low, high = min(xs) / 4, max(xs) * 4
    _draw_roof(axes, report, low, high)
    _draw_dots(axes, dots)
    if whole in shown:
        place = (whole.macs_per_byte, whole.macs_per_s)
        axes.scatter(*place, 160, color=BLACK, marker="*", edgecolors="white", label=whole.name)
    bottom = min([low * report.memory.peak_bytes_per_s, *(dot.macs_per_s / 2 for dot in shown)])
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(bottom, 3 * line.peak_macs_per_s)
    _ticks(axes.xaxis, low, high)
    _ticks(axes.yaxis, bottom, 3 * line.peak_macs_per_s)
    axes.grid(color="#EEEEEE", which="major")
    axes.set_xlabel("Arithmetic intensity (MAC per byte of memory traffic)")
    axes.set_ylabel("Rate (MAC/s)")
    axes.set_title(f"Roofline of {title_of(report)}")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize=8)
    return figure


def _draw_roof(axes: Axes, report: Report, low: float, high: float) -> None:
    line, bandwidth = report.roofline, report.memory.peak_bytes_per_s
    axes.plot(
        [low, line.ridge_macs_per_byte, high],
        [low * bandwidth, line.peak_macs_per_s, line.peak_macs_per_s],
        color=BLACK,
        label=f"{si(bandwidth, 'B/s')}, then\n{si(line.peak_macs_per_s, 'MAC/s')} {line.peak_type}",
    )


def _draw_dots(axes: Axes, dots: Sequence[_Dot]) -> None:
    """Regions, those with the most time in colour; the small ones lie on the large ones."""
    for dot, color in zip(dots, COLORS + (PALE,) * len(dots), strict=False):
        place, size = (dot.macs_per_byte, dot.macs_per_s), 30 + 300 * dot.time
        axes.scatter(*place, size, color=color, alpha=0.8, edgecolors="white")
        if color != PALE:
            name = f"{plain(dot.name)}, {whole_percent(dot.time)} of the time"
            axes.scatter([], [], 50, color=color, alpha=0.8, label=name)


def _ticks(axis: Axis, low: float, high: float) -> None:
    """Powers of ten with prefixes, and 2 and 5 times them where there is room."""
    narrow = high < NARROW * low
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if narrow else (1,)))
    axis.set_major_formatter(lambda value, _: si(value, "").strip())
    axis.set_minor_formatter(NullFormatter())


def _dots(report: Report) -> list[_Dot]:
    """Regions that have a place, the longest first."""
    dots = [
        _dot(report, region) for region in report.regions if region.macs and _moved(report, region)
    ]
    return sorted(dots, key=lambda dot: -dot.time)


def _dot(report: Report, region: Region) -> _Dot:
    active = max(1, region.active_cycles)
    return _Dot(
        region.name,
        region.macs / _moved(report, region),
        region.macs * report.clock_hertz / active,
        active / max(1, report.cycles),
    )


def _moved(report: Report, region: Region) -> float:
    """Bytes of memory traffic; on chips with caches, its part of what they did not answer."""
    return (region.dram_read_bytes + region.dram_write_bytes) * report.past_caches()

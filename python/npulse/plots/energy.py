# SPDX-License-Identifier: Apache-2.0
"""Where the energy goes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..report import Report
from .style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    RED,
    SKY,
    WINE,
    YELLOW,
    Reports,
    empty,
    ink_on,
    legend_above,
    named,
    plain,
    unit_of,
    whole_percent,
)

Floats = NDArray[np.float64]

SMALL = 0.01
"""Components below this share of every report are put together."""
WIDE_ENOUGH = 0.06

COLORS = {
    "dram": BLUE,
    "phy": SKY,
    "memory_controller": PURPLE,
    "noc": YELLOW,
    "spm": GREEN,
    "pe": RED,
    "vector": ORANGE,
    "dma": WINE,
    "shared": "#117733",
    "acc": BLACK,
    "static": GREY,
    "others": PALE,
}
OTHER = "#6699CC"
"""Of a component that is not among them."""


def energy(reports: Reports) -> Figure:
    """Energy by component, stacked, a bar a report: a token's where all reports make tokens.

    Components below 1 % of every bar are `others`.
    """
    runs = named(reports)
    by_token = all(report.program.tokens for report in runs.values())
    bars = [_components(report, by_token) for report in runs.values()]
    totals = np.array([sum(bar.values()) for bar in bars])
    scale, unit = unit_of(totals, "J")
    figure, axes = empty(1.2 + 0.55 * len(bars))
    left = np.zeros(len(bars))
    for part, sizes in _parts(bars, totals).items():
        _draw(axes, part, left / scale, sizes / scale, totals / scale)
        left += sizes
    for row, total in enumerate(totals / scale):
        axes.text(total, row, f" {total:.3g}", va="center")
    axes.set_yticks(range(len(bars)), [plain(name) for name in runs])
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlabel(f"Energy a token ({unit})" if by_token else f"Energy of the run ({unit})")
    axes.margins(x=0.1)
    axes.set_title("Where the energy goes", pad=26)
    legend_above(axes, 10)
    return figure


def _draw(axes: Axes, part: str, left: Floats, sizes: Floats, totals: Floats) -> None:
    """A component's piece of each bar, with its share where there is room."""
    color = COLORS.get(part, OTHER)
    axes.barh(range(len(sizes)), sizes, left=left, color=color, label=plain(part), height=0.65)
    for row, size in enumerate(sizes):
        if size > WIDE_ENOUGH * max(totals):
            axes.text(
                left[row] + size / 2,
                row,
                whole_percent(size / totals[row]),
                ha="center",
                va="center",
                fontsize=8,
                color=ink_on(color),
            )


def _components(report: Report, by_token: bool) -> dict[str, float]:
    shares = report.program.tokens if by_token else 1
    return {name: joules / shares for name, joules in report.energy_j.components.items()}


def _parts(bars: Sequence[dict[str, float]], totals: Floats) -> dict[str, Floats]:
    """Size in each bar, by component; the small ones put together."""
    names = dict.fromkeys(name for bar in bars for name in bar)
    sizes = {name: np.array([bar.get(name, 0.0) for bar in bars]) for name in names}
    large = {name: size for name, size in sizes.items() if any(size >= SMALL * totals)}
    return {**large, "others": totals - np.sum([*large.values()], axis=0)}

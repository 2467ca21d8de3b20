# SPDX-License-Identifier: Apache-2.0
"""Where the energy goes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..report import Report
from .style import (
    BLACK,
    BLUE,
    CYCLE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    RED,
    SKY,
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
    "acc": BLACK,
    "static": GREY,
    "others": PALE,
}


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
    rows, left, spare = range(len(bars)), np.zeros(len(bars)), cycle(CYCLE)
    for part, sizes in _parts(bars, totals).items():
        color = COLORS.get(part) or next(spare)
        axes.barh(rows, sizes / scale, left=left / scale, color=color, label=part, height=0.65)
        for row, size in enumerate(sizes):
            if size > WIDE_ENOUGH * max(totals):
                place, share = (left[row] + size / 2) / scale, whole_percent(size / totals[row])
                ink = ink_on(color)
                axes.text(place, row, share, ha="center", va="center", fontsize=8, color=ink)
        left += sizes
    for row, total in enumerate(totals / scale):
        axes.text(total, row, f" {total:.3g}", va="center")
    axes.set_yticks(rows, [plain(name) for name in runs])
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlabel(f"Energy a token ({unit})" if by_token else f"Energy of the run ({unit})")
    axes.margins(x=0.1)
    axes.set_title("Where the energy goes", pad=26)
    legend_above(axes, 10)
    return figure


def _components(report: Report, by_token: bool) -> dict[str, float]:
    shares = report.program.tokens if by_token else 1
    return {name: joules / shares for name, joules in report.energy_j.components.items()}


def _parts(bars: Sequence[dict[str, float]], totals: Floats) -> dict[str, Floats]:
    """Size in each bar, by component; the small ones put together."""
    names = dict.fromkeys(name for bar in bars for name in bar)
    sizes = {name: np.array([bar.get(name, 0.0) for bar in bars]) for name in names}
    large = {name: size for name, size in sizes.items() if any(size >= SMALL * totals)}
    return {**large, "others": totals - np.sum([*large.values()], axis=0)}

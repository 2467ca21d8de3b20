# SPDX-License-Identifier: Apache-2.0
"""Where the energy goes."""

from __future__ import annotations

from matplotlib.figure import Figure

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
    bars = {name: _components(report) for name, report in named(reports).items()}
    by_token = all(report.program.tokens for report in named(reports).values())
    totals = {name: sum(bar.values()) for name, bar in bars.items()}
    parts = list(dict.fromkeys(part for bar in bars.values() for part in bar))
    large = [p for p in parts if any(b.get(p, 0) >= SMALL * totals[n] for n, b in bars.items())]
    scale, unit = unit_of(totals.values(), "J")
    figure, axes = empty(1.2 + 0.55 * len(bars))
    left = dict.fromkeys(bars, 0.0)
    spare = iter(CYCLE * len(large))
    for part in (*large, "others"):
        color = COLORS.get(part) or next(spare)
        sizes = {
            name: bar.get(part, 0.0)
            if part != "others"
            else sum(size for other, size in bar.items() if other not in large)
            for name, bar in bars.items()
        }
        starts = [left[name] / scale for name in bars]
        lengths = [sizes[name] / scale for name in bars]
        axes.barh(range(len(bars)), lengths, left=starts, color=color, label=part, height=0.65)
        for row, name in enumerate(bars):
            if sizes[name] >= WIDE_ENOUGH * max(totals.values()):
                axes.text(
                    (left[name] + sizes[name] / 2) / scale,
                    row,
                    whole_percent(sizes[name] / totals[name]),
                    ha="center",
                    va="center",
                    fontsize=8,
                    color=ink_on(color),
                )
            left[name] += sizes[name]
    for row, name in enumerate(bars):
        axes.text(totals[name] / scale, row, f" {totals[name] / scale:.3g}", va="center")
    axes.set_yticks(range(len(bars)), [plain(name) for name in bars])
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlabel(f"Energy a token ({unit})" if by_token else f"Energy of the run ({unit})")
    axes.margins(x=0.1)
    axes.set_title("Where the energy goes", pad=26)
    legend_above(axes, 10)
    return figure


def _components(report: Report) -> dict[str, float]:
    runs = report.program.tokens or 1
    return {name: joules / runs for name, joules in report.energy_j.components.items()}

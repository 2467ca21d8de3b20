# SPDX-License-Identifier: Apache-2.0
"""Runs side by side: LPDDR against HBM, for example."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure

from ..errors import InputError
from ..report import Report
from .style import CYCLE, GREY, Reports, bare, named, plain, sheet, unit_of, whole_percent

Panel = tuple[str, str, str, Callable[[Report], float]]
PANELS: tuple[Panel, ...] = (
    ("Latency", "s", "less is better", lambda r: r.latency_s),
    ("Bandwidth reached, of peak", "B/s", "", lambda r: r.memory.bandwidth_bytes_per_s),
    ("Rate", "token/s", "more is better", lambda r: r.program.tokens_per_s),
    ("Energy a token", "J", "less is better", lambda r: r.program.energy_per_token_j),
)
WITHOUT_TOKENS: tuple[Panel, ...] = (
    ("Rate", "MAC/s", "more is better", lambda r: r.roofline.macs_per_s),
    ("Energy", "J", "less is better", lambda r: r.energy_j.total),
)


def comparison(reports: Reports) -> Figure:
    """Latency, bandwidth, rate and energy of several runs of one program, a panel each.

    Rate and energy are by token where all runs make tokens, else MACs a second and the run's. The
    outline around a bandwidth is memory's peak.

    Raises InputError when the runs are not of one program.
    """
    runs = named(reports)
    programs = {report.program.name for report in runs.values()}
    if len(programs) > 1:
        raise InputError(f"runs of different programs: {', '.join(sorted(programs))}")
    tokens = all(report.program.tokens for report in runs.values())
    figure = sheet(8.5, 2.2 + 0.6 * len(runs))
    panels = PANELS if tokens else (*PANELS[:2], *WITHOUT_TOKENS)
    for axes, (title, unit, better, value) in zip(
        figure.subplots(2, 2, sharey=True).flat, panels, strict=True
    ):
        bare(axes)
        values = [value(report) for report in runs.values()]
        peaks = [r.memory.peak_bytes_per_s if unit == "B/s" else 0.0 for r in runs.values()]
        scale, scaled = unit_of([*values, *peaks], unit)
        rows = range(len(runs))
        axes.barh(rows, [v / scale for v in values], color=CYCLE * len(runs), height=0.6)
        axes.barh(rows, [p / scale for p in peaks], fill=False, edgecolor=GREY, height=0.6)
        for row, (one, peak) in enumerate(zip(values, peaks, strict=True)):
            share = f" ({whole_percent(one / peak)})" if peak else ""
            axes.text(max(one, peak) / scale, row, f" {one / scale:.3g}{share}", va="center")
        axes.set_yticks(rows, [plain(name) for name in runs])
        axes.set_xlabel(f"{title} ({scaled})" + (f", {better}" if better else ""))
        axes.margins(x=0.3)
    figure.axes[0].invert_yaxis()
    figure.suptitle(plain(next(iter(programs))))
    return figure

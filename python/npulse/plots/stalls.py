# SPDX-License-Identifier: Apache-2.0
"""What the queues did with their time."""

from __future__ import annotations

from matplotlib.figure import Figure

from ..explain import QueueStory, explain
from ..report import Report
from .style import (
    GREEN,
    ORANGE,
    PALE,
    RED,
    empty,
    ink_on,
    legend_above,
    percent_axis,
    plain,
    title_of,
    whole_percent,
)

WIDE_ENOUGH = 0.12
"""Shares that have room for a word."""


def stalls(report: Report) -> Figure:
    """Stacked bars: busy, waiting for data, waiting for a resource, and idle, by queue.

    The queues of one name over all cores are one bar. Where there is room a wait says what for
    most: the queue that was to produce the data, or the resource.
    """
    queues = explain(report).queues
    figure, axes = empty(1.5 + 0.42 * len(queues))
    for part, label, color in (
        ("busy", "busy", GREEN),
        ("wait_data", "waits for data of ...", ORANGE),
        ("wait_resource", "waits for ...", RED),
        ("idle", "nothing to do", PALE),
    ):
        starts = [_before(queue, part) for queue in queues]
        shares = [float(getattr(queue, part)) for queue in queues]
        axes.barh(range(len(queues)), shares, left=starts, color=color, label=label, height=0.7)
        for row, (queue, start, share) in enumerate(zip(queues, starts, shares, strict=True)):
            if share >= WIDE_ENOUGH:
                axes.text(
                    start + share / 2,
                    row,
                    _words(report, queue, part, share),
                    ha="center",
                    va="center",
                    fontsize=8,
                    color=ink_on(color),
                )
    axes.set_yticks(range(len(queues)), [plain(f"{queue.name} ({queue.kind})") for queue in queues])
    axes.invert_yaxis()
    percent_axis(axes, "Share of the run")
    axes.set_title(f"Where the time goes: {title_of(report)}", pad=26)
    legend_above(axes, 4)
    return figure


PARTS = ("busy", "wait_data", "wait_resource", "idle")


def _before(queue: QueueStory, part: str) -> float:
    return sum(float(getattr(queue, earlier)) for earlier in PARTS[: PARTS.index(part)])


def _words(report: Report, queue: QueueStory, part: str, share: float) -> str:
    most = _most(report, queue, part) if part.startswith("wait") else ""
    return plain(f"{most} {whole_percent(share)}".strip())


def _most(report: Report, queue: QueueStory, part: str) -> str:
    """What the queues of this name waited for most."""
    blamed: dict[str, int] = {}
    for name, one in report.queues.items():
        if name.rpartition(".")[2] == queue.name:
            for what, cycles in getattr(one, f"{part}_for").items():
                kind = what.rpartition(".")[2]
                blamed[kind] = blamed.get(kind, 0) + cycles
    return max(blamed, key=lambda what: blamed[what], default="")

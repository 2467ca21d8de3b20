# SPDX-License-Identifier: Apache-2.0
"""What the queues did with their time."""

from __future__ import annotations

from collections import Counter

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

ROOM = 90
"""Letters that fit into a whole bar."""


def stalls(report: Report) -> Figure:
    """Stacked bars: busy, waiting for data, waiting for a resource, and idle, by queue.

    The queues of one name over all cores are one bar. Where there is room a wait says for what it
    was, or for what most of it: the queue that was to produce the data, or the resource.
    """
    queues = explain(report).queues
    figure, axes = empty(1.5 + 0.42 * len(queues))
    for part, label, color in (
        ("busy", "busy", GREEN),
        ("wait_data", "waits for data", ORANGE),
        ("wait_resource", "waits for a resource", RED),
        ("idle", "nothing to do", PALE),
    ):
        starts = [_before(queue, part) for queue in queues]
        shares = [float(getattr(queue, part)) for queue in queues]
        axes.barh(range(len(queues)), shares, left=starts, color=color, label=label, height=0.7)
        for row, (queue, start, share) in enumerate(zip(queues, starts, shares, strict=True)):
            words = _words(report, queue, part, share)
            if share * ROOM >= len(words):
                axes.text(
                    start + share / 2,
                    row,
                    words,
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
    words = whole_percent(share)
    causes = _causes(report, queue, part)
    if not causes:
        return words
    most, cycles = causes.most_common(1)[0]
    mostly = "" if cycles == causes.total() else ", most"
    return plain(f"{words}{mostly} for {most}")


def _causes(report: Report, queue: QueueStory, part: str) -> Counter[str]:
    """What the queues of this name waited for, by the cycles."""
    causes = Counter[str]()
    for name, one in report.queues.items():
        if part.startswith("wait") and name.rpartition(".")[2] == queue.name:
            for what, cycles in getattr(one, f"{part}_for").items():
                causes[what.rpartition(".")[2]] += cycles
    return causes

# SPDX-License-Identifier: Apache-2.0
"""The points of a sweep, and those that nothing beats."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from ..errors import InputError
from ..points import Row
from ..rows import pareto_front
from .style import BLACK, BLUE, CYCLE, empty, plain, unit_of

COLUMNS = {
    "latency_s": ("Latency", "s"),
    "tokens_per_s": ("Rate", "token/s"),
    "energy_per_token_j": ("Energy a token", "J"),
    "energy_j": ("Energy", "J"),
    "average_watts": ("Power", "W"),
    "memory_bytes_read": ("Read from memory", "B"),
    "memory_bandwidth_bytes_per_s": ("Memory bandwidth reached", "B/s"),
    "memory_peak_bytes_per_s": ("Memory bandwidth", "B/s"),
}
"""Label and unit; columns that are not here keep their name and figures."""


def pareto(
    rows: Sequence[Row],
    x: str = "latency_s",
    y: str = "energy_per_token_j",
    *,
    maximize: Sequence[str] = ("tokens_per_s",),
    by: str | None = None,
) -> Figure:
    """Every row of a sweep as a dot, and its Pareto front as a line.

    `x` and `y` are columns; those in `maximize` are the better the larger, others the smaller.
    `by` is a column whose values have a colour each (`memory`). Failed rows are left out.

    Raises InputError when no row has both columns.
    """
    good = [row for row in rows if not row["error"] and x in row and y in row]
    if not good:
        raise InputError(f"no row has both {x} and {y}")
    ways = {name: "maximize" if name in maximize else "minimize" for name in (x, y)}
    front = sorted(pareto_front(good, ways), key=lambda row: (row[x], row[y]))
    (x_scale, x_label), (y_scale, y_label) = (_axis(good, name, ways[name]) for name in (x, y))

    def places(of: Sequence[Row]) -> tuple[list[float], list[float]]:
        return [row[x] / x_scale for row in of], [row[y] / y_scale for row in of]

    figure, axes = empty(4.4)
    steps = "steps-post" if ways[x] == ways[y] == "minimize" else "default"
    axes.plot(
        *places(front), color=BLACK, linewidth=1, drawstyle=steps, label=f"front ({len(front)})"
    )
    groups = list(dict.fromkeys(row.get(by) for row in good)) if by else [None]
    for group, color in zip(groups, CYCLE * len(groups), strict=False):
        members = [row for row in good if not by or row.get(by) == group]
        label = plain(f"{by}: {group}") if by else f"points ({len(good)})"
        axes.scatter(*places(members), 18, color=color if by else BLUE, alpha=0.5, label=label)
    axes.scatter(*places(front), 46, facecolors="none", edgecolors=BLACK)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.grid(color="#EEEEEE")
    axes.set_title(f"{len(front)} of {len(good)} points are beaten by none")
    axes.legend(frameon=False, fontsize=8)
    return figure


def _axis(rows: Sequence[Row], column: str, way: str) -> tuple[float, str]:
    """What to divide a column by, and its label."""
    better = "more is better" if way == "maximize" else "less is better"
    if column not in COLUMNS:
        return 1, plain(f"{column} ({better})")
    label, unit = COLUMNS[column]
    scale, scaled = unit_of((row[column] for row in rows), unit)
    return scale, f"{label} ({scaled}), {better}"

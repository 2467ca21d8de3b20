# SPDX-License-Identifier: Apache-2.0
"""The points of a sweep, and those that nothing beats."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from ..errors import InputError
from ..points import Row
from ..rows import columns_of, pareto_front
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

    Raises InputError when no row has both columns, or when one of them holds no numbers.
    """
    good = [row for row in rows if not row.get("error") and x in row and y in row]
    if not good:
        raise InputError(f"no row has both {x} and {y}")
    if by is not None and not any(by in row for row in good):
        raise InputError(f"no row has {by}; there are {', '.join(columns_of(good))}")
    ways = {name: "maximize" if name in maximize else "minimize" for name in (x, y)}
    front = sorted(pareto_front(good, ways), key=lambda row: (row[x], row[y]))
    (x_scale, x_label), (y_scale, y_label) = (_axis(good, name, ways[name]) for name in (x, y))

    def places(of: Sequence[Row]) -> tuple[list[float], list[float]]:
        return [row[x] / x_scale for row in of], [row[y] / y_scale for row in of]

    figure, axes = empty(4.4)
    steps = "steps-post" if ways[x] == "minimize" else "steps-pre"
    axes.plot(
        *places(front), color=BLACK, linewidth=1, drawstyle=steps, label=f"front ({len(front)})"
    )
    for label, color, members in _groups(good, by):
        axes.scatter(*places(members), 18, color=color, alpha=0.5, label=label)
    axes.scatter(*places(front), 46, facecolors="none", edgecolors=BLACK)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.grid(color="#EEEEEE")
    verb = "is" if len(front) == 1 else "are"
    axes.set_title(f"{len(front)} of {len(good)} points {verb} beaten by none")
    axes.legend(frameon=False, fontsize=8)
    return figure


def _groups(rows: Sequence[Row], by: str | None) -> list[tuple[str, str, list[Row]]]:
    """Label, colour and rows of each value of `by`."""
    if by is None:
        return [(f"points ({len(rows)})", BLUE, list(rows))]
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(row.get(by)), []).append(row)
    colors = CYCLE * len(groups)
    named = zip(groups.items(), colors, strict=False)
    return [(plain(f"{by}: {value}"), color, members) for (value, members), color in named]


def _axis(rows: Sequence[Row], column: str, way: str) -> tuple[float, str]:
    """What to divide a column by, and its label."""
    better = "more is better" if way == "maximize" else "less is better"
    if column not in COLUMNS:
        return 1, plain(f"{column} ({better})")
    label, unit = COLUMNS[column]
    scale, scaled = unit_of((row[column] for row in rows), unit)
    return scale, f"{label} ({scaled}), {better}"

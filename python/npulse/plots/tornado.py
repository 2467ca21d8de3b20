# SPDX-License-Identifier: Apache-2.0
"""Which parameters matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .._units import si
from ..errors import InputError
from ..what_if import Effect
from .style import BLACK, BLUE, GREY, ORANGE, empty, plain

SHOWN = 12
COLORS = {"smaller value": ORANGE, "larger value": BLUE, "another value": GREY}
LARGE = 100_000
"""From here on values are shortened: 1 G of 1000000000."""


def tornado(effects: Sequence[Effect], *, shown: int = SHOWN) -> Figure:
    """Change of latency by parameter, from what `sensitivity` or `what_if` returned.

    A bar is one simulated change, labelled with the value (in base units: Hz, bytes, ps); the
    parameters that move latency most stand on top, `shown` of them. Changes that could not be run
    are counted below.

    Raises InputError when none could be run.
    """
    ran = [effect for effect in effects if effect.latency_change is not None]
    if not ran:
        raise InputError("no effect to plot: none of the changes could be run")
    paths = sorted({e.path for e in ran}, key=lambda path: (-_reach(ran, path), path))[:shown]
    figure, axes = empty(1.5 + 0.4 * len(paths))
    for row, path in enumerate(paths):
        _draw(axes, row, [effect for effect in ran if effect.path == path])
    drawn = {_sort(effect) for effect in ran if effect.path in paths}
    for sort in [sort for sort in COLORS if sort in drawn]:
        axes.barh(0, 0, color=COLORS[sort], label=sort)
    axes.axvline(0, color=BLACK, linewidth=0.8)
    befores = {effect.path: _value(effect.before) for effect in ran}
    axes.set_yticks(range(len(paths)), [plain(f"{path} = {befores[path]}") for path in paths])
    axes.invert_yaxis()
    axes.margins(x=0.25)
    axes.xaxis.set_major_formatter(lambda change, _: f"{change:+.0%}" if change else "0")
    axes.set_xlabel("Change of latency" + _failed(len(effects) - len(ran)))
    axes.legend(loc="lower right", frameon=False, fontsize=8)
    axes.set_title("What one change does, the rest kept")
    return figure


def _draw(axes: Axes, row: int, effects: Sequence[Effect]) -> None:
    """The bars of one parameter, in the room of a row."""
    height = 0.8 / max(2, len(effects))
    for number, effect in enumerate(effects):
        place = row + height * (number + 0.5 - len(effects) / 2)
        change = effect.latency_change or 0.0
        axes.barh(place, change, color=COLORS[_sort(effect)], height=height)
        axes.annotate(
            plain(_value(effect.after)),
            (change, place),
            xytext=(3 if change >= 0 else -3, 0),
            textcoords="offset points",
            ha="left" if change >= 0 else "right",
            va="center",
            fontsize=7,
        )


def _reach(effects: Sequence[Effect], path: str) -> float:
    return max(abs(e.latency_change or 0) for e in effects if e.path == path)


def _sort(effect: Effect) -> str:
    before, after = effect.before, effect.after
    if not all(isinstance(value, (int, float)) for value in (before, after)):
        return "another value"
    return "smaller value" if after < before else "larger value"


def _value(value: Any) -> str:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return si(value, "").strip() if number and abs(value) >= LARGE else str(value)


def _failed(count: int) -> str:
    return f"  (changes that could not be run: {count})" if count else ""

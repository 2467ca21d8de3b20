# SPDX-License-Identifier: Apache-2.0
"""What the plots share: colours, empty figures, scaled axes, names of reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from .._units import prefix_of
from ..errors import InputError
from ..report import Report
from .saving import Plot

BLUE, SKY, GREEN, YELLOW = "#0072B2", "#56B4E9", "#009E73", "#F0E442"
ORANGE, RED, PURPLE, BLACK = "#E69F00", "#D55E00", "#CC79A7", "#222222"
GREY, PALE, WINE = "#999999", "#DDDDDD", "#882255"
CYCLE = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED, YELLOW, BLACK)
"""For what has no colour of its own; after Okabe and Ito."""

LIGHT = {YELLOW, ORANGE, SKY, PALE, PURPLE, GREY}
"""Colours on which black text reads better than white."""

Reports = Report | Sequence[Report] | Mapping[str, Report]
"""Reports by name; those without one are named after their chip and memory."""


def empty(height: float, width: float = 7.5) -> tuple[Figure, Axes]:
    """A figure of so many inches with one set of axes, without its upper and right lines."""
    figure = sheet(width, height)
    return figure, bare(figure.subplots())


def sheet(width: float, height: float) -> Figure:
    """A figure of so many inches, with some room at its edges."""
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)
    return Plot(figsize=(width, height), layout=layout)


def legend_above(axes: Axes, columns: int) -> None:
    """The legend in a line between title and axes."""
    axes.legend(
        loc="lower center",
        bbox_to_anchor=(0.5, 1),
        ncols=columns,
        frameon=False,
        fontsize=8,
        handlelength=1.2,
        columnspacing=1.2,
    )


def bare(axes: Axes) -> Axes:
    """The axes without the lines that bound nothing."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    return axes


def unit_of(values: Iterable[float], unit: str) -> tuple[float, str]:
    """What to divide values by, and the unit that they then have."""
    scale, prefix = prefix_of(max((abs(value) for value in values), default=0))
    return scale, prefix + unit


def percent_axis(axes: Axes, label: str) -> None:
    """The x axis as shares of a whole."""
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlabel(label)


def whole_percent(share: float) -> str:
    """12 % of 0.1234."""
    return f"{100 * share:.0f} %"


def plain(text: str) -> str:
    """Text that matplotlib takes as it is, not as a formula between dollars."""
    return text.replace("$", r"\$")


def title_of(report: Report) -> str:
    """What was run on what."""
    return plain(f"{report.program.name} on {report.chip}")


def ink_on(color: str) -> str:
    """Black or white, whichever reads on a colour."""
    return BLACK if color in LIGHT else "white"


def named(reports: Reports) -> dict[str, Report]:
    """Reports by name; InputError when there are none, or names are needed to tell them apart."""
    if isinstance(reports, Mapping):
        found = dict(reports)
    else:
        several = [reports] if isinstance(reports, Report) else list(reports)
        names = [f"{report.chip}\n{report.memory.part}" for report in several]
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise InputError(
                f"{len(several)} reports: several are of {twice[0].replace(chr(10), ', ')}; "
                "give them as a mapping with a name for each"
            )
        found = dict(zip(names, several, strict=True))
    if not found:
        raise InputError("no reports to plot")
    return found

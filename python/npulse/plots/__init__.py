# SPDX-License-Identifier: Apache-2.0
"""Plots of reports, timelines and sweeps: one call each, a matplotlib Figure back.

    from npulse import plots

    plots.save_plot(plots.roofline(report), "roofline.svg")

None touches pyplot or matplotlib's settings, so they go together with plots of your own; notebooks
show a Figure that ends a cell. Colours are those of Okabe and Ito, which colour-blind people can
tell apart.
"""

from .bandwidth import bandwidth
from .comparison import comparison
from .energy import energy
from .pareto import pareto
from .roofline import roofline
from .saving import save_plot, svg_text
from .stalls import stalls
from .tornado import tornado

__all__ = [
    "bandwidth",
    "comparison",
    "energy",
    "pareto",
    "roofline",
    "save_plot",
    "stalls",
    "svg_text",
    "tornado",
]

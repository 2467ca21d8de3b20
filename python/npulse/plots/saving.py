# SPDX-License-Identifier: Apache-2.0
"""Figures as files: the same figure gives the same bytes."""

from __future__ import annotations

import io
import re
from os import PathLike
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from .._whole import written_whole
from ..errors import InputError

DPI = 150
SCREEN_DPI = 100
FORMATS = ("png", "svg")
NAMES = re.compile(r'(\bid="|href="#|url\(#)')


def save_plot(figure: Figure, path: str | PathLike[str]) -> None:
    """Writes a figure as PNG or SVG by the ending of `path`, whole or not at all.

    Raises InputError for another ending, or when the file cannot be written.
    """
    target = Path(path)
    kind = target.suffix.removeprefix(".")
    if kind not in FORMATS:
        raise InputError(f"{target}: the ending must be one of .{', .'.join(FORMATS)}")
    with written_whole(target) as partial:
        partial.write_bytes(_bytes(figure, kind))


def svg_text(figure: Figure, prefix: str) -> str:
    """A figure as an `svg` element for a page; its ids begin with `prefix`, to be unique there."""
    text = _bytes(figure, "svg").decode()
    return NAMES.sub(rf"\g<1>{prefix}-", text[text.index("<svg") :])


class Plot(Figure):
    """A figure that a notebook shows at the end of a cell, whether or not pyplot is there."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """As sharp as a saved one, but as large on the screen as the figure is in inches."""
        width, height = (round(SCREEN_DPI * inches) for inches in self.get_size_inches())
        return _bytes(self, "png"), {"width": width, "height": height}


def _bytes(figure: Figure, kind: str) -> bytes:
    metadata = (
        {"Software": None}
        if kind == "png"
        else dict.fromkeys(("Creator", "Date", "Format", "Type"))
    )
    content = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "npulse", "svg.fonttype": "none"}):
        figure.savefig(content, format=kind, dpi=DPI, metadata=metadata)
    return content.getvalue()

# SPDX-License-Identifier: Apache-2.0
"""The 4 x 4 array drawn cycle by cycle, as a table that a notebook shows."""

from __future__ import annotations

from .systolic import SIZE, Meeting, meetings

CELL = "border:1px solid #999;width:5.5em;height:1.6em;text-align:center;font-family:monospace"


class ArrayView:
    """Which element multiplies what: HTML in a notebook, text elsewhere."""

    def __init__(self, m: int, cycles: range | None = None) -> None:
        self._meetings = meetings(m)
        self._cycles = cycles or range(self._meetings[-1].cycle + 1)

    def _in(self, cycle: int) -> dict[tuple[int, int], str]:
        return {
            (each.row, each.col): _words(each) for each in self._meetings if each.cycle == cycle
        }

    def __repr__(self) -> str:
        pictures = []
        for cycle in self._cycles:
            now = self._in(cycle)
            rows = (
                " ".join(f"{now.get((row, col), '.'):>9}" for col in range(SIZE))
                for row in range(SIZE)
            )
            pictures.append("\n".join([f"cycle {cycle}{_weights(cycle)}", *rows]))
        return "\n".join(pictures)

    def _repr_html_(self) -> str:
        return "".join(self._table(cycle) for cycle in self._cycles)

    def _table(self, cycle: int) -> str:
        now = self._in(cycle)
        rows = "".join(
            "<tr>" + "".join(self._cell(now.get((row, col))) for col in range(SIZE)) + "</tr>"
            for row in range(SIZE)
        )
        return (
            '<div style="display:inline-block;margin:6px">'
            f"<b>cycle {cycle}</b>{_weights(cycle)}<table>{rows}</table></div>"
        )

    @staticmethod
    def _cell(words: str | None) -> str:
        colour = "" if words is None else ";background:#cfe8cf;color:#000"
        return f'<td style="{CELL}{colour}">{words or ""}</td>'


def draw(m: int = SIZE, cycles: range | None = None) -> ArrayView:
    """The m x 4 x 4 product; all cycles, or those of a range."""
    return ArrayView(m, cycles)


def _words(meeting: Meeting) -> str:
    return f"a{meeting.step}{meeting.row}*b{meeting.row}{meeting.col}"


def _weights(cycle: int) -> str:
    return f" row {SIZE - 1 - cycle} of b enters" if cycle < SIZE else ""

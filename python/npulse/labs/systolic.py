# SPDX-License-Identifier: Apache-2.0
"""Lab 1: a product on a 4 x 4 systolic array, cycle by cycle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ..builder import ProgramBuilder
from ..chip import Chip, load_chip
from ..errors import InternalError
from ..places import acc, dram, spm
from ..program import Program
from ..simulate import run
from .grading import Question

SIZE = 4
"""Rows and columns of the array."""
B_AT = 0x8000
C_AT = 0x10000


def small_chip(dataflow: str = "ws", weight_buffers: int = 2) -> Chip:
    """The shipped teaching chip with a 4 x 4 array."""
    array = {"rows": SIZE, "cols": SIZE, "dataflow": dataflow, "weight_buffers": weight_buffers}
    return load_chip("edu-8x8").with_(
        {f"pe.systolic.{name}": value for name, value in array.items()}
    )


def product(m: int, n: int = SIZE, k: int = SIZE) -> Program:
    """Loads a [m,k] and b [k,n], multiplies them, and stores c [m,n]."""
    build = ProgramBuilder("edu-8x8")
    full, done = build.event("full"), build.event("done")
    build.tensor("a", "input", dram(0), [m, k])
    build.tensor("b", "weight", dram(B_AT), [k, n])
    build.tensor("c", "output", dram(C_AT), [m, n], type="i32")
    build.dma("ld", dst=spm(0), src=dram(0), shape=[m, k], signal=full)
    build.dma("ld", dst=spm(B_AT), src=dram(B_AT), shape=[k, n], signal=full)
    build.mm("mx", a=spm(0), b=spm(B_AT), c=acc(0), m=m, n=n, k=k, wait=full >= 2, signal=done)
    build.dma("st", dst=dram(C_AT), src=acc(0), shape=[m, n], type="i32", wait=done >= 1)
    return build.program(f"product-{m}x{n}x{k}")


@cache
def array_cycles(
    m: int, n: int = SIZE, k: int = SIZE, *, dataflow: str = "ws", weight_buffers: int = 2
) -> int:
    """Simulated: the number of the cycle in which the array does its last multiplication."""
    report = run(small_chip(dataflow, weight_buffers), product(m, n, k))
    return report.queues["c0.mx"].busy_cycles


def utilisation(m: int) -> float:
    """Simulated: share of the multipliers' cycles that multiply, for an m x 4 x 4 product."""
    return m * SIZE * SIZE / (SIZE * SIZE * array_cycles(m))


@dataclass(frozen=True)
class Meeting:
    """In `cycle` the element in `row` and `col` multiplies a[step,row] by b[row,col]."""

    cycle: int
    row: int
    col: int
    step: int


def meetings(m: int) -> list[Meeting]:
    """Every multiplication of an m x 4 x 4 product whose weights stay (`ws`), by cycle.

    The weights enter a row a cycle; then row r of the array gets its operands r cycles after row 0,
    and column c passes on what column c - 1 had a cycle before. Held to the simulator's cycles.
    """
    found = sorted(_meetings(m), key=lambda meeting: meeting.cycle)
    if found[-1].cycle != array_cycles(m):
        raise InternalError(f"the drawn array ends in {found[-1].cycle}, not {array_cycles(m)}")
    return found


def _meetings(m: int) -> Iterator[Meeting]:
    for step in range(m):
        for row in range(SIZE):
            for col in range(SIZE):
                yield Meeting(SIZE + step + row + col, row, col, step)


def first_cycle(row: int, col: int) -> int:
    """Cycle of the first multiplication of an element."""
    return min(
        meeting.cycle for meeting in meetings(SIZE) if (meeting.row, meeting.col) == (row, col)
    )


def busy_elements(cycle: int) -> int:
    """How many elements multiply in this cycle of the 4 x 4 x 4 product."""
    return sum(meeting.cycle == cycle for meeting in meetings(SIZE))


@cache
def rows_for(share: float) -> int:
    """The fewest rows of a that keep this share of the multipliers at work."""
    low, high = 1, 1 << 10
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if utilisation(middle) >= share else (middle + 1, high)
    return low


QUESTIONS = (
    Question(
        "first_cycle",
        "in which cycle does the element in row 2, column 1 first multiply?",
        lambda: first_cycle(2, 1),
        "The weights take a cycle a row to enter (cycles 0 to 3); a[0,0] meets the element in "
        "row 0, column 0 in cycle 4; each step right and each step down costs one more.",
    ),
    Question(
        "busy_elements",
        "how many of the 16 elements multiply in cycle 7?",
        lambda: busy_elements(7),
        "Those with a row t of a, 0 to 3, for which 4 + t + row + column is 7: look along the "
        "diagonals.",
    ),
    Question(
        "last_cycle",
        "in which cycle does the 4 x 4 x 4 product do its last multiplication?",
        lambda: array_cycles(SIZE),
        "The last row of a (t = 3) meets the element in row 3, column 3.",
    ),
    Question(
        "share_4",
        "which share of the multipliers' cycles multiplies, up to that cycle (0 to 1)?",
        lambda: utilisation(SIZE),
        "64 products, over 16 multipliers times the cycles.",
        tolerance=0.02,
    ),
    Question(
        "last_cycle_64",
        "and if a has 64 rows: in which cycle is the last multiplication?",
        lambda: array_cycles(64),
        "Each further row of a enters one cycle later; nothing else changes.",
    ),
    Question(
        "rows_for_90",
        "how many rows must a have to keep the multipliers at work 90 % of the time?",
        lambda: rows_for(0.9),
        "With m rows the last cycle is m + 9, and m * 16 products are done by 16 multipliers.",
    ),
    Question(
        "two_folds",
        "k = 8 takes two folds of weights: when is the last multiplication (m = 4)?",
        lambda: array_cycles(SIZE, SIZE, 2 * SIZE),
        "There are two weight buffers: the second fold's weights enter behind the first's, and its "
        "rows of a follow without a gap.",
    ),
    Question(
        "one_buffer",
        "the same with one weight buffer?",
        lambda: array_cycles(SIZE, SIZE, 2 * SIZE, weight_buffers=1),
        "The second fold's weights enter when the first fold has left: both folds take the cycles "
        "of one alone, counted from 0.",
    ),
    Question(
        "output_stays",
        "and m = n = k = 4 when the results stay in the array (dataflow os)?",
        lambda: array_cycles(SIZE, dataflow="os"),
        "No weights enter first; element (3,3) still gets its last operands 3 + 3 + 3 cycles after "
        "the first.",
    ),
)

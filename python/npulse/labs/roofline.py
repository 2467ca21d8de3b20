# SPDX-License-Identifier: Apache-2.0
"""Lab 4: two roofs, and what lies below both."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..chip import load_chip
from ..report import Report
from ..simulate import run
from .grading import Question

CHIP = "edu-8x8"
N = K = 256
CHANGES: Mapping[str, int] = {
    "memory.channels": 2,
    "pe.systolic.rows": 16,
    "pe.systolic.cols": 16,
}
"""Each twice what the chip has."""


@cache
def product(m: int, change: str | None = None) -> Report:
    """Runs `gemm:m,256,256`, on the chip as it is or with one of CHANGES."""
    changes = {} if change is None else {change: CHANGES[change]}
    return run(load_chip(CHIP).with_(changes), f"gemm:{m},{N},{K}")


def gmacs(macs_per_s: float) -> float:
    """Billions a second."""
    return macs_per_s / 1e9


def best_change() -> str:
    """Which of CHANGES makes the product of one row fastest."""
    return min(CHANGES, key=lambda change: product(1, change).latency_s)


def _roof(m: int) -> str:
    line = product(m).roofline
    return "memory" if line.macs_per_byte < line.ridge_macs_per_byte else "matrix"


QUESTIONS = (
    Question(
        "ridge",
        "MACs a byte at which the two roofs meet",
        lambda: product(1).roofline.ridge_macs_per_byte,
        "64 multipliers at 1 GHz over 12.8 GB/s.",
        tolerance=0.01,
    ),
    Question(
        "intensity_1",
        "MACs a byte of gemm:1,256,256",
        lambda: product(1).roofline.macs_per_byte,
        "256 x 256 MACs. b is 65536 bytes, a is 256 bytes, c 256 results of 2 bytes.",
        tolerance=0.01,
    ),
    Question(
        "intensity_32",
        "MACs a byte of gemm:32,256,256",
        lambda: product(32).roofline.macs_per_byte,
        "32 times the MACs, of a and of c; b stays what it is.",
        tolerance=0.01,
    ),
    Question(
        "roof_1",
        "'memory' or 'matrix': the lower roof over gemm:1,256,256",
        lambda: _roof(1),
        "Left of the ridge memory is lower, right of it the array.",
    ),
    Question(
        "roof_32",
        "'memory' or 'matrix': the lower roof over gemm:32,256,256",
        lambda: _roof(32),
        "Left of the ridge memory is lower, right of it the array.",
    ),
    Question(
        "attainable_1",
        "GMAC/s that the roofs allow gemm:1,256,256",
        lambda: gmacs(product(1).roofline.attainable_macs_per_s),
        "Left of the ridge: MACs a byte times bytes a second.",
        tolerance=0.02,
    ),
    Question(
        "best_change",
        "which of CHANGES speeds up gemm:1,256,256 most?",
        best_change,
        "Weights enter a row a cycle and serve one row of a: 8 cycles a fold, whatever memory "
        "does. More columns make fewer folds; more rows make fewer, longer ones.",
    ),
)

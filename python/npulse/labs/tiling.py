# SPDX-License-Identifier: Apache-2.0
"""Lab 2: what a tiling reads from memory."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import InputError
from ..report import Report
from ..simulate import run
from .grading import Question

MODEL = "gemm:256,256,256"
SIZES = (16, 32, 64, 128, 256)
MAPPING = """layers:
  gemm:
    tile: {{m: {m}, n: {n}, k: 256}}
    order: [m, n, k]
    keep_operands: {keep}
"""


@cache
def tiled(m: int, n: int, keep_a: bool = False) -> Report:
    """Runs the product of 256 x 256 x 256 in tiles of m rows and n columns, each over all of k.

    With `keep_a` the m rows of a stay in the scratchpad for all columns. Raises InputError when the
    tiles do not fit.
    """
    with TemporaryDirectory(prefix="npulse-") as folder:
        mapping = Path(folder, "tiles.yaml")
        mapping.write_text(MAPPING.format(m=m, n=n, keep=str(keep_a).lower()))
        return run("edu-8x8", MODEL, mapping=mapping)


def bytes_read(m: int, n: int, keep_a: bool = False) -> int:
    """Simulated: what the tiling reads from memory."""
    return tiled(m, n, keep_a).memory.bytes_read


@cache
def least_bytes() -> int:
    """The least that any tiling of SIZES reads, with a kept."""
    found = []
    for m, n in product(SIZES, SIZES):
        try:
            found.append(bytes_read(m, n, keep_a=True))
        except InputError:
            continue  # it does not fit
    return min(found)


def _reads_least(tile: Any, least: int) -> bool:
    if not isinstance(tile, Mapping) or set(tile) != {"m", "n"}:
        return False
    if not all(type(size) is int and size > 0 for size in tile.values()):
        return False
    return bytes_read(tile["m"], tile["n"], keep_a=True) <= least


QUESTIONS = (
    Question(
        "compulsory_bytes",
        "bytes of a and b, each read once",
        lambda: bytes_read(256, 16, keep_a=True),
        "Both are 256 x 256 elements of one byte.",
    ),
    Question(
        "bytes_64",
        "bytes read with tiles of 64 x 64",
        lambda: bytes_read(64, 64),
        "Each of the 4 x 4 tiles reads 64 whole rows of a and 64 whole columns of b.",
    ),
    Question(
        "bytes_16",
        "bytes read with tiles of 16 x 16",
        lambda: bytes_read(16, 16),
        "A quarter of the side: each tile reads a quarter, but there are 16 times as many.",
    ),
    Question(
        "bytes_64_kept",
        "bytes read with tiles of 64 x 64 when rows of a are kept",
        lambda: bytes_read(64, 64, keep_a=True),
        "a is read once; b still once for each of the 4 blocks of rows.",
    ),
    Question(
        "wide_or_tall",
        "with a kept, which reads less: 'wide' (32 x 64) or 'tall' (64 x 32)?",
        lambda: "tall" if bytes_read(64, 32, True) < bytes_read(32, 64, True) else "wide",
        "Only b is read several times: once for each block of rows. Which has fewer blocks?",
    ),
    Question(
        "best_tile",
        "a tile {'m': ..., 'n': ...} that reads the least, with a kept",
        least_bytes,
        "Fewer blocks of rows mean fewer passes over b; the accumulators hold 8192 sums of 4 "
        "bytes, and two tiles are under way at once.",
        judge=_reads_least,
    ),
)

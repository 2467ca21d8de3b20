# SPDX-License-Identifier: Apache-2.0
"""Lab 3: what the order of addresses does to a DRAM channel."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ..replay import DramReport, dram
from .grading import Question

PART = "lpddr5-6400"
BURST = 32
"""Bytes of a burst."""
REQUESTS = 4096
MAPPING = "rbc"
"""From the highest bit down: row, bank, column."""


def replay(addresses: Sequence[int], mapping: str = MAPPING) -> DramReport:
    """Reads a burst at each address, on one channel of LPDDR5-6400."""
    with TemporaryDirectory(prefix="npulse-") as folder:
        trace = Path(folder, "reads.trace")
        trace.write_text("".join(f"0 R {address:#x} {BURST}\n" for address in addresses))
        return dram(PART, trace, channels=1, mapping=mapping)


def sequential() -> list[int]:
    """One burst after the other."""
    return [BURST * number for number in range(REQUESTS)]


def strided(stride: int) -> list[int]:
    """One burst every `stride` bytes."""
    return [stride * number for number in range(REQUESTS)]


def scattered() -> list[int]:
    """Bursts anywhere in 1 GiB, the same on every machine."""
    source = random.Random(1)
    return [BURST * source.randrange(1 << 25) for _ in range(REQUESTS)]


def hit_share(report: DramReport) -> float:
    """Share of bursts that found their row open."""
    return sum(channel.row_hits for channel in report.memory.channels) / report.requests


def bandwidth_share(report: DramReport) -> float:
    """Share of the peak bandwidth that was reached."""
    return report.memory.bandwidth_bytes_per_s / report.memory.peak_bytes_per_s


def largest_loss(report: DramReport) -> str:
    """What took most of the time in which no data moved."""
    lost = {name: share for name, share in report.time.shares.items() if name != "data"}
    return max(lost, key=lambda name: lost[name])


@cache
def conflict_stride() -> int:
    """The smallest stride, of powers of two, that is as slow as any."""
    strides = [1 << bits for bits in range(10, 19)]
    shares = [bandwidth_share(replay(strided(stride))) for stride in strides]
    return next(s for s, share in zip(strides, shares, strict=True) if share < 1.01 * min(shares))


PATTERNS: dict[str, Callable[[], list[int]]] = {
    "sequential": sequential,
    "random": scattered,
    "conflict": lambda: strided(conflict_stride()),
}


@cache
def pattern(name: str, mapping: str = MAPPING) -> DramReport:
    """The replay of a pattern: sequential, random or conflict."""
    return replay(PATTERNS[name](), mapping)


QUESTIONS = (
    Question(
        "hits_sequential",
        "share of row hits of a sequential stream (0 to 1)",
        lambda: hit_share(pattern("sequential")),
        "A row has 2048 bytes, that is 64 bursts of 32 bytes; only the first of them must open it.",
        tolerance=0.01,
    ),
    Question(
        "share_sequential",
        "share of the peak bandwidth that it reaches (0 to 1)",
        lambda: bandwidth_share(pattern("sequential")),
        "A refresh stops the channel for tRFC = 280 ns in every tREFI = 3906 ns.",
        tolerance=0.03,
    ),
    Question(
        "conflict_stride",
        "the smallest stride in bytes with which every burst goes to another row of one bank",
        conflict_stride,
        "Above the 2048 bytes of a row, this mapping counts through all 16 banks, then "
        "through rows.",
    ),
    Question(
        "share_conflict",
        "share of the peak that this stride reaches",
        lambda: bandwidth_share(pattern("conflict")),
        "One burst (32 bytes) each tRC = tRAS + tRP = 60 ns, and the refreshes; the peak "
        "is 12.8 GB/s.",
        tolerance=0.15,
    ),
    Question(
        "share_random",
        "share of the peak that random bursts reach",
        lambda: bandwidth_share(pattern("random")),
        "Each burst opens a row, and only 4 rows may be opened in tFAW = 20 ns.",
        tolerance=0.12,
    ),
    Question(
        "loss_random",
        "what random bursts lose most to: a word of the report's `time`",
        lambda: largest_loss(pattern("random")),
        "Print pattern('random').time.shares and read docs/dram.md: what limits how "
        "fast rows open?",
    ),
    Question(
        "loss_conflict",
        "what the conflicting stride loses most to",
        lambda: largest_loss(pattern("conflict")),
        "One bank closes a row and opens the next, again and again.",
    ),
)

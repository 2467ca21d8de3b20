# SPDX-License-Identifier: Apache-2.0
"""Figures with units, as people read them."""

from __future__ import annotations

PREFIXES = {-12: "p", -9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"}
"""By power of ten."""


def prefix_of(value: float) -> tuple[float, str]:
    """What to divide by so that 1 to 999 is left, and the prefix that stands for it.

    >>> prefix_of(0.0345)
    (0.001, 'm')
    """
    small = min(PREFIXES)
    power = next((p for p in reversed(PREFIXES) if abs(value) >= 10.0**p), small if value else 0)
    return 10.0**power, PREFIXES[power]


def si(value: float, unit: str) -> str:
    """Four digits and a prefix.

    >>> si(0.000345356, "s"), si(1.536e12, "B/s"), si(0, "J")
    ('345.4 us', '1.536 TB/s', '0 J')
    """
    scale, prefix = prefix_of(float(f"{value:.4g}"))
    return f"{value / scale:.4g} {prefix}{unit}"

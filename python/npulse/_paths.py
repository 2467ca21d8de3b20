# SPDX-License-Identifier: Apache-2.0
"""Parameters of a chip by path: which there are, which have effect, what a wrong one may mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

ARRAYS = ("systolic", "dot_product")
"""Sections of `pe`, of which `pe.kind` names the one that holds."""
SHOWN = 3


def leaves(parameters: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Path and value of each parameter, in the order of the chip file.

    >>> dict(leaves({"clock": 1, "pe": {"kind": "systolic"}}))
    {'clock': 1, 'pe.kind': 'systolic'}
    """
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def has_effect(parameters: Mapping[str, Any], path: str) -> bool:
    """Whether a parameter has any: that of an array of another kind than the chip's has none."""
    idle = [f"pe.{name}." for name in ARRAYS if name != parameters["pe"]["kind"]]
    return not path.startswith(tuple(idle))


def near(parameters: Mapping[str, Any], path: str) -> list[str]:
    """What a path that there is not may mean, the likeliest first: at most three paths."""
    known = [known for known, _ in leaves(parameters)]
    wanted = path.rpartition(".")[2]
    same = [known for known in known if known.rpartition(".")[2] == wanted]
    live = [path for path in same if has_effect(parameters, path)]
    if same and not live:  # of the other kind of array: what this one has in its place
        live = [path for path in known if path.startswith(f"pe.{parameters['pe']['kind']}.")]
    return (live or get_close_matches(path, known, SHOWN, 0.7))[:SHOWN]


def nearest(name: str, known: Iterable[str]) -> str:
    """For the end of a message: `; did you mean 'phase'?`, or nothing.

    >>> nearest("fase", ["phase", "batch"])
    "; did you mean 'phase'?"
    """
    found = get_close_matches(name, list(known), 1)
    return f"; did you mean '{found[0]}'?" if found else ""

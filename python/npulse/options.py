# SPDX-License-Identifier: Apache-2.0
"""Options of lowering a model, and what sort of value each takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Integral
from os import PathLike
from typing import Literal, TypedDict

from ._paths import nearest
from .errors import InputError


class ModelOptions(TypedDict, total=False):
    """What to lower of a model; what is left out takes the default of `npulse lower`."""

    phase: Literal["prefill", "decode"]
    """`prefill` processes whole prompts; `decode` (default) makes one token of each sequence."""
    batch: int
    """Sequences; default 1."""
    context: int
    """Tokens in the KV cache (decode) or of each prompt (prefill); default 2048."""
    weights: str
    """fp16, bf16, fp8, int8, or a codec of docs/isa.md that the chip expands (int4g128,
    awq4g128, mxfp4, ...); default the widest type that the chip has."""
    activations: str
    """Element type between layers; default as the weights."""
    kv: str
    """Element type of the KV cache; default as the activations."""
    layers: tuple[int, int]
    """Only layers first to last - 1; default all."""
    experts: str
    """Which experts tokens visit: `balanced` (default), `seed:N`, or a JSON file with them."""
    attention: Literal["auto", "fused", "unfused"]
    """Of a prefill: scores kept on the chip (`fused`), or put into memory (`unfused`); `auto`
    (default) is the faster by estimate."""
    mapping: str | PathLike[str]
    """A file with tiles, loop orders and splits of layers (docs/mapping.md)."""
    map: Literal["cost", "search"]
    """Who chooses what the mapping leaves open: the cost model (default), or simulations."""
    map_budget: int
    """Simulations of a layer that a search may make."""
    write_mapping: str | PathLike[str]
    """Where to write the choices made, in the form that `mapping` reads."""
    dims: Mapping[str, int]
    """Sizes of the symbolic dimensions of a graph that is imported, by name."""


def checked_option(path: str, name: str, value: object) -> None:
    """Raises InputError, which begins with `path`, for an unknown option or a value of another
    sort; None stands for an option that is left out. What is allowed of a sort lowering says."""
    if name not in ModelOptions.__optional_keys__:
        known = sorted(ModelOptions.__optional_keys__)
        raise InputError(f"{path}: options are {', '.join(known)}{nearest(name, known)}")
    fits, sort = SORTS.get(name, (_is_text, "a word"))
    if value is not None and not fits(value):
        raise InputError(f"{path}: {value!r} must be {sort}")


def _is_text(value: object) -> bool:
    return isinstance(value, (str, PathLike))


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_range(value: object) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and all(map(_is_whole, value))


def _are_sizes(value: object) -> bool:
    return isinstance(value, Mapping) and all(map(_is_whole, value.values()))


SORTS: dict[str, tuple[Callable[[object], bool], str]] = {
    "batch": (_is_whole, "a whole number"),
    "context": (_is_whole, "a whole number"),
    "map_budget": (_is_whole, "a whole number"),
    "layers": (_is_range, "two whole numbers: the first layer, and the one after the last"),
    "dims": (_are_sizes, "whole numbers by name"),
}
"""Options that are not words, and what they must be."""

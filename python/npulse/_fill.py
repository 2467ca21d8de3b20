# SPDX-License-Identifier: Apache-2.0
"""Fills frozen dataclasses from parsed JSON by field name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

SCALARS: dict[Any, tuple[type, ...]] = {int: (int,), float: (int, float), str: (str,)}
"""What JSON may hold for each."""


def fill(kind: Any, value: Any) -> Any:
    """`value` as a `kind`: a dataclass, a mapping or tuple of them, or the value itself.

    A missing key is a KeyError, a value of another type a TypeError; keys that the class does not
    name are left out.
    """
    if kind in SCALARS:
        if not isinstance(value, SCALARS[kind]) or isinstance(value, bool):
            raise TypeError(f"{value!r} stands where {kind.__name__} should")
        return value
    if isinstance(kind, type) and is_dataclass(kind):
        types = get_type_hints(kind)
        return kind(**{f.name: fill(types[f.name], value[f.name]) for f in fields(kind)})
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise TypeError(f"{value!r} stands where a list should")
        return tuple(fill(get_args(kind)[0], item) for item in value)
    if get_origin(kind) is Mapping:
        if not isinstance(value, dict):
            raise TypeError(f"{value!r} stands where a map should")
        element = get_args(kind)[1]
        return {key: fill(element, item) for key, item in value.items()}
    return value

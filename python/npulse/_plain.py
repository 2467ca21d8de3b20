# SPDX-License-Identifier: Apache-2.0
"""Values of callers as plain ones: what JSON, YAML and text forms hold."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from typing import Any


def plain(value: Any) -> Any:
    """`value` with NumPy's numbers and arrays as Python's, tuples as lists, paths as text.

    Raises TypeError for what is none of these.

    >>> import numpy
    >>> plain({"rows": numpy.int64(8), "layers": (0, 4)})
    {'rows': 8, 'layers': [0, 4]}
    """
    if isinstance(value, PathLike):
        return fspath(value)
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, range)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"{value!r} is no number, text, truth value, list or map")

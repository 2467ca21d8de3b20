# SPDX-License-Identifier: Apache-2.0
"""Rows of a sweep as files, and which of them nothing beats."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path

from ._whole import written_whole
from .errors import InputError
from .points import Row


def pareto_front(rows: Sequence[Row], objectives: Mapping[str, str]) -> list[Row]:
    """Rows that no other is at least as good as in all `objectives` and better in one.

    `objectives` maps columns to `minimize` or `maximize`; failed rows are left out. The order of
    rows stays.

    >>> figures = [(1, 5), (2, 3), (2, 4)]
    >>> rows = [{"s": s, "j": j, "error": ""} for s, j in figures]
    >>> [row["j"] for row in pareto_front(rows, {"s": "minimize", "j": "minimize"})]
    [5, 3]
    """
    signs = {name: -1.0 if way == "maximize" else 1.0 for name, way in objectives.items()}
    good = [row for row in rows if not row["error"]]
    costs = [tuple(sign * float(row[name]) for name, sign in signs.items()) for row in good]
    front: set[tuple[float, ...]] = set()
    for cost in sorted(set(costs)):  # whatever beats a cost comes before it
        if not any(all(a <= b for a, b in zip(other, cost, strict=True)) for other in front):
            front.add(cost)
    return [row for row, cost in zip(good, costs, strict=True) if cost in front]


def columns_of(rows: Sequence[Row]) -> list[str]:
    """All keys, in order of their first mention."""
    return list(dict.fromkeys(key for row in rows for key in row))


def _save_csv(rows: Sequence[Row], path: Path) -> None:
    with path.open("x", newline="") as file:
        writer = csv.DictWriter(file, columns_of(rows), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _save_json(rows: Sequence[Row], path: Path) -> None:
    path.write_text(json.dumps(rows, indent=2) + "\n")


def _save_parquet(rows: Sequence[Row], path: Path) -> None:
    try:
        import pyarrow.parquet
    except ImportError as error:
        text = "parquet needs the package pyarrow: pip install 'npulse[parquet]'"
        raise InputError(text) from error
    plain = {name: [_scalar(row.get(name)) for row in rows] for name in columns_of(rows)}
    for name, values in plain.items():  # a column has one type
        if len({type(value) for value in values if value is not None}) > 1:
            plain[name] = [None if value is None else str(value) for value in values]
    pyarrow.parquet.write_table(pyarrow.table(plain), path)


def _scalar(value: object) -> object:
    return json.dumps(value) if isinstance(value, (list, dict)) else value


SUFFIXES: dict[str, Callable[[Sequence[Row], Path], None]] = {
    "csv": _save_csv,
    "parquet": _save_parquet,
    "json": _save_json,
}


def save_rows(rows: Sequence[Row], path: str | PathLike[str]) -> None:
    """Writes CSV, Parquet or JSON by the ending of `path`, whole or not at all.

    Raises InputError for another ending, OSError when the file cannot be written.
    """
    target = Path(path)
    write = SUFFIXES.get(target.suffix.removeprefix("."))
    if write is None:
        raise InputError(f"{target}: the ending must be one of {', '.join(SUFFIXES)}")
    with written_whole(target) as partial:
        write(rows, partial)

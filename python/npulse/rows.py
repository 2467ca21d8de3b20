# SPDX-License-Identifier: Apache-2.0
"""Rows of a sweep as files, and which of them nothing beats."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from ._whole import written_whole
from .errors import InputError
from .points import Row

SIGNS = {"minimize": 1.0, "maximize": -1.0}
"""What a cost is multiplied by, so that less is better."""


def pareto_front(rows: Sequence[Row], objectives: Mapping[str, str]) -> list[Row]:
    """Rows that no other is at least as good as in all `objectives` and better in one.

    `objectives` maps columns to `minimize` or `maximize`; failed rows are left out. The order of
    rows stays. Raises InputError for another word, or a column that is not there or no number.

    >>> figures = [(1, 5), (2, 3), (2, 4)]
    >>> rows = [{"s": s, "j": j, "error": ""} for s, j in figures]
    >>> [row["j"] for row in pareto_front(rows, {"s": "minimize", "j": "minimize"})]
    [5, 3]
    """
    for name, way in objectives.items():
        if way not in SIGNS:
            raise InputError(f"{name}: '{way}' must be one of {', '.join(SIGNS)}")
    good = [row for row in rows if not row.get("error")]
    costs = [
        tuple(SIGNS[way] * _number(row, name) for name, way in objectives.items()) for row in good
    ]
    front: set[tuple[float, ...]] = set()
    for cost in sorted(set(costs)):  # whatever beats a cost comes before it
        if not any(all(a <= b for a, b in zip(other, cost, strict=True)) for other in front):
            front.add(cost)
    return [row for row, cost in zip(good, costs, strict=True) if cost in front]


def _number(row: Row, name: str) -> float:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        numbers = (key for key, other in row.items() if isinstance(other, float))
        raise InputError(
            f"{name}: {value!r} is no number to compare; there are {', '.join(numbers)}"
        )
    return value


def columns_of(rows: Sequence[Row]) -> list[str]:
    """All keys, in order of their first mention."""
    return list(dict.fromkeys(key for row in rows for key in row))


def save_rows(rows: Sequence[Row], path: str | PathLike[str]) -> None:
    """Writes CSV, Parquet or JSON by the ending of `path`, whole or not at all.

    Raises InputError for another ending, or when the file cannot be written.
    """
    target = Path(path)
    form = target.suffix.removeprefix(".")
    if form not in FORMS:
        raise InputError(f"{target}: the ending must be one of .{', .'.join(FORMS)}")
    write_rows(rows, target, form)


def write_rows(rows: Sequence[Row], target: Path, form: str) -> None:
    """Writes a file in one of FORMS, whatever its name; InputError when it cannot be written."""
    with written_whole(target) as partial:
        FORMS[form](rows, partial)


def csv_text(rows: Sequence[Row]) -> str:
    """Rows as CSV with a head; what a row does not have is empty, lists and maps are JSON."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns_of(rows), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _scalar(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def json_text(rows: Sequence[Row]) -> str:
    """Rows as a JSON list of maps."""
    return json.dumps(rows, indent=2) + "\n"


def _save_parquet(rows: Sequence[Row], path: Path) -> None:
    arrow = parquet_library()
    columns = {
        name: _of_one_type([_scalar(row.get(name)) for row in rows]) for name in columns_of(rows)
    }
    arrow.parquet.write_table(arrow.table(columns), path)


def parquet_library() -> Any:
    """pyarrow; InputError that says what to install when it is not there."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        text = "parquet needs the package pyarrow: pip install 'npulse[parquet]'"
        raise InputError(text) from error
    return pyarrow


def _of_one_type(values: list[Any]) -> list[Any]:
    """As a column of Parquet wants it: numbers where all are numbers, else text."""
    kinds = {type(value) for value in values} - {type(None)}
    if len(kinds) < 2:
        return values
    kind = float if kinds == {int, float} else str
    return [None if value is None else kind(value) for value in values]


def _scalar(value: object) -> object:
    return json.dumps(value) if isinstance(value, (list, dict)) else value


FORMS: dict[str, Callable[[Sequence[Row], Path], object]] = {
    "csv": lambda rows, path: path.write_text(csv_text(rows), encoding="utf-8", newline=""),
    "parquet": _save_parquet,
    "json": lambda rows, path: path.write_text(json_text(rows), encoding="utf-8"),
}
"""What writes a file, by its ending."""

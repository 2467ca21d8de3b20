# SPDX-License-Identifier: Apache-2.0
"""Rows as files, and fronts of them."""

from __future__ import annotations

from pathlib import Path

import pandas
import pytest

import npulse
from npulse.rows import pareto_front


def test_rows_are_files_of_three_forms_or_an_input_error(tmp_path: Path) -> None:
    rows = [{"a": 1, "b": [1, 2], "c": None}, {"a": 2.5, "b": "x", "c": 3}]
    for ending in ("csv", "json", "parquet"):
        npulse.save_rows(rows, tmp_path / f"rows.{ending}")
        with pytest.raises(npulse.InputError, match="cannot be written"):
            npulse.save_rows(rows, tmp_path / "no" / f"rows.{ending}")
    assert (tmp_path / "rows.csv").read_text() == 'a,b,c\n1,"[1, 2]",\n2.5,x,3\n'
    frame = pandas.read_parquet(tmp_path / "rows.parquet")
    assert list(frame["a"]) == [1.0, 2.5]
    assert list(frame["b"]) == ["[1, 2]", "x"]
    with pytest.raises(npulse.InputError, match=r"ending must be one of \.csv"):
        npulse.save_rows(rows, tmp_path / "rows.txt")


@pytest.mark.parametrize(
    ("objectives", "fault"),
    [({"a": "max"}, "'max' must be one of minimize"), ({"b": "maximize"}, "b: None is no number")],
)
def test_a_front_of_other_words_or_columns_is_refused(
    objectives: dict[str, str], fault: str
) -> None:
    with pytest.raises(npulse.InputError, match=fault):
        pareto_front([{"a": 1.0, "error": ""}], objectives)

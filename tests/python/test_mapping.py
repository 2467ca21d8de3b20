# SPDX-License-Identifier: Apache-2.0
"""Mappings: a user's own tiles, and the search."""

from __future__ import annotations

from pathlib import Path

import pytest

import npulse
from runs import GEMM


def test_choices_written_and_read_back_are_the_same_program(
    chip: npulse.Chip, tmp_path: Path
) -> None:
    choices, first, second = (tmp_path / name for name in ("map.yaml", "a.npb", "b.npb"))
    npulse.lower(GEMM, chip, write_mapping=choices).save(first)
    npulse.lower(GEMM, chip, mapping=choices).save(second)
    assert first.read_bytes() == second.read_bytes()


def test_a_search_is_no_slower_and_the_same_each_time(chip: npulse.Chip, tmp_path: Path) -> None:
    found = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for path in found:
        npulse.lower(GEMM, chip, map="search", map_budget=8, write_mapping=path)
    assert found[0].read_bytes() == found[1].read_bytes()
    assert npulse.run(chip, GEMM, mapping=found[0]).cycles <= npulse.run(chip, GEMM).cycles


def test_a_wrong_mapping_is_an_input_error_with_its_place(
    chip: npulse.Chip, tmp_path: Path
) -> None:
    path = tmp_path / "map.yaml"
    path.write_text("layers:\n  gem: {tile: {m: 1}}\n  gemm: {tyle: {m: 1}}\n")
    with pytest.raises(npulse.InputError) as error:
        npulse.lower(GEMM, chip, mapping=path)
    assert [fault.where.split(":")[1:3] for fault in error.value.faults] == [
        ["3", "10"],
        ["2", "3"],
    ]


def test_a_budget_without_a_search_is_refused(chip: npulse.Chip) -> None:
    with pytest.raises(npulse.InputError, match="map_budget"):
        npulse.lower(GEMM, chip, map_budget=8)

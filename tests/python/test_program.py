# SPDX-License-Identifier: Apache-2.0
"""Programs: lowered, saved, opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import npulse
from runs import GEMM


@pytest.mark.parametrize("ending", ["npt", "npb"])
def test_a_saved_program_runs_as_the_one_in_memory(
    chip: npulse.Chip, tmp_path: Path, ending: str
) -> None:
    program = npulse.lower(GEMM, chip)
    path = tmp_path / f"gemm.{ending}"
    program.save(path)
    again = npulse.load_program(path)
    assert (again.cores, again.queues, again.meta) == (program.cores, program.queues, program.meta)
    assert npulse.run(chip, again).cycles == npulse.run(chip, program).cycles


def test_a_program_knows_the_chip_it_was_lowered_for(chip: npulse.Chip) -> None:
    assert npulse.lower(GEMM, "edu-8x8").target == chip.name


def test_a_cut_off_program_is_an_input_error(chip: npulse.Chip, tmp_path: Path) -> None:
    path = tmp_path / "cut.npb"
    npulse.lower(GEMM, chip).save(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(npulse.InputError, match=r"cut\.npb"):
        npulse.run(chip, path)


def test_an_unwritable_place_is_an_input_error(chip: npulse.Chip, tmp_path: Path) -> None:
    with pytest.raises(npulse.InputError):
        npulse.lower(GEMM, chip).save(tmp_path / "missing" / "gemm.npb")


def test_a_word_that_is_neither_model_nor_file_names_the_models(chip: npulse.Chip) -> None:
    with pytest.raises(npulse.InputError, match=r"llama-3\.1-8b"):
        npulse.run(chip, "lama-3.1-8b")


def test_an_unknown_choice_names_what_is_allowed(chip: npulse.Chip) -> None:
    with pytest.raises(npulse.InputError, match="int4g128"):
        npulse.lower("llama-3.1-8b", chip, weights="fp9")


def test_model_options_do_not_go_with_a_program(chip: npulse.Chip) -> None:
    program = npulse.lower(GEMM, chip)
    with pytest.raises(npulse.InputError, match="batch"):
        npulse.run(chip, program, batch=2)


@pytest.mark.parametrize(
    ("option", "value", "fault"),
    [
        ("batch", "many", "batch: 'many' must be a whole number"),
        ("layers", 3, "layers: 3 must be two whole numbers"),
        ("weights", 4, "weights: 4 must be a word"),
        ("dims", [1], r"dims: \[1\] must be whole numbers by name"),
        ("bacth", 2, "did you mean 'batch'"),
    ],
)
def test_an_option_of_another_sort_is_named(
    chip: npulse.Chip, option: str, value: object, fault: str
) -> None:
    options: dict[str, Any] = {option: value}
    with pytest.raises(npulse.InputError, match=fault):
        npulse.run(chip, GEMM, **options)


@pytest.mark.parametrize("name", ["", "..", "a/b", "x" * 300])
def test_a_name_that_can_name_no_file_is_refused(name: str) -> None:
    with pytest.raises(npulse.InputError, match="must be a word"):
        npulse.Program.from_text("", name=name)

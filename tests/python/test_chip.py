# SPDX-License-Identifier: Apache-2.0
"""Chips: loaded, changed, looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import npulse


def test_a_change_makes_a_new_chip_and_leaves_the_old_one(chip: npulse.Chip) -> None:
    larger = chip.with_({"pe.systolic.rows": 16, "clock": "1.5 GHz"})
    assert larger.parameters()["pe"]["systolic"]["rows"] == 16
    assert larger.clock_hertz == 1_500_000_000
    assert chip.parameters()["pe"]["systolic"]["rows"] == 8


def test_parameters_may_be_keywords(chip: npulse.Chip) -> None:
    changes: dict[str, Any] = {"pe.systolic.rows": 16}
    keywords = chip.with_(memory="lpddr5x-8533", clock="2 GHz", **changes)
    mapping = chip.with_({**changes, "clock": "2 GHz"}, memory="lpddr5x-8533")
    assert keywords.to_yaml() == mapping.to_yaml()
    with pytest.raises(npulse.InputError, match="clok"):
        chip.with_(clok="2 GHz")


def test_changes_add_up(chip: npulse.Chip) -> None:
    other = chip.with_(memory="lpddr5x-8533:2").with_({"clock": "2 GHz"})
    assert (other.memory, other.memory_channels) == ("lpddr5x-8533", 2)
    assert other.clock_hertz == 2_000_000_000


def test_more_channels_carry_more(chip: npulse.Chip) -> None:
    one, four = (chip.with_(memory=f"lpddr5-6400:{n}").peak_memory_bytes_per_s for n in (1, 4))
    assert four == 4 * one


def test_the_effective_configuration_loads_again(chip: npulse.Chip, tmp_path: Path) -> None:
    path = tmp_path / "copy.yaml"
    path.write_text(chip.with_({"pe.systolic.rows": 16}).to_yaml())
    assert npulse.load_chip(path).parameters()["pe"]["systolic"]["rows"] == 16


def test_an_unknown_chip_is_an_input_error_with_the_nearest_name() -> None:
    with pytest.raises(npulse.InputError, match="edu-8x8"):
        npulse.load_chip("edu-8x9")


def test_all_faults_of_a_file_come_together_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("name: bad\ncores: many\nclokc: 1 GHz\ntech: 7nm\n")
    with pytest.raises(npulse.InputError) as caught:
        npulse.load_chip(path)
    places = [fault.where for fault in caught.value.faults]
    assert any("bad.yaml:2:" in place for place in places)
    assert any("bad.yaml:3:" in place for place in places)
    assert "clock" in str(caught.value)


def test_a_value_out_of_range_is_refused(chip: npulse.Chip) -> None:
    with pytest.raises(npulse.InputError, match=r"pe\.systolic\.rows"):
        chip.with_({"pe.systolic.rows": -1})


@pytest.mark.parametrize(
    ("name", "meant"), [("edu-8x8", "systolic.rows"), ("rngd", "dot_product.n0")]
)
def test_a_path_without_its_section_names_those_that_it_may_mean(name: str, meant: str) -> None:
    rows: dict[str, Any] = {"pe.rows": 64}
    with pytest.raises(npulse.InputError, match=rf"pe\.rows may mean .*pe\.{meant}"):
        npulse.load_chip(name).with_(memory="lpddr5x-8533", **rows)


def test_a_parameter_of_the_other_kind_of_array_is_said_to_have_no_effect() -> None:
    with pytest.warns(UserWarning, match=r"pe\.systolic\.rows has no effect: .* dot_product"):
        npulse.load_chip("rngd").with_({"pe.systolic.rows": 64})


def test_numbers_of_numpy_are_numbers_and_other_things_are_refused(chip: npulse.Chip) -> None:
    numbers = {"pe.systolic.rows": np.int64(16), "clock": np.float64(2e9)}
    assert (
        chip.with_(numbers).to_yaml()
        == chip.with_({"pe.systolic.rows": 16, "clock": 2e9}).to_yaml()
    )
    with pytest.raises(npulse.InputError, match="clock: <object"):
        chip.with_(clock=object())


def test_of_two_counts_of_channels_the_later_holds(chip: npulse.Chip) -> None:
    two = chip.with_(memory="lpddr5x-8533:2")
    assert two.with_({"memory.channels": 4}).memory_channels == 4
    assert two.with_({"memory.channels": 4}).with_(memory="lpddr5-6400:8").memory_channels == 8

# SPDX-License-Identifier: Apache-2.0
"""Studies: which points they have, and what is said of files that are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import npulse
from npulse.study import Study, load_study
from runs import GEMM, SMALL_STUDY


def test_a_study_has_the_points_of_all_its_grids_each_once(tmp_path: Path) -> None:
    study_file = tmp_path / "small.yaml"
    study_file.write_text(SMALL_STUDY)
    study = load_study(study_file)
    assert study.name == "small"
    channels = [point["chip.memory.channels"] for point in study.points]
    assert channels == [1, 2, 2, 4]
    assert [point.get("memory") for point in study.points] == [None, None] + ["lpddr5x-8533"] * 2
    assert study.axes == ("chip", "program", "chip.memory.channels", "program.weights", "memory")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[1]", "is not a map"),
        ("bases: {}", "bases: unknown key"),
        ("search: hill", "'hill' is not one of grid, list, random, optuna"),
        ("search: random", "axes: must be a map"),
        ("search: random\naxes: {chip: []}", "axes: chip: must be a list of values, or"),
        ("search: random\naxes: {chip: [rngd]}\nbase: {program: x}", "samples: must be a whole"),
        ("search: optuna\naxes: {chip: [rngd]}", "objectives: must be a map"),
        ("search: optuna\nobjectives: {speed: minimize}", "'speed' is not one of latency_s"),
        ("search: optuna\nobjectives: {energy_j: least}", "energy_j: must be one of minimize"),
        ("search: list\ngrids: []", "grids: unknown key"),
        ("base: 3", "base must be a map"),
        ("grids: [4]", "'4' is not a map of paths"),
        ("grids: []", "grids must be a list of maps"),
        ("search: [grid]", r"'\['grid'\]' is not one of grid"),
        ("search: list\npoints: []", "points must be a list of maps"),
        ("grid: [{chip: rngd}]", "grid: unknown key; .*did you mean 'grids'"),
        ("base: {chip: rngd, program: x}\ngrids: [{memory: []}]", "memory: there is no value"),
        (
            f"grids: [{{chip.a: {list(range(1001))}, chip.b: {list(range(1000))}}}]",
            "1001000 points",
        ),
        ("search: random\naxes: {chip: {low: 1, high: .inf}}", "axes: chip: must be a list of val"),
        ("search: optuna\nobjectives: {bound_by: minimize}", "'bound_by' is not one of latency_s"),
        ("base: {chip: 3, program: x}", "chip: 3 must be a name or a path"),
        ("base: {chip: rngd, program: [x]}", r"program: \['x'\] must be a name"),
        ("base: {chip: rngd, program: x, memory: [y]}", r"memory: \['y'\] must be a name"),
        (
            "base: {chip: rngd, program: x, program.layers: 3}",
            "layers: 3 must be two whole numbers",
        ),
        ("base: {chip: rngd, program: x, program.batch: many}", "batch: 'many' must be a whole"),
        ("base: {chip: rngd, program: x, program.weights: 4}", "weights: 4 must be a word"),
        ("base: {chip: rngd, program: x, program.write_mapping: y}", "writes a file"),
        ("base: {chip: rngd, program: x, program.fase: y}", "did you mean 'phase'"),
        ("base: {chip: rngd, program: x, chips.cores: 3}", "did you mean 'chip'"),
        ("base: {chip: rngd, program: x, memory.channels: 3}", r"is chip\.memory\.channels"),
        ("base: {chip: rngd, program: x, clock: 3}", r"is chip\.clock"),
        ("base: {chip: rngd}", "a point has no 'program'"),
        ("base: {chip: rngd, program: x, cores: 3}", "cores: paths begin with"),
        ("base: {chip: rngd, program: x, program.batches: 3}", "options are activations"),
        ("base: {chip: rngd, chip: rngd}", "duplicate key"),
    ],
)
def test_a_file_that_is_no_study_is_named_with_its_fault(
    tmp_path: Path, text: str, fault: str
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(npulse.InputError, match=fault) as caught:
        load_study(path)
    assert str(caught.value).startswith(str(path))


def test_a_study_from_python_is_held_to_the_same() -> None:
    point = {"chip": "edu-8x8", "program": GEMM}
    for points, fault in (
        ((), "there is no point"),
        (({"chip": "edu-8x8"},), "no 'program'"),
        (({**point, "chips.memory.channels": 2},), "paths begin with"),
        (({**point, "chip.clock": object()},), "chip.clock: <object"),
    ):
        with pytest.raises(npulse.InputError, match=fault):
            Study("", "", points)
    (plain,) = Study("", "", ({**point, "chip.memory.channels": np.int64(2)},)).points
    assert type(plain["chip.memory.channels"]) is int


SEARCHES = {
    "list": ("points: [{chip.memory.channels: 1}, {chip.memory.channels: 3}]", [1, 3]),
    "random": ("axes: {chip.memory.channels: [1, 2, 4]}\nsamples: 50\nseed: 3", [1, 2, 4]),
    "range": ("axes: {chip.memory.channels: {low: 2, high: 8, step: 3}}\nsamples: 50", [2, 5, 8]),
}


@pytest.mark.parametrize("search", SEARCHES)
def test_lists_and_random_points_are_each_there_once(search: str, tmp_path: Path) -> None:
    text, channels = SEARCHES[search]
    path = tmp_path / "study.yaml"
    kind = "random" if search == "range" else search
    path.write_text(f"search: {kind}\nbase: {{chip: edu-8x8, program: '{GEMM}'}}\n{text}\n")
    study = load_study(path)
    assert sorted(point["chip.memory.channels"] for point in study.points) == channels
    assert load_study(path) == study, "a seed gives the same points"

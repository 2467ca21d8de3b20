# SPDX-License-Identifier: Apache-2.0
"""Studies and sweeps: products of lists, rows in order, faults that stay where they belong."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import npulse
from npulse.run_study import main
from npulse.study import Study, load_study
from npulse.sweeps import RESULTS, run_point, save_rows, sweep
from runs import GEMM

SHIPPED = Path(__file__).parents[2] / "configs" / "studies"

SMALL = f"""
name: small
question: How many channels does a small product want?
search: grid
base:
  chip: edu-8x8
  program: "{GEMM}"
grids:
  - chip.memory.channels: [1, 2]
    program.weights: int8
  - memory: [lpddr5x-8533]
    chip.memory.channels: [2, 4]
  - chip.memory.channels: 2
    program.weights: int8
"""


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def test_a_study_has_the_points_of_all_its_grids_each_once(study_file: Path) -> None:
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
        ("search: random", "'random' is not one of grid"),
        ("base: 3", "base must be a map"),
        ("grids: [4]", "is not a map of lists"),
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
    with pytest.raises(npulse.InputError, match=fault):
        load_study(path)


def test_rows_come_in_the_order_of_points_and_equal_single_runs(study_file: Path) -> None:
    done: list[tuple[int, int]] = []
    rows = sweep(study_file, workers=2, progress=lambda n, total: done.append((n, total)))
    assert done == [(n, 4) for n in range(1, 5)]
    chip = npulse.load_chip("edu-8x8")
    for row in rows:
        changed = chip.with_(
            {"memory.channels": row["chip.memory.channels"]}, memory=row.get("memory")
        )
        report = npulse.run(changed, GEMM, weights="int8")
        assert row["latency_s"] == report.latency_s
        assert row["memory_peak_bytes_per_s"] == changed.peak_memory_bytes_per_s
        assert row["error"] == ""


def test_a_point_that_fails_is_a_row_with_its_error() -> None:
    good = {"chip": "edu-8x8", "program": GEMM}
    study = Study("mixed", "", (good, {**good, "program.weights": "mxfp4"}, good))
    with ThreadPoolExecutor(1) as pool:
        rows = sweep(study, executor=pool)
    assert [bool(row["error"]) for row in rows] == [False, True, False]
    assert "mxfp4" in rows[1]["error"]
    assert all(rows[1][name] is None for name in RESULTS)


def test_the_command_writes_all_rows_or_nothing(study_file: Path, tmp_path: Path) -> None:
    output = tmp_path / "rows.csv"
    assert main([str(study_file), "-o", str(output), "--workers", "1"]) == 0
    with output.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["chip.memory.channels"] for row in rows] == ["1", "2", "2", "4"]
    assert float(rows[0]["latency_s"]) == run_point(load_study(study_file).points[0])["latency_s"]
    assert main([str(tmp_path / "none.yaml"), "-o", str(output)]) == 2
    with pytest.raises(FileNotFoundError):
        save_rows(rows, tmp_path / "nowhere" / "rows.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.csv", "small.yaml"]


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_study_is_one_and_its_first_points_run(path: Path) -> None:
    study = load_study(path)
    assert study.question
    for point in (study.points[0], study.points[-1]):
        assert run_point({**point, "program.layers": [0, 1]})["error"] == ""

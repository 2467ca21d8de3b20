# SPDX-License-Identifier: Apache-2.0
"""Studies and sweeps: products of lists, rows in order, faults that stay where they belong."""

from __future__ import annotations

import csv
import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pandas
import pytest

import npulse
from npulse.__main__ import main
from npulse.points import RESULTS, Point, key_of, run_point
from npulse.rows import pareto_front
from npulse.study import Study, load_study
from npulse.sweeps import sweep
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
        ("search: hill", "'hill' is not one of grid, list, random, optuna"),
        ("search: random", "axes: must be a map"),
        ("search: random\naxes: {chip: []}", "axes: chip: must be a list of values, or"),
        ("search: random\naxes: {chip: [rngd]}\nbase: {program: x}", "samples: must be a whole"),
        ("search: optuna\naxes: {chip: [rngd]}", "objectives: must be a map"),
        ("search: optuna\nobjectives: {speed: minimize}", "'speed' is not one of latency_s"),
        ("search: optuna\nobjectives: {energy_j: least}", "energy_j: must be one of minimize"),
        ("search: list\ngrids: []", "grids: unknown key"),
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
    done: list[tuple[int, int, int]] = []
    rows = sweep(study_file, workers=2, progress=lambda *told: done.append(told))
    assert done == [(n, 4, 0) for n in range(1, 5)]
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


def test_the_command_writes_all_rows_or_nothing(
    study_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {name: str(tmp_path / f"rows.{name}") for name in ("csv", "parquet", "json")}
    kept = str(tmp_path / "kept.sqlite")
    outputs = [word for name, path in files.items() for word in (f"--{name}", path)]
    command = ["sweep", str(study_file), "--results", kept, "--workers", "1", *outputs]
    assert main(command) == 0
    assert "4 points, 0 failed" in capsys.readouterr().out
    with open(files["csv"], newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["chip.memory.channels"] for row in rows] == ["1", "2", "2", "4"]
    expected = sweep(study_file, results=kept)
    assert json.loads(Path(files["json"]).read_text()) == expected
    frame = pandas.read_parquet(files["parquet"])
    assert list(frame["latency_s"]) == [row["latency_s"] for row in expected]
    assert main(["sweep", str(tmp_path / "none.yaml")]) == 2
    assert main(["sweep", str(study_file), "--results", str(tmp_path / "no" / "where")]) == 2
    assert main(["sweep", str(study_file), "--results", str(study_file)]) == 2
    (tmp_path / "tiny").write_text("x")
    assert main(["sweep", str(study_file), "--results", str(tmp_path / "tiny")]) == 2
    (tmp_path / "tiny").unlink()
    assert main(["sweep", str(study_file), "--results", str(tmp_path / "x"), "--resume"]) == 2
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["kept.sqlite", "rows.csv", "rows.json", "rows.parquet", "small.yaml"]


def test_what_is_kept_is_not_run_again(study_file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.sqlite"
    first = sweep(study_file, results=kept, workers=1)
    assert sweep(study_file, results=kept, executor=NoExecutor()) == first


class NoExecutor(ThreadPoolExecutor):
    """One that must not be asked."""

    def submit(self, *_: object, **__: object) -> NoReturn:
        raise AssertionError("a point was run again")


def test_a_key_changes_with_all_that_a_result_depends_on(tmp_path: Path) -> None:
    chip = tmp_path / "mine.yaml"
    chip.write_text(npulse.load_chip("edu-8x8").to_yaml())
    base: Point = {"chip": str(chip), "program": GEMM}
    variants = [
        base,
        {**base, "program": "gemm:64,64,65"},
        {**base, "program.weights": "int8"},
        {**base, "memory": "lpddr5x-8533"},
        {**base, "chip.memory.channels": 2},
        {**base, "chip": "rngd"},
    ]
    assert len({key_of(point) for point in variants}) == len(variants)
    model = tmp_path / "model.json"
    model.write_text((SHIPPED.parent / "models" / "llama-3.1-8b.json").read_text())
    assert key_of({**base, "program": "llama-3.1-8b"}) == key_of({**base, "program": str(model)})


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


def test_optuna_finds_the_front_of_a_small_space_the_same_at_any_number_of_workers(
    tmp_path: Path,
) -> None:
    path = tmp_path / "search.yaml"
    path.write_text(f"""
search: optuna
base: {{chip: edu-8x8, program: "{GEMM}"}}
axes:
  chip.memory.channels: [1, 2, 4, 8]
  chip.vector.lanes: {{low: 4, high: 16, step: 4}}
objectives: {{latency_s: minimize, average_watts: minimize}}
trials: 24
batch: 8
""")
    seen: list[tuple[int, int, int]] = []
    rows = sweep(path, workers=1, progress=lambda *told: seen.append(told))
    assert seen[-1] == (24, 24, 0)
    assert rows == sweep(path, workers=2)
    objectives = load_study(path).search.objectives  # type: ignore[union-attr]
    front = pareto_front(rows, objectives)
    assert 0 < len(front) < len(rows)
    best = min(rows, key=lambda row: row["latency_s"])
    assert best["latency_s"] in [row["latency_s"] for row in front]


def test_a_dask_cluster_gives_the_same_rows_and_survives_a_dead_worker(study_file: Path) -> None:
    distributed = pytest.importorskip("distributed")
    local = sweep(study_file, workers=1)
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**options, silence_logs=50) as cluster:
        victims = [worker.pid for worker in cluster.workers.values()]
        killed: list[int] = []

        def kill_one(*_: int) -> None:
            if not killed:
                killed.append(victims[0])
                os.kill(victims[0], signal.SIGKILL)

        assert sweep(study_file, dask=cluster.scheduler_address) == local
        assert sweep(study_file, dask=cluster.scheduler_address, progress=kill_one) == local
        assert killed
    with pytest.raises(npulse.InputError, match="no Dask scheduler answers"):
        sweep(study_file, dask="tcp://127.0.0.1:1")


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_study_is_one_and_its_first_points_run(path: Path) -> None:
    study = load_study(path)
    assert study.question
    for point in (study.points[0], study.points[-1]):
        assert run_point({**point, "program.layers": [0, 1]})["error"] == ""

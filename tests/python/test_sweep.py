# SPDX-License-Identifier: Apache-2.0
"""Sweeps: rows in order, kept while they hold, faults that stay where they belong."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pandas
import pytest

import npulse
from npulse.__main__ import main
from npulse.keys import Keys
from npulse.points import RESULTS, Point, run_point
from npulse.rows import pareto_front
from npulse.study import Study, load_study
from npulse.sweeps import sweep
from runs import GEMM, LONG, SMALL_STUDY

SHIPPED = Path(__file__).parents[2] / "configs" / "studies"


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL_STUDY)
    return path


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
        assert (row["tokens_per_s"], row["energy_per_token_j"]) == (None, None)


def test_what_a_program_does_not_make_is_no_best_figure(study_file: Path, tmp_path: Path) -> None:
    rows = [run_point(point) for point in load_study(study_file).points[:2]]
    with pytest.raises(npulse.InputError, match="energy_per_token_j: None is no number"):
        pareto_front(rows, {"energy_per_token_j": "minimize"})
    search = tmp_path / "search.yaml"
    search.write_text(
        f"search: optuna\nbase: {{chip: edu-8x8, program: '{GEMM}'}}\n"
        "axes: {chip.memory.channels: [1, 2]}\nobjectives: {tokens_per_s: maximize}\ntrials: 2\n"
    )
    with pytest.raises(npulse.InputError, match="makes no tokens"):
        sweep(search, workers=1)


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
    for wrong in (["--csv", str(tmp_path)], ["--parquet", "-"], ["--csv", "-", "--json", "-"]):
        assert main(["sweep", str(study_file), "--results", str(tmp_path / "x"), *wrong]) == 2
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["kept.sqlite", "rows.csv", "rows.json", "rows.parquet", "small.yaml"]


def test_rows_go_to_standard_output_alone_and_forms_follow_the_option_not_the_name(
    study_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, odd = str(tmp_path / "kept.sqlite"), tmp_path / "rows.json"
    command = ["sweep", str(study_file), "--results", kept, "--workers", "1"]
    assert main([*command, "--csv", "-"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("chip,program,")
    assert len(text.splitlines()) == 5
    assert main([*command, "--csv", str(odd)]) == 0
    assert odd.read_text() == text


def test_errors_of_points_are_told_once_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "failing.yaml"
    study.write_text(
        f"base: {{chip: edu-8x8, program: '{GEMM}', program.weights: mxfp4}}\n"
        "grids: [{chip.memory.channels: [1, 2, 4, 8]}]\n"
    )
    kept = str(tmp_path / "kept.sqlite")
    assert main(["sweep", str(study), "--results", kept, "--workers", "1"]) == 1
    told = capsys.readouterr().err
    assert told.count("do not expand mxfp4") == 1
    assert "(4 points)" in told


@pytest.mark.parametrize("options", [{"workers": 0}, {"workers": 2, "dask": "tcp://x:1"}])
def test_points_run_in_one_place(study_file: Path, options: dict[str, Any]) -> None:
    with pytest.raises(npulse.InputError, match="workers"):
        sweep(study_file, **options)


def test_a_database_of_something_else_is_left_as_it_is(study_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as file:
        file.execute("CREATE TABLE mine (x)")
        file.commit()
    before = other.read_bytes()
    with pytest.raises(npulse.InputError, match="database of something else"):
        sweep(study_file, results=other)
    assert other.read_bytes() == before
    assert not list(tmp_path.glob("other.sqlite-*"))


def test_a_broken_database_is_named(study_file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.sqlite"
    sweep(study_file, results=kept, workers=1)
    pages = bytearray(kept.read_bytes())
    pages[4096:] = b"\xff" * (len(pages) - 4096)
    kept.write_bytes(pages)
    with pytest.raises(npulse.InputError, match=r"kept\.sqlite: cannot be used for results"):
        sweep(study_file, results=kept, workers=1)


@pytest.mark.parametrize("kind", ["chips", "parts", "tech"])
def test_a_row_is_forgotten_when_a_file_changes_even_in_the_same_session(
    kind: str, tmp_path: Path
) -> None:
    part, tech, chip = (tmp_path / f"{name}.yaml" for name in ("part", "tech", "chip"))
    part.write_text((SHIPPED.parent / "parts" / "lpddr5-6400.yaml").read_text())
    tech.write_text((SHIPPED.parent / "tech" / "5nm.yaml").read_text())
    text = npulse.load_chip("edu-8x8").with_({"tech": str(tech)}, memory=str(part)).to_yaml()
    chip.write_text(text)
    study = Study("", "", ({"chip": str(chip), "program": GEMM},))
    kept = tmp_path / "kept.sqlite"
    sweep(study, results=kept, workers=1)
    changed = {"chips": chip, "parts": part, "tech": tech}[kind]
    changed.write_text(changed.read_text() + "# later\n")
    if kind == "chips":
        changed.write_text(text.replace("cols: 8", "cols: 16"))
    with pytest.raises(AssertionError, match="run again"):
        sweep(study, results=kept, executor=NoExecutor())


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
    assert len({Keys().of(point) for point in variants}) == len(variants)
    model = tmp_path / "model.json"
    model.write_text((SHIPPED.parent / "models" / "llama-3.1-8b.json").read_text())
    keys = Keys()
    assert keys.of({**base, "program": "llama-3.1-8b"}) == keys.of({**base, "program": str(model)})


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


@contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """Ctrl-C meanwhile; what it ends has to end within 2 seconds then."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(seconds, signal.pthread_kill, [threading.get_ident(), signal.SIGINT])
    timer.start()
    began = time.monotonic()
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        timer.join()
    assert seconds <= time.monotonic() - began < seconds + 2


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
        long = Study("", "", ({"chip": "edu-8x8", "program": LONG, "chip.memory.channels": 4},))
        with interrupted_after(2), pytest.raises(KeyboardInterrupt):
            sweep(long, dask=cluster.scheduler_address)
    with pytest.raises(npulse.InputError, match="no Dask scheduler answers"):
        sweep(study_file, dask="tcp://127.0.0.1:1")
    for address in ("nonsense", "foo://x:1", "tcp://:"):
        with pytest.raises(npulse.InputError, match="is no address of a Dask scheduler"):
            sweep(study_file, dask=address)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_study_is_one_and_its_first_points_run(path: Path) -> None:
    study = load_study(path)
    assert study.question
    for point in (study.points[0], study.points[-1]):
        assert run_point({**point, "program.layers": [0, 1]})["error"] == ""

# SPDX-License-Identifier: Apache-2.0
"""What explain says is in the report, and what a change would buy is what a run of it shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import npulse
from npulse import plots
from npulse.__main__ import main
from npulse.what_if import changed, numbers
from runs import GEMM


@pytest.fixture(scope="module")
def decode() -> npulse.Report:
    return npulse.run("rngd", "llama-3.1-8b", weights="fp8", layers=(0, 1))


def test_shares_of_each_queue_add_up_to_the_run(decode: npulse.Report) -> None:
    story = npulse.explain(decode)
    for queue in story.queues:
        whole = queue.busy + queue.wait_data + queue.wait_resource + queue.idle
        assert whole == pytest.approx(1)
        assert sum(queue.waits.values()) == pytest.approx(queue.wait_data + queue.wait_resource)
    assert [queue.busy for queue in story.queues] == sorted(
        (queue.busy for queue in story.queues), reverse=True
    )


def test_a_decode_waits_for_its_loads_and_those_for_memory(decode: npulse.Report) -> None:
    story = npulse.explain(decode)
    queues = {queue.name: queue for queue in story.queues}
    assert next(iter(queues["mx"].waits)) == "ld"
    assert next(iter(queues["ld"].waits)) == "memory"
    assert story.bound == decode.bound.text
    assert "`mx` (matrix) is busy" in story.text()
    gate_up = next(region for region in story.regions if region.name == "mlp.gate_up")
    assert max(gate_up.use, key=lambda name: gate_up.use[name]) == "memory"
    assert all(0 <= share <= 1 for region in story.regions for share in region.use.values())


def test_what_caches_answer_is_no_memory_traffic() -> None:
    report = npulse.run("gemmini", "gemm:256,256,256")
    asked = sum(region.dram_read_bytes for region in report.regions)
    assert asked > 0
    assert report.memory.bytes_read + report.memory.bytes_written == 0
    assert report.past_caches() == 0
    story = npulse.explain(report)
    assert story.roofline.startswith("It moves nothing from or to memory")
    assert all(region.use["memory"] == 0 for region in story.regions)
    assert len(plots.roofline(report).axes) == 1


def test_without_caches_all_that_is_asked_comes_from_memory(decode: npulse.Report) -> None:
    assert decode.past_caches() == 1


def test_what_if_says_what_a_run_of_the_changed_chip_says() -> None:
    chip = npulse.load_chip("edu-8x8")
    (effect,) = npulse.what_if(chip, GEMM, {"memory.channels": "x2"}, workers=1)
    before, after = npulse.run(chip, GEMM), npulse.run(chip.with_({"memory.channels": 2}), GEMM)
    assert (effect.before, effect.after) == (1, 2)
    assert effect.latency_s == after.latency_s
    assert effect.latency_change == pytest.approx(after.latency_s / before.latency_s - 1)
    assert effect.energy_change == pytest.approx(after.energy_j.total / before.energy_j.total - 1)


def test_what_if_takes_a_model_as_run_does() -> None:
    model = npulse.load_model("llama-3.1-8b")
    changes = {"memory.channels": "x2"}
    named = npulse.what_if("rngd", "llama-3.1-8b", changes, workers=1, layers=(0, 1))
    assert npulse.what_if("rngd", model, changes, workers=1, layers=(0, 1)) == named


def test_a_path_may_have_several_changes_and_the_memory_part_is_one() -> None:
    chip = npulse.load_chip("edu-8x8").with_(memory="lpddr5-6400:2")
    changes = [("memory.channels", 4), ("memory.channels", "x4"), ("memory", "lpddr5x-8533:2")]
    effects = npulse.what_if(chip, GEMM, changes, workers=1)
    assert [(e.before, e.after, e.error) for e in effects] == [
        (2, 4, ""),
        (2, 8, ""),
        ("lpddr5-6400", "lpddr5x-8533:2", ""),
    ]
    other = npulse.run(chip.with_(memory="lpddr5x-8533:2"), GEMM)
    assert effects[2].latency_s == other.latency_s


def test_a_program_in_memory_is_to_be_saved_first(chip: npulse.Chip) -> None:
    with pytest.raises(npulse.InputError, match="save it"):
        npulse.what_if(chip, npulse.lower(GEMM, chip), {"clock": "x2"})  # type: ignore[arg-type]


def test_sensitivity_leaves_out_the_array_that_the_chip_does_not_have() -> None:
    paths = numbers(npulse.load_chip("rngd").parameters())
    assert "pe.dot_product.n0" in paths
    assert not [path for path in paths if path.startswith("pe.systolic.")]


def test_sensitivity_ranks_by_what_latency_moves_and_keeps_what_cannot_be() -> None:
    paths = ["pe.systolic.weight_buffers", "vector.lanes", "clock"]
    effects = npulse.sensitivity("edu-8x8", GEMM, parameters=paths, workers=2)
    moved = [abs(e.latency_change) for e in effects if e.latency_change is not None]
    assert moved == sorted(moved, reverse=True)
    assert effects[0].path == "clock"
    assert effects[-1].error
    assert "cannot be run" in effects[-1].text()


@pytest.mark.parametrize(
    ("value", "change", "expected"),
    [
        (32, "+50%", 48),
        (8, "-25 %", 6),
        (2.0, "x1.5", 3.0),
        (4, "*3", 12),
        (1, "1 GHz", "1 GHz"),
        (1, "x1.2.3", "x1.2.3"),
        (1, 7, 7),
    ],
)
def test_changes_are_percents_factors_or_values(
    value: float, change: str, expected: object
) -> None:
    assert changed(value, change) == expected


def test_the_command_explains_a_report_and_simulates_changes(
    decode: npulse.Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "report.json"
    saved.write_text(decode.to_json())
    assert main(["explain", str(saved)]) == 0
    assert capsys.readouterr().out == npulse.explain(decode).text()
    assert main(["explain", "edu-8x8", GEMM, "--what-if", "vector.lanes=x2", "--json", "-"]) == 0
    (effect,) = json.loads(capsys.readouterr().out)["effects"]
    assert main(["explain", str(saved), "--json", str(tmp_path / "no" / "where.json")]) == 2
    assert (effect["path"], effect["after"]) == ("vector.lanes", 16)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["nowhere.json"], "cannot be read"),
        (["edu-8x8", GEMM, "--what-if", "vector.lane=2"], "did you mean vector.lanes"),
        (["edu-8x8", GEMM, "--what-if", "vector.lanes=+8"], "write .8%, x2 or the value itself, 8"),
        (["report.json", "--layers", "0:4"], "--layers: a report says what was"),
        (["edu-8x8", GEMM, "--dim", "n=many"], "must be NAME=SIZE"),
        (["edu-8x8", GEMM, "--what-if", "pe.kind=x2"], "changes numbers"),
        (["edu-8x8", GEMM, "--set", "clock"], "must be PATH=VALUE"),
        (["edu-8x8", "llama-3.1-8b", "--layers", "3"], "must be FIRST:LAST"),
        ([__file__], "is no report"),
        (["report.json", "--sensitivity"], "changes need CHIP and PROGRAM"),
    ],
)
def test_wrong_words_are_named(
    words: list[str], fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", *words]) == 2
    assert re.search(fault, capsys.readouterr().err)

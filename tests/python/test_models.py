# SPDX-License-Identifier: Apache-2.0
"""Models by name or file, and graphs that other tools wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import npulse

DATA = Path(__file__).parents[1] / "traces"
CONVOLUTIONS = DATA / "importers" / "data" / "conv.csv"
GRAPH = DATA / "graph" / "data" / "every_operation.json"


def test_a_model_says_what_follows_from_its_config() -> None:
    model = npulse.load_model("mixtral-8x7b")
    assert model.active_parameters < model.parameters
    assert model.config["num_local_experts"] == 8
    heads = model.config["num_key_value_heads"] * model.config["hidden_size"]
    width = heads // model.config["num_attention_heads"]
    assert model.kv_elements_per_token == 2 * width * model.config["num_hidden_layers"]


def test_a_model_goes_wherever_its_name_does(tmp_path: Path) -> None:
    model = npulse.load_model("llama-3.1-8b")
    named = npulse.run("rngd", "llama-3.1-8b", layers=(0, 1))
    assert npulse.run("rngd", model, layers=(0, 1)).cycles == named.cycles
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps({**model.config, "num_hidden_layers": 1}))
    assert npulse.load_model(mine).parameters < model.parameters
    with pytest.raises(npulse.InputError, match=r"llama-3\.1-8b"):
        npulse.load_model("llama-3.1-8")


def test_a_file_of_another_tool_is_lowered_and_run() -> None:
    report = npulse.run("edu-8x8", CONVOLUTIONS)
    assert report.macs > 0
    assert report.memory.bytes_read > 0
    with pytest.warns(UserWarning, match="tabs.csv"):  # what was repaired
        npulse.lower(CONVOLUTIONS.with_name("tabs.csv"), "edu-8x8")


def test_a_graph_refuses_what_only_language_models_have() -> None:
    with pytest.raises(npulse.InputError, match="batch: a graph has its shapes already"):
        npulse.run("edu-8x8", CONVOLUTIONS, batch=2)
    with pytest.raises(npulse.InputError, match="is a graph already"):
        npulse.run("edu-8x8", GRAPH, dims={"n": 2})
    with pytest.raises(npulse.InputError, match=r"dims: llama-3\.1-8b is no graph"):
        npulse.lower("llama-3.1-8b", "rngd", dims={"n": 2})


def test_the_states_of_queues_are_written_as_a_value_change_dump(tmp_path: Path) -> None:
    path = tmp_path / "queues.vcd"
    report = npulse.run("edu-8x8", "gemm:32,32,32", vcd=path)
    lines = path.read_text().splitlines()
    assert lines[1] == "$timescale 1 ps $end"
    assert sum(" state $end" in line for line in lines) == len(report.queues)
    last = [line for line in lines if line.startswith("#")][-1]
    assert int(last[1:]) == round(report.latency_s * 1e12)

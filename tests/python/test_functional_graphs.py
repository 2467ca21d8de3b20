# SPDX-License-Identifier: Apache-2.0
"""Graphs executed on values, their weights coded, against NumPy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import npulse
from reference import CODECS, as_type


@pytest.fixture(scope="module")
def chips() -> dict[str, npulse.Chip]:
    codecs = {"dma.codecs": list(CODECS)}
    return {n: npulse.load_chip(n).with_(parameters=codecs) for n in ("rngd", "bertha")}


def mlp(m: int, k: int, hidden: int, n: int) -> dict[str, Any]:
    """A graph: relu(x w1) w2."""

    def tensor(name: str, *shape: int) -> dict[str, Any]:
        return {"name": name, "type": "bf16", "shape": shape, "constant": name[0] == "w"}

    matmul = {"op": "matmul"}
    return {
        "npulse_graph": 1,
        "name": "mlp",
        "inputs": ["x"],
        "outputs": ["y"],
        "tensors": [
            tensor("x", m, k),
            tensor("w1", k, hidden),
            tensor("h", m, hidden),
            tensor("r", m, hidden),
            tensor("w2", hidden, n),
            tensor("y", m, n),
        ],
        "nodes": [
            {"name": "up", **matmul, "inputs": ["x", "w1"], "outputs": ["h"]},
            {
                "name": "relu",
                "op": "elementwise",
                "kind": "relu",
                "inputs": ["h"],
                "outputs": ["r"],
            },
            {"name": "down", **matmul, "inputs": ["r", "w2"], "outputs": ["y"]},
        ],
    }


@pytest.mark.parametrize("weights", ["int4g128", "int4g64", "int4g32", "int8g32"])
@pytest.mark.parametrize("name", ["rngd", "bertha"])
def test_products_of_a_graph_with_coded_weights_are_the_products(
    chips: dict[str, npulse.Chip], tmp_path: Path, name: str, weights: str
) -> None:
    rng = np.random.default_rng(8)
    for i in range(6):
        m, k, hidden, n = (int(size) for size in rng.integers(1, (30, 150, 150, 70)))
        path = tmp_path / f"mlp{i}.json"
        path.write_text(json.dumps(mlp(m, k, hidden, n)))
        tiles = tmp_path / f"tiles{i}.yaml"  # cuts groups where a chunk of k ends
        tiles.write_text(f"layers:\n  up: {{tile: {{k: {rng.integers(1, k + 1)}}}}}\n")
        x = rng.integers(-3, 4, (m, k)).astype(np.float32)
        # Groups of one magnitude are coded without loss.
        w1, w2 = (7.0 * rng.integers(-1, 2, shape) for shape in ((k, hidden), (hidden, n)))
        program = npulse.lower(str(path), chips[name], weights=weights, mapping=tiles)
        assert {program.tensors[w].codec for w in ("w1", "w2")} == {weights}
        got = npulse.execute(
            chips[name], program, inputs={"x": x, "w1": w1, "w2": w2}, orders="all"
        )
        h = as_type(np.maximum(x @ w1, 0), "bf16")
        np.testing.assert_array_equal(got.outputs["y"], as_type(h @ w2, "bf16"))


def test_coded_weights_of_a_convolution_are_refused(
    chips: dict[str, npulse.Chip], tmp_path: Path
) -> None:
    def tensor(name: str, *shape: int) -> dict[str, Any]:
        return {"name": name, "type": "bf16", "shape": shape, "constant": name == "w"}

    tensors = [tensor("x", 1, 8, 6, 6), tensor("w", 4, 8, 3, 3), tensor("y", 1, 4, 4, 4)]
    node = {"name": "stem", "op": "conv", "inputs": ["x", "w"], "outputs": ["y"]}
    graph = {"npulse_graph": 1, "name": "net", "inputs": ["x"], "outputs": ["y"]}
    path = tmp_path / "net.json"
    path.write_text(json.dumps({**graph, "tensors": tensors, "nodes": [node]}))
    with pytest.raises(npulse.Error, match=r"node stem: .*int4g128.*use a plain format"):
        npulse.lower(str(path), chips["rngd"], weights="int4g128")

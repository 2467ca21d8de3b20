# SPDX-License-Identifier: Apache-2.0
"""Mixtures of experts, lowered for shipped chips, equal NumPy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import npulse
import reference
from reference import EPSILON, Array, Dims, as_type

KIND = "bf16"
DIMS = Dims(64, 96, 4, 2, 16, 96, layers=2)


@dataclass(frozen=True)
class Mixture:
    """Mixtral's experts, or with `shared` those of Qwen2-MoE, which also biases q, k and v."""

    count: int = 5
    picked: int = 2
    width: int = 40
    shared: int = 0

    def config(self) -> dict[str, object]:
        if not self.shared:
            return {
                "architectures": ["MixtralForCausalLM"],
                "model_type": "mixtral",
                "intermediate_size": self.width,
                "num_local_experts": self.count,
                "num_experts_per_tok": self.picked,
            }
        return {
            "architectures": ["Qwen2MoeForCausalLM"],
            "model_type": "qwen2_moe",
            "num_experts": self.count,
            "num_experts_per_tok": self.picked,
            "moe_intermediate_size": self.width,
            "shared_expert_intermediate_size": self.shared,
            "norm_topk_prob": False,
        }

    def weights(self, rng: np.random.Generator) -> dict[str, Array]:
        n, e, h = DIMS.layers, self.count, DIMS.hidden
        given = {
            "moe.router": matrix(rng, n, h, e + (1 if self.shared else 0)),
            "moe.gate_up": matrix(rng, n * e, 2, h, self.width),
            "moe.down": matrix(rng, n * e, self.width, h),
        }
        if not self.shared:
            return given
        return given | {
            "moe.shared_gate_up": matrix(rng, n, 2, h, self.shared),
            "moe.shared_down": matrix(rng, n, self.shared, h),
        }

    def feed_forward(self, weights: dict[str, Array], layer: int, x: Array, picks: Array) -> Array:
        scores = x @ weights["moe.router"][layer]
        e = np.exp(scores[:, : self.count])
        out = np.zeros_like(x)
        for t, row in enumerate(picks):
            whole = e[t].sum() if self.shared else e[t, row].sum()
            for expert in row:
                at = layer * self.count + expert
                given = reference.gated(x[t], weights["moe.gate_up"][at], weights["moe.down"][at])
                out[t] += e[t, expert] / whole * given
        if not self.shared:
            return out
        shared = reference.gated(
            x, weights["moe.shared_gate_up"][layer], weights["moe.shared_down"][layer]
        )
        return np.asarray(out + shared / (1 + np.exp(-scores[:, self.count :])))


def matrix(rng: np.random.Generator, *shape: int) -> Array:
    return reference.random_matrix(rng, KIND, *shape)


def attention_weights(rng: np.random.Generator) -> dict[str, Array]:
    q, kv = DIMS.heads * DIMS.head_dim, DIMS.kv_heads * DIMS.head_dim
    rows = (2 * DIMS.layers + 1, DIMS.hidden)
    return {
        "attn.qkv": matrix(rng, DIMS.layers, DIMS.hidden, q + 2 * kv),
        "attn.out": matrix(rng, DIMS.layers, q, DIMS.hidden),
        "lm_head": matrix(rng, 1, DIMS.hidden, DIMS.vocab),
        "embedding": as_type(rng.standard_normal((DIMS.vocab, DIMS.hidden)).astype("f4"), KIND),
        "norms": as_type(rng.uniform(0.5, 1.5, rows).astype("f4"), KIND),
    }


def assert_near(got: Array, expected: Array) -> None:
    assert np.linalg.norm(got - expected) / np.linalg.norm(expected) < 6 * EPSILON[KIND]


@pytest.mark.parametrize("chip", ["rngd", "bertha"])
@pytest.mark.parametrize("shared", [0, 24])
@pytest.mark.parametrize("phase", ["decode", "prefill"])
def test_a_mixture_of_experts_is_the_models(
    tmp_path: Path, chip: str, shared: int, phase: str
) -> None:
    rng = np.random.default_rng(8)
    mixture = Mixture(shared=shared)
    config, choice = tmp_path / "config.json", tmp_path / "experts.json"
    config.write_text(json.dumps(DIMS.config() | mixture.config()))
    batch, context = (3, 12) if phase == "decode" else (2, 9)
    tokens = batch * (1 if phase == "decode" else context)
    ids = np.array([[rng.permutation(5)[:2] for _ in range(tokens)] for _ in range(DIMS.layers)])
    choice.write_text(json.dumps({str(layer): p.tolist() for layer, p in enumerate(ids)}))
    program = npulse.lower(
        config,
        chip,
        phase="prefill" if phase == "prefill" else "decode",
        batch=batch,
        context=context,
        weights=KIND,
        experts=str(choice),
    )
    block = int(program.meta["moe.picks_block"])
    places = np.arange(tokens)[None, :, None] % block * mixture.count + ids
    weights = attention_weights(rng) | mixture.weights(rng)
    positions = np.arange(context) if phase == "prefill" else np.array([context])
    rotation = as_type(DIMS.rotation(positions).astype("f4"), KIND)
    inputs = {**weights, "rotation": rotation, "moe.picks": places.astype(np.float64)}
    shape = (DIMS.layers, DIMS.kv_heads, batch, context + 1, DIMS.head_dim)
    caches = {n: as_type(rng.standard_normal(shape).astype("f4"), KIND) for n in ("keys", "values")}
    if phase == "decode":
        inputs |= caches
    if shared:
        q, kv = DIMS.heads * DIMS.head_dim, DIMS.kv_heads * DIMS.head_dim
        inputs["attn.bias"] = np.zeros((DIMS.layers, q + 2 * kv))
    got = npulse.execute(chip, program, inputs=inputs).outputs
    seen = 0 if phase == "prefill" else context
    length = tokens // batch
    for s in range(batch):
        mine = slice(s * length, (s + 1) * length)
        x = weights["embedding"][(np.arange(tokens)[mine] * 7919) % DIMS.vocab]
        old = [caches[n][:, :, s, :seen] for n in ("keys", "values")]

        def experts(layer: int, normed: Array, picks: Array = ids[:, mine]) -> Array:
            return mixture.feed_forward(weights, layer, normed, picks[layer])

        logits, *_ = reference.transformer(
            DIMS, weights, x, rotation, old[0], old[1], feed_forward=experts
        )
        assert_near(got["logits"][s], logits)

# SPDX-License-Identifier: Apache-2.0
"""Latent attention, with experts as in DeepSeek-V3, lowered for shipped chips, equals NumPy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

import npulse
import reference
from reference import EPSILON, Array, as_type

Phase = Literal["decode", "prefill"]
CHIPS = [("rngd", "bf16"), ("bertha", "bf16"), ("edu-8x8", "fp16")]
MODEL = "config.json"


@dataclass(frozen=True)
class Latent:
    """DeepSeek-V3, small: the first layer is dense, the second has experts."""

    heads: int = 4
    q_rank: int | None = 24
    kv_rank: int = 16
    nope: int = 8
    rope: int = 4
    value: int = 12
    hidden: int = 48
    ffn: int = 64
    vocab: int = 80
    layers: int = 2
    experts: int = 5
    picked: int = 2
    width: int = 20
    scale: float = 1.5

    def config(self) -> dict[str, object]:
        return {
            "architectures": ["DeepseekV3ForCausalLM"],
            "model_type": "deepseek_v3",
            "hidden_size": self.hidden,
            "intermediate_size": self.ffn,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.heads,
            "q_lora_rank": self.q_rank,
            "kv_lora_rank": self.kv_rank,
            "qk_nope_head_dim": self.nope,
            "qk_rope_head_dim": self.rope,
            "v_head_dim": self.value,
            "vocab_size": self.vocab,
            "num_hidden_layers": self.layers,
            "first_k_dense_replace": 1,
            "n_routed_experts": self.experts,
            "num_experts_per_tok": self.picked,
            "moe_intermediate_size": self.width,
            "n_shared_experts": 1,
            "scoring_func": "sigmoid",
            "norm_topk_prob": True,
            "routed_scaling_factor": self.scale,
            "rms_norm_eps": 1e-5,
            "tie_word_embeddings": False,
        }

    def rotation(self, positions: Array) -> Array:
        h = self.rope // 2
        angles = positions[:, None] * 10000.0 ** (-np.arange(h) / h)
        return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)


def rotated(x: Array, rotation: Array) -> Array:
    """The last axis of [token, head, rope]."""
    h = x.shape[-1] // 2
    cosine, sine = rotation[:, None, :h], rotation[:, None, h:]
    low, high = x[..., :h], x[..., h:]
    return np.concatenate([low * cosine - high * sine, high * cosine + low * sine], axis=-1)


def normed(x: Array, weight: Array) -> Array:
    return np.asarray(x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-5) * weight)


def key_weights(dims: Latent, w: dict[str, Array], layer: int) -> Array:
    """[head, rank, nope], from what decode absorbs or from what prefill expands with."""
    k_up = w["attn.k_up"][layer]
    if k_up.shape == (dims.nope, dims.heads * dims.kv_rank):
        by_head: Array = k_up.reshape(dims.nope, dims.heads, dims.kv_rank).transpose(1, 2, 0)
        return by_head
    expanding: Array = k_up.reshape(dims.kv_rank, dims.heads, dims.nope).transpose(1, 0, 2)
    return expanding


def attend(
    dims: Latent, w: dict[str, Array], layer: int, x: Array, cache: Array, rotation: Array
) -> tuple[Array, Array]:
    """By the definition: keys and values of every head expanded. Also what the cache becomes."""
    n, heads = len(x), dims.heads
    query_norm, kv_norm = np.split(w["attn.latent_norms"][layer], [dims.q_rank or 0])
    q = normed(x @ w["attn.q_down"][layer], query_norm) if dims.q_rank else x
    nope = (q @ w["attn.q_nope"][layer]).reshape(n, heads, dims.nope)
    rope = rotated((q @ w["attn.q_rope"][layer]).reshape(n, heads, dims.rope), rotation)
    latent, key = np.split(x @ w["attn.kv_down"][layer], [dims.kv_rank], axis=1)
    fresh = [normed(latent, kv_norm), rotated(key[:, None], rotation)[:, 0]]
    tokens = np.concatenate([cache, np.concatenate(fresh, axis=1)])
    c, k_rope = tokens[:, : dims.kv_rank], tokens[:, dims.kv_rank :]
    keys = np.einsum("hrn,sr->hsn", key_weights(dims, w, layer), c)
    scores = np.einsum("thn,hsn->hts", nope, keys) + np.einsum("thr,sr->hts", rope, k_rope)
    seen = np.arange(len(tokens))[None] <= len(cache) + np.arange(n)[:, None]
    p = np.where(seen[None], np.exp(scores / np.sqrt(dims.nope + dims.rope)), 0)
    p /= p.sum(axis=-1, keepdims=True)
    v_up = w["attn.v_up"][layer].reshape(dims.kv_rank, heads, dims.value)
    out = np.einsum("hts,sr,rhv->thv", p, c, v_up).reshape(n, -1)
    return out @ w["attn.out"][layer], tokens


def mixture(dims: Latent, w: dict[str, Array], x: Array, picks: Array) -> Array:
    scores = 1 / (1 + np.exp(-(x @ w["moe.router"][0])))
    out = reference.gated(x, w["moe.shared_gate_up"][0], w["moe.shared_down"][0])
    for t, row in enumerate(picks):
        whole = scores[t, row].sum()
        for e in row:
            given = reference.gated(x[t], w["moe.gate_up"][e], w["moe.down"][e])
            out[t] += dims.scale * scores[t, e] / whole * given
    return out


def logits_of(
    dims: Latent, w: dict[str, Array], x: Array, caches: Array, rotation: Array, picks: Array
) -> tuple[Array, Array]:
    """Logits of the last token, and the cache of each layer."""
    kept = []
    for layer in range(dims.layers):
        part, tokens = attend(
            dims, w, layer, normed(x, w["norms"][2 * layer]), caches[layer], rotation
        )
        kept.append(tokens)
        x = x + part
        part = normed(x, w["norms"][2 * layer + 1])
        dense = reference.gated(part, w["mlp.gate_up"][0], w["mlp.down"][0]) if layer == 0 else None
        x = x + (mixture(dims, w, part, picks) if dense is None else dense)
    return (normed(x[-1:], w["norms"][-1]) @ w["lm_head"][0])[0], np.array(kept)


class Case:
    """A model lowered for a chip, with values for its tensors."""

    def __init__(
        self,
        folder: Path,
        chip: str,
        kind: str,
        dims: Latent,
        phase: Phase,
        batch: int,
        context: int,
        attention: Literal["auto", "fused", "unfused"] = "auto",
        accumulators: str | None = None,
    ) -> None:
        self.dims, self.kind, self.batch, self.context = dims, kind, batch, context
        self.phase, self.rng = phase, np.random.default_rng(9)
        changes: dict[str, object] = {"pe.rates.fp16": 1} if chip == "edu-8x8" else {}
        if accumulators:
            changes["acc.capacity"] = accumulators
        self.chip = npulse.load_chip(chip).with_(parameters=changes)
        self.tokens = context if phase == "prefill" else 1
        count = batch * self.tokens
        self.picks = np.array(
            [self.rng.permutation(dims.experts)[: dims.picked] for _ in range(count)]
        )
        (folder / MODEL).write_text(json.dumps(dims.config()))
        choice = folder / "experts.json"
        choice.write_text(json.dumps({"1": self.picks.tolist()}))
        self.program = npulse.lower(
            folder / MODEL,
            self.chip,
            phase=phase,
            batch=batch,
            context=context,
            weights=kind,
            experts=str(choice),
            attention=attention,
        )
        self.inputs = self.values()

    def values(self) -> dict[str, Array]:
        given: dict[str, Array] = {}
        for name, tensor in self.program.tensors.items():
            if tensor.role == "output":
                continue
            given[name] = reference.random_matrix(self.rng, self.kind, *tensor.shape)
            if "norms" in name:
                given[name] = self.rounded(self.rng.uniform(0.5, 1.5, tensor.shape))
        prefill = self.phase == "prefill"
        positions = np.arange(self.context) if prefill else np.array([self.context])
        given["rotation"] = self.rounded(self.dims.rotation(positions))
        block = int(self.program.meta["moe.picks_block"])
        places = np.arange(len(self.picks))[:, None] % block * self.dims.experts + self.picks
        return given | {"moe.picks": places[None].astype(np.float64)}

    def rounded(self, values: Array) -> Array:
        return as_type(values.astype("f4"), self.kind)

    def cache(self, sequence: int, values: npulse.Execution | dict[str, Array]) -> Array:
        held = values if isinstance(values, dict) else values.outputs
        parts = [held[n][:, 0, sequence] for n in ("keys", "values")]
        return np.concatenate(parts, axis=-1)

    def require_equal(self, got: npulse.Execution) -> None:
        """Logits and cache of every sequence."""
        for s in range(self.batch):
            mine = np.arange(s * self.tokens, (s + 1) * self.tokens)
            old = np.zeros((self.dims.layers, 0, self.dims.kv_rank + self.dims.rope))
            if self.phase == "decode":
                old = self.cache(s, self.inputs)[:, : self.context]
            x = self.inputs["embedding"][mine * 7919 % self.dims.vocab]
            logits, kept = logits_of(
                self.dims, self.inputs, x, old, self.inputs["rotation"], self.picks[mine]
            )
            self.require_near(got.outputs["logits"][s], logits)
            self.require_near(self.cache(s, got), kept)

    def require_near(self, got: Array, expected: Array) -> None:
        error = np.linalg.norm(got - expected) / np.linalg.norm(expected)
        assert error < 6 * EPSILON[self.kind]


@pytest.mark.parametrize(("chip", "kind"), CHIPS)
@pytest.mark.parametrize("q_rank", [24, None])
def test_a_decode_step_is_its_definition(
    tmp_path: Path, chip: str, kind: str, q_rank: int | None
) -> None:
    case = Case(tmp_path, chip, kind, Latent(q_rank=q_rank), "decode", 2, 11)
    case.require_equal(npulse.execute(case.chip, case.program, inputs=case.inputs))


@pytest.mark.parametrize(("chip", "kind"), CHIPS)
@pytest.mark.parametrize("q_rank", [24, None])
@pytest.mark.parametrize("form", ["fused", "fused in chunks", "unfused"])
def test_a_prefill_is_its_definition(
    tmp_path: Path, chip: str, kind: str, q_rank: int | None, form: str
) -> None:
    chunks, unfused = form == "fused in chunks", form == "unfused"
    case = Case(
        tmp_path,
        chip,
        kind,
        Latent(q_rank=q_rank),
        "prefill",
        2,
        130 if chunks else 37,
        "unfused" if unfused else "fused",
        "2 KiB" if chunks else None,
    )
    assert ("plan.score_bytes" in case.program.meta) == unfused
    assert reference.has_online_softmax(case.program, tmp_path) == chunks
    case.require_equal(npulse.execute(case.chip, case.program, inputs=case.inputs))


@pytest.mark.parametrize(("chip", "kind"), CHIPS)
def test_decode_reads_what_prefill_keeps(tmp_path: Path, chip: str, kind: str) -> None:
    """A prompt, and one token more by the absorbed form: the logits of the longer prompt."""
    dims, context = Latent(), 20
    prompt, longer = (
        Case(tmp_path, chip, kind, dims, "prefill", 1, tokens) for tokens in (context, context + 1)
    )
    weights = {
        name: values
        for name, values in longer.inputs.items()
        if prompt.program.tensors[name].role == "weight"
    }
    # Experts of the same tokens: the generator draws them in their order.
    np.testing.assert_array_equal(prompt.picks, longer.picks[:context])
    kept = npulse.execute(prompt.chip, prompt.program, inputs=prompt.inputs | weights).outputs
    expected = npulse.execute(longer.chip, longer.program, inputs=longer.inputs).outputs["logits"]

    step = Case(tmp_path, chip, kind, dims, "decode", 1, context)
    step_picks = tmp_path / "step.json"
    step_picks.write_text(json.dumps({"1": longer.picks[context:].tolist()}))
    program = npulse.lower(
        tmp_path / MODEL,
        step.chip,
        batch=1,
        context=context,
        weights=kind,
        experts=str(step_picks),
    )
    inputs = step.inputs | weights
    inputs["moe.picks"] = longer.picks[None, context:].astype(np.float64)
    inputs["embedding"] = np.roll(weights["embedding"], -(context * 7919 % dims.vocab), axis=0)
    by_head = np.array([key_weights(dims, weights, layer) for layer in range(dims.layers)])
    inputs["attn.k_up"] = by_head.transpose(0, 3, 1, 2).reshape(dims.layers, dims.nope, -1)
    for name in ("keys", "values"):
        inputs[name][:, :, :, :context] = kept[name]
    step.require_near(npulse.execute(step.chip, program, inputs=inputs).outputs["logits"], expected)


@pytest.mark.parametrize(("chip", "kind"), CHIPS)
def test_a_latent_prefill_waits_enough(tmp_path: Path, chip: str, kind: str) -> None:
    case = Case(tmp_path, chip, kind, Latent(), "prefill", 2, 9)
    got = npulse.execute(case.chip, case.program, inputs=case.inputs, orders="all")
    assert got.orders > 4
    assert got.differences == ()
    assert npulse.run(case.chip, case.program).cycles > 0

# SPDX-License-Identifier: Apache-2.0
"""What instructions and models mean, in NumPy, written from docs/isa.md alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import npulse

Array = NDArray[Any]
INTEGERS = {"i4": 4, "i8": 8, "i16": 16, "i32": 32}
EPSILON = {"fp8": 2.0**-4, "bf16": 2.0**-8, "fp16": 2.0**-11, "fp32": 2.0**-24}
"""Half of the distance from 1 to the next number."""


def _fp8_numbers() -> Array:
    """The magnitudes of E4M3 in order of their codes: 126 after 0; the last code is no number."""
    codes = np.arange(127)
    exponent, fraction = codes >> 3, codes & 7
    small = fraction * 2.0**-9
    numbers: Array = np.where(exponent == 0, small, (1 + fraction / 8) * 2.0 ** (exponent - 7.0))
    return numbers


def as_type(values: Any, kind: str) -> Array:
    """`values` rounded to nearest even, saturated where the type saturates, as float64."""
    x = np.asarray(values, dtype=np.float64)
    if kind in INTEGERS:
        limit = 2 ** (INTEGERS[kind] - 1)
        return np.asarray(np.clip(np.rint(x), -limit, limit - 1))
    if kind == "fp8":
        numbers = _fp8_numbers()
        size = np.minimum(np.abs(x), numbers[-1])
        above = np.clip(np.searchsorted(numbers, size), 1, len(numbers) - 1)
        down, up = size - numbers[above - 1], numbers[above] - size
        lower = (down < up) | ((down == up) & ((above - 1) % 2 == 0))
        return np.asarray(np.copysign(np.where(lower, numbers[above - 1], numbers[above]), x))
    with np.errstate(over="ignore"):
        if kind == "fp16":
            return x.astype(np.float16).astype(np.float64)
        single = x.astype(np.float32)
    if kind == "fp32":
        return single.astype(np.float64)
    bits: Array = single.view(np.uint32).astype(np.uint64)
    exact = single.astype(np.float64) == x  # else round from the double, not twice
    assert kind == "bf16"
    assert exact.all()
    bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return bits.astype(np.uint32).view(np.float32).astype(np.float64)


def product(a: Array, b: Array, exact: bool, before: Array | None = None) -> Array:
    """a x b: exact for integers, else products and sums in fp32, in the order of k."""
    if exact:
        sums = a.astype(np.int64) @ b.astype(np.int64)
        return sums.astype(np.float64) + (0 if before is None else before)
    total = np.zeros((a.shape[0], b.shape[1]), np.float32)
    if before is not None:
        total = before.astype(np.float32)
    left, right = a.astype(np.float32), b.astype(np.float32)
    for k in range(a.shape[1]):
        total = total + np.outer(left[:, k], right[k])
    return total.astype(np.float64)


def bits_of(data: Array) -> Array:
    """Bits of bytes, low bit of each first."""
    return np.unpackbits(np.asarray(data, np.uint8), bitorder="little")


def number(bits: Array) -> int:
    return int(sum(int(bit) << i for i, bit in enumerate(bits)))


def signed(bits: Array) -> int:
    value = number(bits)
    return value - (1 << len(bits)) if bits[-1] else value


def half(bits: Array) -> float:
    return float(np.array([number(bits)], np.uint16).view(np.float16)[0])


E2M1 = (0, 0.5, 1, 1.5, 2, 3, 4, 6)


@dataclass(frozen=True)
class Codec:
    """Group, bits of an element and of a group's metadata; 2:4 stores half of the elements."""

    group: int
    payload: int
    metadata: int


CODECS = {
    "int4g128": Codec(128, 4, 16),
    "int4g64": Codec(64, 4, 16),
    "int4g32": Codec(32, 4, 16),
    "int8g32": Codec(32, 8, 16),
    "awq4g128": Codec(128, 4, 20),
    "awq3g128": Codec(128, 3, 19),
    "mxfp4": Codec(32, 4, 8),
    "bcq2g128": Codec(128, 2, 32),
    "bcq3g128": Codec(128, 3, 48),
    "bcq4g128": Codec(128, 4, 64),
    "fp16_2of4": Codec(4, 16, 4),
    "int8_2of4": Codec(4, 8, 4),
    "int4_2of4": Codec(4, 4, 4),
}


def row_bytes(name: str, columns: int) -> int:
    codec = CODECS[name]
    groups = -(-columns // codec.group)
    if name.endswith("2of4"):
        return -(-groups * 2 * codec.payload // 8) + -(-groups * 4 // 8)
    if name == "int4g128":
        return sum(2 + -(-min(128, columns - g * 128) // 2) for g in range(groups))
    return -(-columns * codec.payload // 8) + -(-groups * codec.metadata // 8)


def decode_group(name: str, metadata: Array, payload: Array, count: int) -> list[float]:
    width = CODECS[name].payload
    cells = [payload[i * width : (i + 1) * width] for i in range(count)]
    if name.endswith("2of4"):
        kept = [payload[i * width : (i + 1) * width] for i in range(2)]
        out = [0.0] * 4
        for i, cell in enumerate(kept):
            out[number(metadata[2 * i : 2 * i + 2])] = (
                half(cell) if name.startswith("fp16") else signed(cell)
            )
        return out[:count]
    if name == "mxfp4":
        scale = 2.0 ** (number(metadata) - 127)
        return [scale * E2M1[number(c[:3])] * (-1 if c[3] else 1) for c in cells]
    if name.startswith("bcq"):
        scales = [half(metadata[16 * p : 16 * p + 16]) for p in range(width)]
        return [sum(-s if bit else s for s, bit in zip(scales, c, strict=True)) for c in cells]
    scale = half(metadata[:16])
    if name.startswith("awq"):
        zero = number(metadata[16:])
        return [scale * (number(c) - zero) for c in cells]
    return [scale * signed(c) for c in cells]


def decode_row(name: str, data: Array, columns: int) -> list[float]:
    """The numbers of one coded row."""
    codec, out = CODECS[name], list[float]()
    groups = -(-columns // codec.group)
    sparse = name.endswith("2of4")
    head = -(-groups * codec.metadata // 8)
    metadata, payload = bits_of(data[:head]), bits_of(data[head:])
    for g in range(groups):
        count = min(codec.group, columns - g * codec.group)
        if name == "int4g128":
            part = data[66 * g :]
            out += decode_group(name, bits_of(part[:2]), bits_of(part[2:]), count)
            continue
        step = 2 * codec.payload if sparse else codec.group * codec.payload
        meta = metadata[g * codec.metadata : (g + 1) * codec.metadata]
        out += decode_group(name, meta, payload[g * step :], count)
    return out


def random_matrix(rng: np.random.Generator, kind: str, *shape: int) -> Array:
    """Weights whose products are as large as what they multiply."""
    scale = 1 / np.sqrt(shape[-2])
    return as_type((rng.standard_normal(shape) * scale).astype(np.float32), kind)


def has_online_softmax(program: npulse.Program, folder: Path) -> bool:
    """Whether its attention goes chunk by chunk: exponentials by themselves."""
    program.save(folder / "program.npt")
    return " vec exp " in (folder / "program.npt").read_text()


@dataclass(frozen=True)
class Dims:
    """A small transformer."""

    hidden: int
    ffn: int
    heads: int
    kv_heads: int
    head_dim: int
    vocab: int
    layers: int = 1
    theta: float = 10000.0
    epsilon: float = 1e-5

    def config(self) -> dict[str, object]:
        """As a Hugging Face config.json."""
        return {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "hidden_size": self.hidden,
            "intermediate_size": self.ffn,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads,
            "head_dim": self.head_dim,
            "vocab_size": self.vocab,
            "num_hidden_layers": self.layers,
            "rope_theta": self.theta,
            "rms_norm_eps": self.epsilon,
            "tie_word_embeddings": False,
        }

    def rotation(self, positions: Array) -> Array:
        """Cosines, then sines, of each position."""
        h = self.head_dim // 2
        angles = positions[:, None] * self.theta ** (-np.arange(h) / h)
        return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)


def _norm(x: Array, weight: Array, epsilon: float) -> Array:
    normed: Array = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + epsilon) * weight
    return normed


def _rotate(x: Array, rotation: Array) -> Array:
    h = x.shape[-1] // 2
    cosine, sine = rotation[:, None, :h], rotation[:, None, h:]
    low, high = x[..., :h], x[..., h:]
    return np.concatenate([low * cosine - high * sine, high * cosine + low * sine], axis=-1)


def gated(x: Array, gate_up: Array, down: Array) -> Array:
    """A feed-forward part with SiLU; gate_up is [2, hidden, width]."""
    gate, up = x @ gate_up[0], x @ gate_up[1]
    out: Array = (gate / (1 + np.exp(-gate)) * up) @ down
    return out


def transformer(
    dims: Dims,
    weights: dict[str, Array],
    x: Array,
    rotation: Array,
    keys: Array,
    values: Array,
    *,
    feed_forward: Callable[[int, Array], Array] | None = None,
) -> tuple[Array, Array, Array]:
    """Logits of the last token of `x`, and the extended caches [layer, head, token, dim].

    `feed_forward(layer, normed)` stands for the dense one.
    """

    def dense(layer: int, normed: Array) -> Array:
        return gated(normed, weights["mlp.gate_up"][layer], weights["mlp.down"][layer])

    d, q_width, kv_width = dims.head_dim, dims.heads * dims.head_dim, dims.kv_heads * dims.head_dim
    new_keys, new_values = [], []
    for layer in range(dims.layers):
        normed = _norm(x, weights["norms"][2 * layer], dims.epsilon)
        qkv = normed @ weights["attn.qkv"][layer]
        q = _rotate(qkv[:, :q_width].reshape(-1, dims.heads, d), rotation)
        k = _rotate(qkv[:, q_width : q_width + kv_width].reshape(-1, dims.kv_heads, d), rotation)
        v = qkv[:, q_width + kv_width :].reshape(-1, dims.kv_heads, d)
        k = np.concatenate([keys[layer], k.transpose(1, 0, 2)], axis=1)
        v = np.concatenate([values[layer], v.transpose(1, 0, 2)], axis=1)
        group = dims.heads // dims.kv_heads
        scores = np.einsum("thd,hsd->ths", q, np.repeat(k, group, axis=0)) / np.sqrt(d)
        before = k.shape[1] - len(x)
        seen = np.arange(k.shape[1])[None, :] <= before + np.arange(len(x))[:, None]
        scores = np.where(seen[:, None, :], scores, -np.inf)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        heads = np.einsum("ths,hsd->thd", scores, np.repeat(v, group, axis=0)).reshape(len(x), -1)
        x = x + heads @ weights["attn.out"][layer]
        normed = _norm(x, weights["norms"][2 * layer + 1], dims.epsilon)
        x = x + (feed_forward or dense)(layer, normed)
        new_keys.append(k)
        new_values.append(v)
    logits = _norm(x[-1:], weights["norms"][-1], dims.epsilon) @ weights["lm_head"][0]
    return logits[0], np.array(new_keys), np.array(new_values)

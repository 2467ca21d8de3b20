# SPDX-License-Identifier: Apache-2.0
"""Lab 5: a language model decodes from LPDDR and from HBM, with plain and with coded weights."""

from __future__ import annotations

from functools import cache
from typing import Literal

from ..chip import load_chip
from ..report import Report
from ..simulate import run
from .grading import Question

HBM = "hbm3-6400"
LPDDR = "lpddr5x-8533"
LAYERS = (0, 4)
"""A slice of the 32 layers; all layers are alike."""
Weights = Literal["fp8", "int4g128"]


@cache
def decode(memory: str, weights: Weights = "fp8") -> Report:
    """A decode step of four layers of Llama-3.1-8B, context 2048, on `rngd` with this memory."""
    chip = load_chip("rngd").with_(memory=memory)
    return run(chip, "llama-3.1-8b", phase="decode", weights=weights, layers=LAYERS)


def speedup(memory: str) -> float:
    """What coding the weights in 4 bits buys."""
    return decode(memory, "fp8").latency_s / decode(memory, "int4g128").latency_s


def _less_energy() -> str:
    return min((HBM, LPDDR), key=lambda memory: decode(memory).program.energy_per_token_j)


QUESTIONS = (
    Question(
        "bytes_fp8",
        "bytes that a token reads from memory, weights and KV cache in fp8",
        lambda: decode(HBM).memory.bytes_read,
        "A layer has 2 x 4096 x 4096 + 2 x 4096 x 1024 + 3 x 4096 x 14336 weights, and its cache "
        "2 x 1024 values for each of 2048 tokens.",
        tolerance=0.02,
    ),
    Question(
        "tokens_hbm",
        "tokens (through four layers) a second from HBM",
        lambda: decode(HBM).program.tokens_per_s,
        "At most peak bandwidth over bytes a token; a memory reaches 85 to 92 % of its peak.",
        tolerance=0.12,
    ),
    Question(
        "tokens_lpddr",
        "tokens a second from LPDDR5X",
        lambda: decode(LPDDR).program.tokens_per_s,
        "As from HBM, with the peak of this memory.",
        tolerance=0.12,
    ),
    Question(
        "bytes_int4",
        "bytes that a token reads with int4g128 weights and the cache in bf16",
        lambda: decode(HBM, "int4g128").memory.bytes_read,
        "128 weights take 64 bytes and a scale of 2; the cache takes twice what it took in fp8.",
        tolerance=0.03,
    ),
    Question(
        "speedup_lpddr",
        "how many times as fast int4g128 is on LPDDR5X",
        lambda: speedup(LPDDR),
        "As many times as the bytes are fewer, while memory bounds both.",
        tolerance=0.08,
    ),
    Question(
        "bound_hbm_int4",
        "what bounds int4g128 on HBM: 'memory', 'decompressor', 'matrix', 'vector' or 'latency'?",
        lambda: decode(HBM, "int4g128").bound.by,
        "8 cores expand 256 bytes of bf16 a cycle each at 1 GHz; how long does that take for all "
        "weights, and how long does memory take?",
    ),
    Question(
        "speedup_hbm",
        "how many times as fast int4g128 is on HBM",
        lambda: speedup(HBM),
        "The weights in bf16 (2 bytes each) go through the decompressors at 2.05 TB/s; they are "
        "busy nine tenths of the time.",
        tolerance=0.12,
    ),
    Question(
        "less_energy",
        "'hbm3-6400' or 'lpddr5x-8533': which needs less energy a token in fp8?",
        _less_energy,
        "Energy a bit is not all: the chip's static power runs for as long as the token takes.",
    ),
)

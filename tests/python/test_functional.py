# SPDX-License-Identifier: Apache-2.0
"""Programs executed on values, against NumPy: equal to the bit, or within the type's rounding."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import npulse
import reference
from reference import CODECS, EPSILON, Array, Dims, as_type

CHIPS = ("rngd", "bertha", "edu-8x8")
ALL_TYPES = ["i4", "i8", "i16", "i32", "fp8", "bf16", "fp16", "fp32"]
LAB_QUEUES = ".queue ld dma\n.queue st dma\n.queue mx matrix\n.queue vec vector\n"


@pytest.fixture(scope="module")
def chips() -> dict[str, npulse.Chip]:
    codecs = {"dma.codecs": list(CODECS)}
    return {name: npulse.load_chip(name).with_(parameters=codecs) for name in CHIPS}


@pytest.fixture(scope="module")
def lab() -> npulse.Chip:
    able = {"dma.codecs": list(CODECS), "vector.types": ALL_TYPES}
    return npulse.load_chip("edu-8x8").with_(parameters=able)


def random(rng: np.random.Generator, shape: tuple[int, ...], kind: str) -> Array:
    if kind in reference.INTEGERS:
        limit = 2 ** min(7, reference.INTEGERS[kind] - 1)
        return rng.integers(-limit, limit, shape).astype(np.float64)
    return as_type(rng.uniform(-0.5, 0.5, shape).astype(np.float32), kind)


def gemm(rng: np.random.Generator, chip: npulse.Chip, weights: str) -> None:
    m, n, k = (int(x) for x in rng.integers(1, 70, 3))
    program = npulse.lower(f"gemm:{m},{n},{k}", chip, weights=weights)
    kinds = {name: tensor.type for name, tensor in program.tensors.items()}
    a, b = random(rng, (m, k), kinds["a"]), random(rng, (k, n), kinds["b"])
    c = npulse.execute(chip, program, inputs={"a": a, "b": b}).outputs["c"]
    exact = kinds["a"] in reference.INTEGERS
    np.testing.assert_array_equal(c, as_type(reference.product(a, b, exact), kinds["c"]))


@pytest.mark.parametrize(
    ("name", "weights"),
    [(c, w) for c in ("rngd", "bertha") for w in ("bf16", "fp8", "int8")] + [("edu-8x8", "int8")],
)
def test_a_lowered_product_is_the_product(
    chips: dict[str, npulse.Chip], name: str, weights: str
) -> None:
    rng = np.random.default_rng(1)
    for _ in range(30):
        gemm(rng, chips[name], weights)


def lab_program(tmp_path: Path, tensors: list[str], body: list[str]) -> npulse.Program:
    lines = [f".tensor {tensor}" for tensor in tensors]
    path = tmp_path / "lab.npt"
    text = "\n".join([".npu 1.0", ".sync hazard", LAB_QUEUES, *lines, "core 0 {", *body, "}\n"])
    path.write_text(text)
    return npulse.load_program(path)


def through(vec: str, rows: int, columns: int, x: str, out: str, more: str = "") -> tuple[Any, ...]:
    """Loads x and y, executes one vector instruction, stores the result."""
    return (
        [
            f"x input at=dram:0x0 shape=[{rows},{columns}] type={x}",
            f"y input at=dram:0x8000 shape=[{rows},{columns}] type={x}",
            f"z output at=dram:0x10000 shape=[{rows},{columns}] type={out}",
        ],
        [
            f"ld: dma dst=spm:0x0 src=dram:0x0 shape=[{rows},{columns}] type={x}",
            f"ld: dma dst=spm:0x8000 src=dram:0x8000 shape=[{rows},{columns}] type={x}",
            f"vec: vec {vec} dst=spm:0x10000 x=spm:0x0 rows={rows} cols={columns} "
            f"x_type={x} y_type={x} dst_type={out} {more}",
            f"st: dma dst=dram:0x10000 src=spm:0x10000 shape=[{rows},{columns}] type={out}",
        ],
    )


def _softmax(x: Array, scale: float) -> Array:
    e: Array = np.exp(scale * x - (scale * x).max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


VECTOR_KINDS: dict[str, Callable[[Array, Array], Array]] = {
    "copy": lambda x, y: x,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
    "relu": lambda x, y: np.maximum(x, 0),
    "exp": lambda x, y: np.exp(x),
    "sigmoid": lambda x, y: 1 / (1 + np.exp(-x)),
    "tanh": lambda x, y: np.tanh(x),
    "silu": lambda x, y: x / (1 + np.exp(-x)),
    "softmax": lambda x, y: _softmax(x, 0.25),
    "rmsnorm": lambda x, y: x / np.sqrt((x * x).mean(axis=1, keepdims=True) + 0.25) * y,
    "layernorm": lambda x, y: (
        (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + 0.25) * y
    ),
}
WITH_Y = {"add", "sub", "mul", "max", "min", "rmsnorm", "layernorm"}


@pytest.mark.parametrize("kind", VECTOR_KINDS)
def test_a_vector_operation_is_its_formula(lab: npulse.Chip, tmp_path: Path, kind: str) -> None:
    rng = np.random.default_rng(2)
    for x_kind in ("fp32", "bf16", "fp16", "i8"):
        for out_kind in ("fp32", "bf16", "fp8", "i8"):
            rows, columns = (int(x) for x in rng.integers(1, 20, 2))
            more = "y=spm:0x8000" if kind in WITH_Y else "scalar=0.25"
            if kind in ("rmsnorm", "layernorm"):
                more += " scalar=0.25"
            if kind not in WITH_Y and kind != "softmax":
                more = ""
            program = lab_program(tmp_path, *through(kind, rows, columns, x_kind, out_kind, more))
            x, y = (random(rng, (rows, columns), x_kind) for _ in range(2))
            if x_kind == "i8":
                x, y = x / 32 // 1, y / 32 // 1
            z = npulse.execute(lab, program, inputs={"x": x, "y": y}).outputs["z"]
            exact = VECTOR_KINDS[kind](x, y)
            expected = as_type(exact.astype(np.float32), out_kind)
            one_apart = np.abs(expected) * 2 * EPSILON.get(out_kind, 0) + (out_kind == "i8")
            assert (np.abs(z - expected) <= one_apart).all()  # libm may differ in the last bit
            assert (z == expected).mean() >= 0.9


@pytest.mark.parametrize("kind", ["exp", "reduce_max", "reduce_sum"])
def test_what_causality_hides_does_not_count(lab: npulse.Chip, tmp_path: Path, kind: str) -> None:
    rng = np.random.default_rng(9)
    for offset in (-3, 0, 2, 40):
        rows, columns = (int(n) for n in rng.integers(4, 20, 2))
        more = f"causal={offset}" + (" scalar=0.25" if kind == "exp" else "")
        program = lab_program(tmp_path, *through(kind, rows, columns, "fp32", "fp32", more))
        x = random(rng, (rows, columns), "fp32")
        seen = np.tri(rows, columns, offset, dtype=bool)
        z = npulse.execute(lab, program, inputs={"x": x, "y": x}).outputs["z"]
        expected = {
            "exp": np.where(seen, np.exp(0.25 * x), 0),
            "reduce_max": np.where(seen, x, -np.inf).max(axis=1),
            "reduce_sum": np.where(seen, x, 0).sum(axis=1),
        }[kind]  # a reduction fills only the first places
        np.testing.assert_allclose(z.ravel()[: expected.size], expected.ravel(), 1e-5, 1e-5)


def test_pooling_transposing_gathering(lab: npulse.Chip, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    x = random(rng, (6, 8, 3), "i8")
    program = lab_program(
        tmp_path,
        [
            "x input at=dram:0x0 shape=[6,8,3]",
            "rows input at=dram:0x400 shape=[4] type=i32",
            "most output at=dram:0x1000 shape=[3,4,3]",
            "mean output at=dram:0x2000 shape=[3,4,3] type=fp32",
            "turned output at=dram:0x3000 shape=[3,6,8]",
            "picked output at=dram:0x4000 shape=[4,8,3]",
        ],
        [
            "ld: dma dst=spm:0x0 src=dram:0x0 shape=[144]",
            "ld: dma dst=spm:0x400 src=dram:0x400 shape=[4] type=i32",
            "vec: vec pool_max dst=spm:0x1000 x=spm:0x0 rows=48 cols=3 x_type=i8 dst_type=i8 "
            "window=[6,8,2,2] stride=[2,2]",
            "vec: vec pool_avg dst=spm:0x2000 x=spm:0x0 rows=48 cols=3 x_type=i8 dst_type=fp32 "
            "window=[6,8,2,2] stride=[2,2]",
            "vec: xform transpose dst=spm:0x3000 src=spm:0x0 shape=[6,8,3] perm=[2,0,1]",
            "vec: xform gather dst=spm:0x4000 src=spm:0x0 index=spm:0x400 indices=4 shape=[6,24]",
            "st: dma dst=dram:0x1000 src=spm:0x1000 shape=[36]",
            "st: dma dst=dram:0x2000 src=spm:0x2000 shape=[36] type=fp32",
            "st: dma dst=dram:0x3000 src=spm:0x3000 shape=[144]",
            "st: dma dst=dram:0x4000 src=spm:0x4000 shape=[96]",
        ],
    )
    rows = np.array([5, 0, 0, 3])
    got = npulse.execute(lab, program, inputs={"x": x, "rows": rows}, orders="all")
    assert got.differences == ()
    windows = x.reshape(3, 2, 4, 2, 3)
    np.testing.assert_array_equal(got.outputs["most"], windows.max(axis=(1, 3)))
    np.testing.assert_array_equal(got.outputs["mean"], windows.mean(axis=(1, 3)))
    np.testing.assert_array_equal(got.outputs["turned"], x.transpose(2, 0, 1))
    np.testing.assert_array_equal(got.outputs["picked"], x[rows])


def test_dma_copies_strided_and_padded_blocks(lab: npulse.Chip, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    for kind in ("i8", "i16", "fp16", "fp32") * 10:
        whole = tuple(int(x) for x in rng.integers(2, 9, 3))
        shape = [int(rng.integers(1, e + 1)) for e in whole]
        low, high = ([int(x) for x in rng.integers(0, 3, 3)] for _ in range(2))
        block = [a + b + c for a, b, c in zip(low, shape, high, strict=True)]
        stride = f"[{whole[1] * whole[2]},{whole[2]},1]"
        text = ",".join(map(str, block))
        program = lab_program(
            tmp_path,
            [
                f"x input at=dram:0x0 shape={list(whole)} type={kind}".replace(", ", ","),
                f"y output at=dram:0x8000 shape=[{text}] type={kind}",
            ],
            [
                f"ld: dma dst=spm:0x0 src=dram:0x0 shape={shape} type={kind} src_stride={stride} "
                f"pad_lo={low} pad_hi={high} pad_value=7".replace(", ", ","),
                f"st: dma dst=dram:0x8000 src=spm:0x0 shape=[{text}] type={kind}",
            ],
        )
        x = random(rng, whole, kind)
        expected = np.pad(
            x[tuple(slice(e) for e in shape)],
            list(zip(low, high, strict=True)),
            constant_values=7,
        )
        y = npulse.execute(lab, program, inputs={"x": x}).outputs["y"]
        np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("codec", CODECS)
def test_dma_expands_coded_rows(lab: npulse.Chip, tmp_path: Path, codec: str) -> None:
    rng = np.random.default_rng(5)
    for columns in (1, 7, 32, 33, 128, 129, 300):
        rows = int(rng.integers(1, 4))
        size = reference.row_bytes(codec, columns)
        program = lab_program(
            tmp_path,
            [
                f"coded input at=dram:0x0 shape=[{rows},{size}]",
                f"y output at=dram:0x8000 shape=[{rows},{columns}] type=fp32",
            ],
            [
                f"ld: dma dst=spm:0x0 src=dram:0x0 shape=[{rows},{columns}] type=fp32 "
                f"codec={codec} compressed_bytes={rows * size}",
                f"st: dma dst=dram:0x8000 src=spm:0x0 shape=[{rows},{columns}] type=fp32",
            ],
        )
        coded = rng.integers(0, 256, (rows, size)).astype(np.uint8)
        got = npulse.execute(lab, program, inputs={"coded": coded.view(np.int8)}).outputs["y"]
        for row, data in zip(got, coded, strict=True):
            with np.errstate(over="ignore", invalid="ignore"):
                expected = np.array(reference.decode_row(codec, data, columns)).astype(np.float32)
            np.testing.assert_array_equal(row, expected)


def attention_weights(rng: np.random.Generator, dims: Dims, kind: str) -> dict[str, Array]:
    q, kv = dims.heads * dims.head_dim, dims.kv_heads * dims.head_dim

    def matrix(*shape: int) -> Array:
        return reference.random_matrix(rng, kind, *shape)

    return {
        "attn.qkv": matrix(dims.layers, dims.hidden, q + 2 * kv),
        "attn.out": matrix(dims.layers, q, dims.hidden),
        "mlp.gate_up": matrix(dims.layers, 2, dims.hidden, dims.ffn),
        "mlp.down": matrix(dims.layers, dims.ffn, dims.hidden),
        "lm_head": matrix(1, dims.hidden, dims.vocab),
        "embedding": as_type(rng.standard_normal((dims.vocab, dims.hidden)).astype("f4"), kind),
        "norms": as_type(
            rng.uniform(0.5, 1.5, (2 * dims.layers + 1, dims.hidden)).astype("f4"), kind
        ),
    }


def token_rows(count: int, dims: Dims, first: int = 0) -> Array:
    """Which rows of the embedding stand for tokens: docs/functional.md."""
    return (np.arange(first, first + count) * 7919) % dims.vocab


def assert_near(got: Array, expected: Array, kind: str) -> None:
    error = np.linalg.norm(got - expected) / np.linalg.norm(expected)
    assert error < 4 * EPSILON[kind]


TRANSFORMERS = [
    ("rngd", "bf16", Dims(64, 160, 4, 2, 16, 96)),
    ("rngd", "bf16", Dims(48, 100, 6, 3, 8, 61, layers=2)),
    ("bertha", "bf16", Dims(64, 160, 4, 4, 16, 96)),
    ("bertha", "fp16", Dims(40, 72, 4, 1, 10, 50)),
    ("edu-8x8", "fp16", Dims(32, 64, 4, 2, 8, 40)),
]


def transformer_chip(chips: dict[str, npulse.Chip], name: str) -> npulse.Chip:
    if name != "edu-8x8":
        return chips[name]
    return chips[name].with_(parameters={"pe.rates.fp16": 1})  # shipped, it multiplies i8 only


@pytest.mark.parametrize(("name", "kind", "dims"), TRANSFORMERS)
@pytest.mark.parametrize("batch", [1, 3])
def test_a_decode_step_is_the_models(
    chips: dict[str, npulse.Chip], tmp_path: Path, name: str, kind: str, dims: Dims, batch: int
) -> None:
    rng = np.random.default_rng(6)
    context = int(rng.integers(5, 40))
    chip = transformer_chip(chips, name)
    (tmp_path / "config.json").write_text(json.dumps(dims.config()))
    model = str(tmp_path / "config.json")
    program = npulse.lower(model, chip, batch=batch, context=context, weights=kind)
    weights = attention_weights(rng, dims, kind)
    rotation = as_type(dims.rotation(np.array([context])).astype("f4"), kind)
    shape = (dims.layers, dims.kv_heads, batch, context + 1, dims.head_dim)
    caches = {n: as_type(rng.standard_normal(shape).astype("f4"), kind) for n in ("keys", "values")}
    inputs = {**weights, **caches, "rotation": rotation}
    got = npulse.execute(chip, program, inputs=inputs).outputs
    for s, row in enumerate(token_rows(batch, dims)):
        old = [caches[n][:, :, s, :context] for n in ("keys", "values")]
        x = weights["embedding"][row][None]
        logits, *new = reference.transformer(dims, weights, x, rotation, *old)
        assert_near(got["logits"][s], logits, kind)
        for n, expected in zip(("keys", "values"), new, strict=True):
            assert_near(got[n][:, :, s, context], expected[:, :, context], kind)
            np.testing.assert_array_equal(got[n][:, :, s, :context], expected[:, :, :context])


@pytest.mark.parametrize(("name", "kind", "dims"), TRANSFORMERS)
@pytest.mark.parametrize("form", ["fused", "fused in chunks", "unfused"])
def test_a_prefill_is_the_models(
    chips: dict[str, npulse.Chip], tmp_path: Path, name: str, kind: str, dims: Dims, form: str
) -> None:
    rng = np.random.default_rng(7)
    batch, context = 2, 2 * int(rng.integers(5, 30))
    chip = transformer_chip(chips, name)
    chunks = form == "fused in chunks"
    if chunks:
        context, chip = 150, chip.with_(parameters={"acc.capacity": "4 KiB"})
    (tmp_path / "config.json").write_text(json.dumps(dims.config()))
    model = str(tmp_path / "config.json")
    program = npulse.lower(
        model,
        chip,
        phase="prefill",
        batch=batch,
        context=context,
        weights=kind,
        attention="unfused" if form == "unfused" else "fused",
    )
    assert ("plan.score_bytes" in program.meta) == (form == "unfused")
    assert reference.has_online_softmax(program, tmp_path) == chunks
    weights = attention_weights(rng, dims, kind)
    rotation = as_type(dims.rotation(np.arange(context)).astype("f4"), kind)
    got = npulse.execute(chip, program, inputs={**weights, "rotation": rotation}).outputs
    empty = np.zeros((dims.layers, dims.kv_heads, 0, dims.head_dim))
    for s in range(batch):
        x = weights["embedding"][token_rows(context, dims, s * context)]
        logits, *new = reference.transformer(dims, weights, x, rotation, empty, empty)
        assert_near(got["logits"][s], logits, kind)
        for n, expected in zip(("keys", "values"), new, strict=True):
            assert_near(got[n][:, :, s], expected, kind)


@pytest.mark.parametrize("phase", ["decode", "prefill"])
@pytest.mark.parametrize("name", CHIPS)
def test_a_lowered_transformer_waits_enough(tmp_path: Path, name: str, phase: Any) -> None:
    (tmp_path / "config.json").write_text(json.dumps(Dims(64, 160, 4, 2, 16, 96).config()))
    model = str(tmp_path / "config.json")
    got = npulse.execute(name, model, phase=phase, batch=2, context=12, orders="all")
    assert got.orders > 4
    assert got.differences == ()


def test_a_run_has_timing_and_outputs(chips: dict[str, npulse.Chip]) -> None:
    report = npulse.run("edu-8x8", "gemm:20,16,24", functional=True, seed=3)
    alone = npulse.execute("edu-8x8", "gemm:20,16,24", seed=3, orders="all")
    assert report.cycles > 0
    assert alone.orders == 1 + 4
    assert alone.differences == ()
    assert alone.instructions > 0
    np.testing.assert_array_equal(report.outputs["c"], alone.outputs["c"])
    other = npulse.execute("edu-8x8", "gemm:20,16,24", seed=4).outputs["c"]
    assert (other != alone.outputs["c"]).any()
    assert npulse.run("edu-8x8", "gemm:20,16,24").outputs == {}


def test_faults_of_a_functional_run_are_typed(lab: npulse.Chip, tmp_path: Path) -> None:
    with pytest.raises(npulse.InputError, match="declares no such input"):
        npulse.execute("edu-8x8", "gemm:8,8,8", inputs={"d": [1]})
    with pytest.raises(npulse.InputError, match="has the shape"):
        npulse.execute("edu-8x8", "gemm:8,8,8", inputs={"a": [1]})
    with pytest.raises(npulse.InputError, match="functional=True"):
        npulse.run("edu-8x8", "gemm:8,8,8", inputs={"a": [1]})
    path = tmp_path / "stuck.npt"
    path.write_text(
        f".npu 1.0\n{LAB_QUEUES}.event go\ncore 0 {{\nld: opaque cycles=1 wait go>=1\n}}\n"
    )
    with pytest.raises(npulse.DeadlockError, match="nothing signals it"):
        npulse.execute(lab, str(path))

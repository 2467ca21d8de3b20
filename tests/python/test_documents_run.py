# SPDX-License-Identifier: Apache-2.0
"""What the documents show: their Python runs, their studies load, their errors are real ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import npulse
from npulse import Program

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    found = BLOCK.findall((DOCS / page).read_text())
    return [text for kind, text in found if kind == language]


def quoted_errors() -> list[str]:
    """First lines of the FAQ's errors, without who says them."""
    said = re.compile(r"^(?:npulse|[\w.]*Error): ")
    return [said.sub("", block.strip()) for block in blocks("faq.md", "")]


def small(name: str, body: str, head: str = ".queue ld dma\n") -> npulse.Report:
    text = f".npu 1.0\n{head}core 0 {{\n {body}\n}}\n"
    return npulse.run("edu-8x8", Program.from_text(text, name=name))


LOAD = "ld: dma dst=spm:0x0 src=dram:0x0 shape=[64]"
MULTIPLY = "mx: mm a=spm:0x0 b=spm:0x20 c=acc:0x0 m=4 n=4 k=4"
FILES = {
    "m.yaml": "layers:\n  gemm:\n    tile: {m: 128, n: 64, k: 256}\n    keep_operands: true\n",
    "bad.yaml": "base:\n  chip: rngd\n  program: llama-3.1-8b\n  program.fase: decode\n",
}
CAUSES: list[Callable[[], object]] = [
    lambda: npulse.load_chip("edu-8x9"),
    lambda: npulse.run("rngd", "lama-3.1-8b"),
    lambda: npulse.load_chip("edu-8x8").with_({"pe.systolic.rws": 4}),
    lambda: npulse.run("edu-8x8", "llama-3.1-8b"),
    lambda: npulse.run("edu-8x8", "llama-3.1-8b", weights="mxfp4"),
    lambda: small("race.npt", f"{LOAD}\n {MULTIPLY}", ".queue ld dma\n.queue mx matrix\n"),
    lambda: small("bad.npt", MULTIPLY.replace("k=4", "kk=4"), ".queue mx matrix\n"),
    lambda: npulse.run("edu-8x8", "gemm:256,256,256", mapping="m.yaml"),
    lambda: npulse.load_study("bad.yaml"),
    lambda: small("dead.npt", f"{LOAD} wait e>=1", ".queue ld dma\n.event e\n"),
    lambda: small("big.npt", LOAD.replace("[64]", "[640000]")),
    lambda: small("other.npt", LOAD, ".target rngd\n.queue ld dma\n"),
    lambda: npulse.run("rngd", "llama-3.1-8b", layers=(0, 8), max_ms=1, weights="fp8"),
]


@pytest.mark.parametrize("cause", CAUSES)
def test_an_error_of_the_faq_is_what_is_said(
    cause: Callable[[], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text)
    with pytest.raises(npulse.Error) as caught:
        cause()
    said = str(caught.value)
    patterns = [re.escape(text).replace(r"\.\.\.", ".*") for text in quoted_errors()]
    assert any(re.fullmatch(pattern, said, re.DOTALL) for pattern in patterns), said


@pytest.mark.parametrize("page", ["quickstart.md", "chips.md", "python.md"])
def test_the_python_of_a_page_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = blocks(page, "python")
    assert code
    for block in code:
        exec(compile(block, page, "exec"), {})


def test_the_studies_of_the_page_on_sweeps_load(tmp_path: Path) -> None:
    studies = blocks("sweeps.md", "yaml")
    assert len(studies) == 2
    for text in studies:
        path = tmp_path / "study.yaml"
        path.write_text(text)
        assert npulse.load_study(path).size in (6, 40)


def test_the_page_on_explaining_shows_what_is_printed(chip: npulse.Chip) -> None:
    shown = blocks("explain.md", "")[0]
    text = npulse.explain(npulse.run(chip, "gemm:256,256,256")).text()
    changes = {"memory.channels": "x2", "pe.systolic.cols": "x2"}
    effects = npulse.what_if(chip, "gemm:256,256,256", changes, workers=1)
    lines = "".join(f"  {effect.text()}\n" for effect in effects)
    assert shown == f"{text}\nBy simulation:\n{lines}"

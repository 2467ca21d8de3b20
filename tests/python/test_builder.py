# SPDX-License-Identifier: Apache-2.0
"""Programs from text, and programs built in Python: both are what the assembler makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import npulse
from npulse import Program, ProgramBuilder
from npulse.places import acc, dram, spm

GOLDEN = Path(__file__).parents[1] / "golden" / "double_buffer.npt"


def double_buffer() -> ProgramBuilder:
    """The program of tests/golden/double_buffer.npt."""
    build = ProgramBuilder("edu-8x8")
    full, free, done = (build.event(name) for name in ("full", "free", "done"))
    with build.mark("load b"):
        build.dma("ld", dst=spm(0x8000), src=dram(0x10000), shape=[32, 8], signal=full)
    with build.mark("product"), build.loop(8):
        a = spm(0).step(0x800, modulo=2)
        build.dma(
            "ld",
            dst=a,
            src=dram(0).step(0x800),
            shape=[64, 32],
            wait=(free >= -1).step(1),
            signal=full,
        )
        build.mm(
            "mx",
            a=a,
            b=spm(0x8000),
            c=acc(0).step(0x800),
            m=64,
            n=8,
            k=32,
            keep_weights=True,
            wait=(full >= 2).step(1),
            signal=[free, done],
        )
    with build.mark("store c"):
        build.dma("st", dst=dram(0x20000), src=acc(0), shape=[512, 8], type="i32", wait=done >= 8)
    return build


def product(n: int) -> ProgramBuilder:
    """c = a x b, n by n, with tensors."""
    build = ProgramBuilder("edu-8x8")
    full, done = build.event("full"), build.event("done")
    for name, role, at in (("a", "input", 0), ("b", "weight", 0x1000)):
        build.tensor(name, role, dram(at), [n, n])
        build.dma("ld", dst=spm(at), src=dram(at), shape=[n, n], signal=full)
    build.tensor("c", "output", dram(0x2000), [n, n], type="i32")
    build.mm("mx", a=spm(0), b=spm(0x1000), c=acc(0), m=n, n=n, k=n, wait=full >= 2, signal=done)
    build.dma("st", dst=dram(0x2000), src=acc(0), shape=[n, n], type="i32", wait=done >= 1)
    return build


def test_text_and_its_file_are_the_same_program(chip: npulse.Chip, tmp_path: Path) -> None:
    again = tmp_path / "again.npt"
    Program.from_text(GOLDEN.read_text()).save(again)
    npulse.load_program(GOLDEN).save(tmp_path / "file.npt")
    assert again.read_text() == (tmp_path / "file.npt").read_text()


def test_a_built_program_is_the_one_written_by_hand(chip: npulse.Chip, tmp_path: Path) -> None:
    double_buffer().program().save(tmp_path / "built.npt")
    npulse.load_program(GOLDEN).save(tmp_path / "file.npt")
    built, file = ((tmp_path / name).read_text() for name in ("built.npt", "file.npt"))
    assert built == file


@pytest.mark.parametrize("n", [4, 24])
def test_a_built_product_computes_what_numpy_does(chip: npulse.Chip, n: int) -> None:
    a = np.arange(n * n).reshape(n, n) % 7 - 3
    b = np.arange(n * n).reshape(n, n) % 5 - 2
    done = npulse.execute(chip, product(n).program(), inputs={"a": a, "b": b}, orders="all")
    assert (done.outputs["c"] == a @ b).all()
    assert not done.differences


def test_faults_of_text_name_their_line_and_column() -> None:
    with pytest.raises(npulse.InputError, match=r"^<text>:3:7: ") as caught:
        Program.from_text(".npu 1.0\ncore 0 {\n  bar cor\n}\n")
    assert caught.value.faults[0].where == "<text>:3:7"


def test_faults_of_a_built_program_name_its_line(chip: npulse.Chip) -> None:
    build = ProgramBuilder(chip)
    build.mm("mx", a=spm(0), b=spm(0), c=acc(0), m=1, n=1, k=1, colour="red")
    line = build.text().splitlines().index(next(s for s in build.text().splitlines() if "mm" in s))
    with pytest.raises(npulse.InputError, match=f"^mine.npt:{line + 1}:.*'colour'"):
        build.program("mine.npt")


def test_a_missing_wait_is_found_before_the_run(chip: npulse.Chip) -> None:
    build = ProgramBuilder(chip)
    build.dma("ld", dst=spm(0), src=dram(0), shape=[64])
    build.mm("mx", a=spm(0), b=spm(32), c=acc(0), m=4, n=4, k=4)
    with pytest.raises(npulse.InputError, match="race: mm of mx"):
        npulse.run(chip, build.program())


def test_cores_and_barriers_are_the_sections_of_the_text() -> None:
    build = ProgramBuilder("rngd")
    for core in (0, 1):
        with build.core(core):
            build.opaque("ld", cycles=100 * (core + 1))
            build.bar("chip")
    assert build.program().cores == 2
    with build.loop(2), pytest.raises(npulse.InputError, match="close it first"), build.core(1):
        pass


def test_texts_are_quoted_so_that_they_come_back(chip: npulse.Chip) -> None:
    text = 'a "quoted" \\ text\n\tin two lines'
    build = ProgramBuilder(chip)
    build.meta("note", text)
    build.opaque("mx", cycles=1)
    assert build.program().meta["note"] == text


@pytest.mark.parametrize("name", ["", "a/b", "\0"])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(npulse.InputError, match="name="):
        Program.from_text(".npu 1.0\n", name=name)


def test_numbers_of_numpy_are_written_as_numbers(chip: npulse.Chip) -> None:
    one, two = ProgramBuilder(chip), ProgramBuilder(chip)
    kinds: list[tuple[ProgramBuilder, Any]] = [(one, int), (two, np.int64)]
    for build, number in kinds:
        place, shape = spm(number(64)), [number(8), number(8)]
        build.dma("ld", dst=place, src=dram(number(0)), shape=shape, cols=number(3))
    assert one.text() == two.text()


def test_what_cannot_be_waited_for_or_pointed_at_is_refused(chip: npulse.Chip) -> None:
    build = ProgramBuilder(chip)
    full = build.event("full")
    with pytest.raises(npulse.InputError, match="must be EVENT >= COUNT"):
        build.opaque("mx", cycles=1, wait=full)  # type: ignore[arg-type]
    with pytest.raises(npulse.InputError, match=r"address 64\.0 must be a whole number"):
        spm(64.0)  # type: ignore[arg-type]

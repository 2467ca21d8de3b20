# SPDX-License-Identifier: Apache-2.0
"""The include arrows of the house: which folder may see which, and who may see SystemC."""

from __future__ import annotations

import re
from pathlib import Path

import tree

SOURCES = [path for path in tree.files() if path.suffix in tree.CPP]
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
ALL = ("",)

# The first prefix that fits a file decides; {block} is the folder below arch/ that the file is in.
MAY_INCLUDE = {
    "sim/core/": ("sim/core/",),
    "sim/kernel/": ("sim/",),
    "isa/": ("isa/", "sim/core/"),
    "traces/": ("traces/", "isa/", "sim/core/"),
    "arch/chip/": ("arch/", "traces/", "isa/", "sim/"),
    "arch/ports/": ("arch/ports/", "isa/", "sim/"),
    "arch/": ("arch/{block}/", "arch/ports/", "isa/", "sim/"),
    "cli/": ALL,
    "python/bindings/": ALL,
    "tests/": ALL,
}
SEES_SYSTEMC = re.compile(r"sim/kernel/|tests/|.*_module\.(h|cpp)$")


def allowed(file: str) -> tuple[str, ...]:
    for prefix, targets in MAY_INCLUDE.items():
        if file.startswith(prefix):
            return tuple(target.format(block=file.split("/")[1]) for target in targets)
    raise AssertionError(f"{file}: no rule says what this folder may include; add one here")


def includes(path: Path) -> list[tuple[str, str]]:
    return INCLUDE.findall(path.read_text())


def test_a_folder_includes_only_what_its_arrows_allow() -> None:
    wrong = [
        f"{file} includes {target}; it may include {', '.join(allowed(file))}"
        for path in SOURCES
        for file in [tree.name_of(path)]
        for kind, target in includes(path)
        if kind == '"' and not target.startswith(allowed(file))
    ]
    assert not wrong, "\n".join(wrong)


def test_project_includes_are_written_from_the_root() -> None:
    wrong = [
        f"{tree.name_of(path)} includes {target}"
        for path in SOURCES
        for kind, target in includes(path)
        if kind == '"' and not any((tree.ROOT / f"{target}{end}").is_file() for end in ("", ".in"))
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_kernel_and_module_files_see_systemc() -> None:
    wrong = [
        f"{file} includes <{target}>"
        for path in SOURCES
        for file in [tree.name_of(path)]
        for kind, target in includes(path)
        if kind == "<" and re.match(r"(systemc|tlm)", target) and not SEES_SYSTEMC.match(file)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_rules_hold_a_block_apart_from_its_neighbours() -> None:
    assert not "arch/dma/engine.h".startswith(allowed("arch/noc/crossbar.h"))
    assert "arch/ports/unit.h".startswith(allowed("arch/noc/crossbar.h"))
    assert not "arch/pe/array.h".startswith(allowed("traces/lowering/target.h"))

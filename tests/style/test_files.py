# SPDX-License-Identifier: Apache-2.0
"""Sizes, first lines, and words that must not appear, over every file of the project."""

from __future__ import annotations

import statistics
from pathlib import Path

import tree

CODE = tree.CPP | {".py", ".pyi", ".sh", ".cmake", ".sv"}
FILES = [
    path
    for path in tree.files()
    if path.suffix in CODE or path.name == "CMakeLists.txt" or tree.is_script(path)
]
MAX_LINES = 400
MAX_MEDIAN_LINES = 80
# Joined here so that this file does not hold what it forbids.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("snapshot", "debian", "org"),
        ("crates", "io"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("proxy", "golang", "org"),
        ("repo1", "maven", "org"),
    ]
]


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def test_no_file_is_longer_than_one_idea() -> None:
    long = [f"{tree.name_of(p)}: {len(lines(p))} lines" for p in FILES if len(lines(p)) > MAX_LINES]
    assert not long, f"more than {MAX_LINES} lines:\n" + "\n".join(long)


def test_half_of_the_files_are_short() -> None:
    product = [path for path in FILES if not tree.name_of(path).startswith("tests/")]
    assert statistics.median(len(lines(path)) for path in product) <= MAX_MEDIAN_LINES


def test_every_file_names_its_licence_in_its_first_two_lines() -> None:
    bare = [
        tree.name_of(path)
        for path in FILES
        if path.name != "CMakeLists.txt"  # most are one line
        and "SPDX-License-Identifier: Apache-2.0" not in "\n".join(lines(path)[:2])
    ]
    assert not bare, "no SPDX line:\n" + "\n".join(bare)


def test_every_header_guards_itself_with_pragma_once() -> None:
    bare = [
        tree.name_of(path)
        for path in FILES
        if path.suffix == ".h" and "#pragma once" not in lines(path)
    ]
    assert not bare, "no #pragma once:\n" + "\n".join(bare)


def test_no_registry_host_is_named() -> None:
    named = [
        f"{tree.name_of(path)}: {host}"
        for path in tree.files()
        for host in REGISTRY_HOSTS
        if host.encode() in path.read_bytes()
    ]
    assert not named, "\n".join(named)

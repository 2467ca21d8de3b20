# SPDX-License-Identifier: Apache-2.0
"""Examples in docstrings say what they show."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import npulse

MODULES = [
    module.name
    for module in pkgutil.walk_packages(npulse.__path__, "npulse.")
    if module.name not in ("npulse._core", "npulse.__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    result = doctest.testmod(import_module(name), optionflags=doctest.ELLIPSIS)
    assert not result.failed


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder()
    tests = [test for name in MODULES for test in finder.find(import_module(name))]
    assert sum(bool(test.examples) for test in tests) > 3

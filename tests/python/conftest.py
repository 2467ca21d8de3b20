# SPDX-License-Identifier: Apache-2.0
"""What the tests of the package share: a small chip and a small run."""

from __future__ import annotations

import pytest

import npulse
from runs import GEMM


@pytest.fixture
def chip() -> npulse.Chip:
    return npulse.load_chip("edu-8x8")


@pytest.fixture
def report(chip: npulse.Chip) -> npulse.Report:
    return npulse.run(chip, GEMM)

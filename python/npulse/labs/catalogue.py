# SPDX-License-Identifier: Apache-2.0
"""The labs, in the order in which they are meant to be done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .._paths import nearest
from ..errors import InputError
from . import memories, roofline, rows_and_banks, systolic, tiling
from .grading import Question


@dataclass(frozen=True)
class Lab:
    """A notebook and its questions."""

    name: str
    title: str
    questions: tuple[Question, ...]

    @property
    def notebook(self) -> Path:
        """As it is given to students."""
        return Path(__file__).with_name(f"{self.name}.ipynb")


LABS = (
    Lab("systolic", "Systolic arrays by hand", systolic.QUESTIONS),
    Lab("tiling", "Tiling and reuse", tiling.QUESTIONS),
    Lab("dram", "DRAM rows and banks", rows_and_banks.QUESTIONS),
    Lab("roofline", "Roofline and bottlenecks", roofline.QUESTIONS),
    Lab("memories", "LPDDR against HBM for a language model", memories.QUESTIONS),
)


def lab_named(name: str) -> Lab:
    """The lab of this name; raises InputError with the names there are."""
    for lab in LABS:
        if lab.name == name:
            return lab
    names = [lab.name for lab in LABS]
    raise InputError(f"'{name}' is no lab; there are {', '.join(names)}{nearest(name, names)}")

# SPDX-License-Identifier: Apache-2.0
"""Questions and grades. What is right is simulated when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from numbers import Real
from typing import Any

from ..errors import InputError


class Status(StrEnum):
    """Of one answer."""

    RIGHT = "right"
    WRONG = "wrong"
    UNANSWERED = "not answered"


@dataclass(frozen=True)
class Question:
    """One variable of a notebook."""

    name: str
    """Of the variable."""
    asks: str
    truth: Callable[[], Any]
    """Simulates it: a number or a word, or what `judge` takes."""
    hint: str
    """For a wrong answer."""
    tolerance: float = 0.0
    """Share of a number by which an answer may differ."""
    judge: Callable[[Any, Any], bool] | None = None
    """Takes the answer and the truth, where equal or near is not what counts."""

    def accepts(self, answer: Any) -> bool:
        """Whether the answer is right. Raises InputError when it cannot be simulated."""
        truth = self.truth()
        if self.judge is not None:
            return self.judge(answer, truth)
        if isinstance(truth, str):
            return isinstance(answer, str) and answer.strip().lower() == truth.lower()
        if isinstance(answer, bool) or not isinstance(answer, Real):
            return False
        try:
            return bool(abs(float(answer) - truth) <= self.tolerance * abs(truth))
        except OverflowError:  # larger than any float
            return False


@dataclass(frozen=True)
class Grade:
    """What an answer is worth."""

    name: str
    asks: str
    status: Status
    answer: Any
    """None when there is none."""
    hint: str
    """Empty unless the answer is wrong."""

    def text(self) -> str:
        """A line, or two with a hint."""
        answer = "" if self.status is Status.UNANSWERED else f" = {self.answer}"
        hint = f"\n{'':14}{self.hint}" if self.hint else ""
        return f"{self.status:12}  {self.name}{answer}{hint}"


def grade(questions: Iterable[Question], answers: Mapping[str, Any]) -> list[Grade]:
    """A grade for each question; answers that are missing, None or `...` count as not given."""
    return [_grade(question, answers.get(question.name)) for question in questions]


def _grade(question: Question, answer: Any) -> Grade:
    def graded(status: Status, given: Any, hint: str = "") -> Grade:
        return Grade(question.name, question.asks, status, given, hint)

    if answer is None or answer is ...:
        return graded(Status.UNANSWERED, None)
    try:
        right = question.accepts(answer)
    except InputError as error:
        return graded(Status.WRONG, answer, f"{question.hint} The simulator says: {error}")
    return graded(Status.RIGHT, answer) if right else graded(Status.WRONG, answer, question.hint)

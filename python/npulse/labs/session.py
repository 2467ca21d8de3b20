# SPDX-License-Identifier: Apache-2.0
"""What a lab's notebook works with: guesses beside what is simulated, and the check at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._paths import nearest
from ..errors import InputError
from .catalogue import Lab, lab_named
from .grading import Question, Status, grade


class Session:
    """A lab in a notebook; made by `open`."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def compare(self, **guesses: Any) -> None:
        """Prints each guess beside what is simulated; without a guess, only that one is due."""
        questions = {question.name: question for question in self._lab.questions}
        for name, guess in guesses.items():
            if name not in questions:
                raise InputError(f"'{name}' is no question of this lab{nearest(name, questions)}")
            if guess is None or guess is ...:
                print(f"{name}: write your guess first")
            else:
                print(f"{name}: your guess {guess}, {_verdict(questions[name], guess)}")

    def check(self, variables: Mapping[str, Any]) -> None:
        """Prints the grade of every answer."""
        grades = grade(self._lab.questions, variables)
        print("\n".join(each.text() for each in grades))
        right = sum(each.status is Status.RIGHT for each in grades)
        print(f"\n{right} of {len(grades)} right")


def open(name: str) -> Session:  # noqa: A001
    """Opens a lab by its name; raises InputError when there is none."""
    return Session(lab_named(name))


def _verdict(question: Question, guess: Any) -> str:
    """What is simulated; of a guess that only simulation can judge, whether it is right."""
    if question.judge is None:
        return f"simulated {_short(question.truth())}"
    try:
        return "which is right" if question.accepts(guess) else "which is not right yet"
    except InputError as error:
        return f"but the simulator says: {error}"


def _short(truth: Any) -> str:
    return f"{truth:.4g}" if isinstance(truth, float) else str(truth)

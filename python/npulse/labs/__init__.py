# SPDX-License-Identifier: Apache-2.0
"""Five labs: notebooks that ask for a guess first, then simulate, and questions that grade it.

In a notebook:

    from npulse import labs

    lab = labs.open("systolic")
    last_cycle = ...                      # your answer
    lab.compare(last_cycle=last_cycle)    # your guess beside what is simulated
    lab.check(globals())                  # all answers

Outside, `npulse lab` lists the labs, starts one and checks a notebook.
"""

from .catalogue import LABS, Lab, lab_named
from .grading import Grade, Question, Status, grade
from .session import Session, open  # noqa: A004

__all__ = ["LABS", "Grade", "Lab", "Question", "Session", "Status", "grade", "lab_named", "open"]

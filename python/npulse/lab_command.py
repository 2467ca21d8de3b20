# SPDX-License-Identifier: Apache-2.0
"""`npulse lab`: lists the labs, starts one, and checks a student's notebook."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ._whole import write_text
from .errors import InputError
from .labs import LABS, Grade, Lab, Status, grade, lab_named
from .labs.execution import execute

EXAMPLE = """examples:
  npulse lab list
  npulse lab start systolic .              # then: jupyter lab systolic.ipynb
  npulse lab check systolic --json > grade.json"""


def main(arguments: Sequence[str]) -> int:
    """The command; 1 when an answer is missing or wrong, or a cell failed."""
    options = _parse(arguments)
    if options.action == "list":
        print("\n".join(f"{lab.name:10} {lab.title}" for lab in LABS))
        return 0
    lab = lab_named(options.lab)
    if options.action == "start":
        return _start(lab, Path(options.folder))
    return _check(lab, Path(options.notebook or lab.notebook.name), options.json)


def _start(lab: Lab, folder: Path) -> int:
    target = folder / lab.notebook.name
    if target.exists():
        raise InputError(f"{target}: exists already; name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}") from error
    write_text(str(target), lab.notebook.read_text(encoding="utf-8"))
    print(f"{target}: open it in Jupyter; npulse lab check {lab.name} {target} grades it")
    return 0


def _check(lab: Lab, notebook: Path, as_json: bool) -> int:
    done = execute(notebook, [question.name for question in lab.questions])
    grades = grade(lab.questions, done.answers)
    right = sum(each.status is Status.RIGHT for each in grades)
    passed = right == len(grades) and not done.faults
    if as_json:
        content = _content(lab, notebook, grades, done.faults, passed)
        print(json.dumps(content, indent=2, allow_nan=False))
        return 0 if passed else 1
    lines = [*(each.text() for each in grades), *done.faults, f"{right} of {len(grades)} right"]
    print("\n".join(lines))
    return 0 if passed else 1


def _content(
    lab: Lab, notebook: Path, grades: Sequence[Grade], faults: Sequence[str], passed: bool
) -> dict[str, object]:
    return {
        "lab": lab.name,
        "notebook": str(notebook),
        "passed": passed,
        "right": sum(each.status is Status.RIGHT for each in grades),
        "questions": len(grades),
        "answers": [_plain(each) for each in grades],
        "faults": list(faults),
    }


def _plain(grade: Grade) -> dict[str, object]:
    """A grade as JSON has it, which knows no NaN."""
    content = asdict(grade)
    try:
        json.dumps(grade.answer, allow_nan=False)
    except ValueError:
        content["answer"] = str(grade.answer)
    return content


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="npulse lab",
        description="Notebooks that ask for a guess first, and grade it by simulation.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="list | start | check")
    actions.add_parser("list", help="name the labs")
    start = actions.add_parser("start", help="copy a lab's notebook into a folder")
    start.add_argument("lab", metavar="LAB")
    start.add_argument("folder", metavar="DIR")
    check = actions.add_parser("check", help="execute a notebook and grade its answers")
    check.add_argument("lab", metavar="LAB")
    check.add_argument("notebook", metavar="NOTEBOOK", nargs="?", help="default LAB.ipynb here")
    check.add_argument("--json", action="store_true", help="print the grades as JSON")
    return parser.parse_args(arguments)

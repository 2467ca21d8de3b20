# SPDX-License-Identifier: Apache-2.0
"""The labs: what is given to students runs, right answers are right, wrong ones get their hint."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from subprocess import PIPE
from typing import Any

import numpy as np
import pytest

import npulse
from lab_solutions import SOLUTIONS
from npulse import labs
from npulse.__main__ import main
from npulse.labs import LABS, Lab, Question, Status, grade
from npulse.labs.systolic import SIZE, array_cycles, meetings
from npulse.labs.systolic_view import draw
from npulse.labs.tiling import least_bytes

QUESTIONS = [(lab, question) for lab in LABS for question in lab.questions]
NAMES = [f"{lab.name}-{question.name}" for lab, question in QUESTIONS]


def solved(lab: Lab, folder: Path) -> Path:
    """The notebook as a student hands it in who knows all answers."""
    content = json.loads(lab.notebook.read_text())
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = [answered(lab, line) for line in cell["source"]]
    path = folder / "mine.ipynb"
    path.write_text(json.dumps(content))
    return path


def answered(lab: Lab, line: str) -> str:
    match = re.match(r"(\w+) = \.\.\.", line)
    return line if match is None else f"{match[1]} = {SOLUTIONS[lab.name][match[1]]!r}\n"


def wrong(answer: Any) -> Any:
    """Another answer of the same sort, off by more than any tolerance."""
    if isinstance(answer, dict):
        return {**answer, "m": 16}
    return answer + "s" if isinstance(answer, str) else answer * 1.5 + 1


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["lab", "check", *arguments, "--json"])
    content: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, content


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_what_students_get_runs_and_is_not_answered(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", "start", lab.name, str(tmp_path)]) == 0
    capsys.readouterr()
    code, content = check(capsys, lab.name, str(tmp_path / f"{lab.name}.ipynb"))
    assert code == 1
    assert content["faults"] == []
    assert {answer["status"] for answer in content["answers"]} == {"not answered"}
    assert [answer["name"] for answer in content["answers"]] == [q.name for q in lab.questions]


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_right_answers_are_graded_full(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, content = check(capsys, lab.name, str(solved(lab, tmp_path)))
    assert content["faults"] == []
    assert [a["name"] for a in content["answers"] if a["status"] != "right"] == []
    assert (code, content["passed"], content["right"]) == (0, True, content["questions"])


@pytest.mark.parametrize(("lab", "question"), QUESTIONS, ids=NAMES)
def test_a_wrong_answer_gets_its_hint(lab: Lab, question: Question) -> None:
    answer = SOLUTIONS[lab.name][question.name]
    (graded,) = grade([question], {question.name: wrong(answer)})
    assert graded.status is Status.WRONG
    assert graded.hint.startswith(question.hint)
    assert len(question.hint) > 20


@pytest.mark.parametrize(("lab", "question"), QUESTIONS, ids=NAMES)
@pytest.mark.parametrize("answer", [True, [1], "no idea", {"x": 1}, float("nan")], ids=repr)
def test_an_answer_of_another_sort_is_wrong(lab: Lab, question: Question, answer: object) -> None:
    (graded,) = grade([question], {question.name: answer})
    assert graded.status is Status.WRONG


def test_a_tile_that_does_not_fit_is_wrong_and_the_simulator_says_why() -> None:
    (question,) = [q for _, q in QUESTIONS if q.name == "best_tile"]
    (graded,) = grade([question], {"best_tile": {"m": 256, "n": 256}})
    assert graded.status is Status.WRONG
    assert "accumulators" in graded.hint


def test_any_tile_that_reads_the_least_is_right() -> None:
    (question,) = [q for _, q in QUESTIONS if q.name == "best_tile"]
    assert least_bytes() == 2 * 256 * 256
    assert grade([question], {"best_tile": {"m": 256, "n": 8}})[0].status is Status.RIGHT


@pytest.mark.parametrize("m", [1, 4, 9])
def test_the_drawn_array_ends_when_the_simulated_one_does(m: int) -> None:
    drawn = meetings(m)
    assert len(drawn) == m * SIZE * SIZE
    assert drawn[-1].cycle == array_cycles(m)
    assert len({(each.cycle, each.row, each.col) for each in drawn}) == len(drawn)


def test_the_picture_shows_every_product_once_in_both_forms() -> None:
    products = {f"a{t}{r}*b{r}{c}" for t in range(4) for r in range(4) for c in range(4)}
    for picture in (repr(draw()), draw()._repr_html_()):
        assert set(re.findall(r"a\d\d\*b\d\d", picture)) == products
        assert "cycle 13" in picture


def test_a_notebook_says_what_is_simulated_only_after_a_guess(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lab = labs.open("systolic")
    lab.compare(last_cycle=..., first_cycle=1)
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "last_cycle: write your guess first",
        "first_cycle: your guess 1, simulated 7",
    ]
    lab.check({"last_cycle": array_cycles(SIZE)})
    assert "1 of 9 right" in capsys.readouterr().out
    with pytest.raises(npulse.InputError, match="no question"):
        lab.compare(colour="red")


def with_cells(folder: Path, *sources: str) -> Path:
    """The lab on tiling with more cells at its end."""
    content = json.loads(LABS[1].notebook.read_text())
    content["cells"] += [
        {
            "cell_type": "code",
            "id": f"mine-{number}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    path = folder / "mine.ipynb"
    path.write_text(json.dumps(content))
    return path


def test_a_cell_that_fails_is_named_and_the_rest_is_graded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = "bytes_64 = 1 / 0\nbytes_16 = 1"
    path = with_cells(tmp_path, failing, "import numpy\nbytes_64 = numpy.int64(524288)")
    code, told = check(capsys, "tiling", str(path))
    assert code == 1
    (fault,) = told["faults"]
    assert "ZeroDivisionError" in fault
    status = {answer["name"]: answer["status"] for answer in told["answers"]}
    assert (status["bytes_64"], status["bytes_16"]) == ("right", "not answered")


def test_odd_answers_are_wrong_and_keep_no_other_from_its_grade(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = (
        "import numpy\nprint = open = None\nbytes_16 = numpy.array([1, 2])\n"
        "bytes_64 = float('nan')\nbytes_64_kept = 10**400\nwide_or_tall = numpy.int64(3)"
    )
    path = with_cells(tmp_path, odd, "compulsory_bytes = numpy.int64(131072)")
    code = main(["lab", "check", "tiling", str(path), "--json"])
    assert code == 1
    told = json.loads(capsys.readouterr().out, parse_constant=lambda word: pytest.fail(word))
    assert told["faults"] == []
    status = {answer["name"]: answer["status"] for answer in told["answers"]}
    assert status.pop("compulsory_bytes") == "right"
    assert status.pop("best_tile") == "not answered"
    assert set(status.values()) == {"wrong"}


@pytest.mark.parametrize("number", [float, np.int64, np.float64, np.int32])
def test_numbers_of_numpy_are_graded_as_numbers(number: type) -> None:
    (question,) = [q for _, q in QUESTIONS if q.name == "last_cycle"]
    (graded,) = grade([question], {"last_cycle": number(array_cycles(SIZE))})
    assert graded.status is Status.RIGHT
    (graded,) = grade([question], {"last_cycle": number(3)})
    assert graded.status is Status.WRONG


def test_a_guess_that_only_simulation_judges_is_judged(capsys: pytest.CaptureFixture[str]) -> None:
    lab = labs.open("tiling")
    for tile in ({"m": 256, "n": 16}, {"m": 16, "n": 16}, {"m": 256, "n": 256}):
        lab.compare(best_tile=tile)
    told = capsys.readouterr().out.splitlines()
    for line, end in zip(told, ("is right", "not right yet", "make the tile smaller"), strict=True):
        assert line.endswith(end)


def test_ctrl_c_ends_a_check_as_such_and_leaves_no_kernel(tmp_path: Path) -> None:
    path = with_cells(tmp_path, "open('started', 'w').close()\nwhile True:\n    pass")
    program = [sys.executable, "-m", "npulse", "lab", "check", "tiling", str(path)]
    process = subprocess.Popen(program, stdout=PIPE, stderr=PIPE, text=True)
    for _ in range(600):
        if (tmp_path / "started").exists():
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "npulse: interrupted\n")


@pytest.mark.parametrize(
    ("source", "text"),
    [("while True:\n    pass", "did not finish|timed out"), ("import os\nos._exit(1)", "died")],
)
def test_a_cell_that_never_ends_or_kills_its_kernel_is_a_fault(
    source: str,
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("npulse.labs.execution.TIMEOUT_SECONDS", 5)
    code, told = check(capsys, "tiling", str(with_cells(tmp_path, source)))
    assert code == 1
    assert re.search(text, told["faults"][0]), told["faults"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["check", "sistolic"], "no lab; there are systolic"),
        (["start", "sistolic", "."], "no lab"),
        (["check", "systolic", "missing.ipynb"], "cannot be read"),
        (["check", "systolic", "empty.ipynb"], "is no notebook"),
        (["check", "systolic", "cells.ipynb"], "is no notebook"),
        (["start", "systolic", "."], "exists already"),
        (["start", "systolic", "empty.ipynb/below"], "cannot be written"),
    ],
)
def test_bad_input_is_named(
    arguments: list[str],
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.ipynb").write_text("")
    Path("cells.ipynb").write_text('{"nbformat": 4, "nbformat_minor": 5, "cells": [{}]}')
    Path("systolic.ipynb").write_text("mine")
    assert main(["lab", *arguments]) == 2
    assert text in capsys.readouterr().err
    assert Path("systolic.ipynb").read_text() == "mine"


def test_the_list_names_every_lab(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(SOLUTIONS)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_notebooks_are_given_without_outputs_and_ask_every_question(lab: Lab) -> None:
    cells = json.loads(lab.notebook.read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    asked = re.findall(r"^(\w+) = \.\.\.", "".join("".join(c["source"]) + "\n" for c in code), re.M)
    assert asked == [question.name for question in lab.questions]

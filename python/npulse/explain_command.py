# SPDX-License-Identifier: Apache-2.0
"""`npulse explain`: what bounds a run, and what changes of the chip would buy."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from ._whole import write_text
from .errors import InputError
from .explain import Explanation, explain
from .options import ModelOptions
from .progress import shown_progress
from .report import load_report
from .simulate import run
from .what_if import Effect, sensitivity, what_if
from .words import changed_chip, path_and_value

EXAMPLE = """examples:
  npulse explain report.json
  npulse explain rngd llama-3.1-8b --weights fp8 --what-if memory.channels=+50% --what-if clock=x1.2
  npulse explain edu-8x8 gemm:256,256,256 --sensitivity"""

MODEL = (
    "phase",
    "batch",
    "context",
    "weights",
    "activations",
    "kv",
    "layers",
    "experts",
    "attention",
    "mapping",
    "map",
    "map_budget",
)
"""Options of a model that keep their name and value."""
NEED_A_CHIP = (*MODEL, "dim", "what_if", "sensitivity", "memory", "set")
FEW = 20
SMALL = 0.001
"""A change of latency and energy that is not worth a line among many."""


def main(arguments: Sequence[str]) -> int:
    """The command."""
    options = _parse(arguments)
    simulated = len(options.what) == 2
    given = [name for name in NEED_A_CHIP if getattr(options, name) not in (None, False)]
    if not simulated and given:
        name = "--" + given[0].replace("_", "-")
        raise InputError(
            f"{name}: a report says what was; changes need CHIP and PROGRAM to simulate"
        )
    story, effects = _simulated(options) if simulated else _read(options)
    content = {**story.to_dict(), "effects": [asdict(effect) for effect in effects]}
    if options.json == "-":
        print(json.dumps(content, indent=2))
        return 0
    if options.json:
        write_text(options.json, json.dumps(content, indent=2) + "\n")
    print(story.text() + _by_simulation(effects), end="")
    return 0


def _read(options: argparse.Namespace) -> tuple[Explanation, list[Effect]]:
    return explain(load_report(options.what[0])), []


def _simulated(options: argparse.Namespace) -> tuple[Explanation, list[Effect]]:
    """The run of a chip and a program, and the effects that were asked for."""
    chip = changed_chip(options.what[0], options.memory, options.set)
    program, model = options.what[1], _model_options(options)
    changes = [path_and_value("--what-if", text) for text in options.what_if or ()]
    story, effects = explain(run(chip, program, **model)), list[Effect]()
    if changes:
        with shown_progress() as progress:
            effects += what_if(chip, program, changes, progress=progress, **model)
    if options.sensitivity:
        with shown_progress() as progress:
            ranked = sensitivity(chip, program, progress=progress, **model)
        effects += [effect for effect in ranked if effect not in effects]
    return story, effects


def _by_simulation(effects: Sequence[Effect]) -> str:
    """What changes did: all of a few; of many those that did something, and how many did not."""
    if not effects:
        return ""
    shown = [effect for effect in effects if len(effects) <= FEW or _matters(effect)]
    lines = ["", "By simulation:", *(f"  {effect.text()}" for effect in shown)]
    if hidden := len(effects) - len(shown):
        failed = sum(effect.latency_change is None for effect in effects)
        still = f"{hidden - failed} more moved neither latency nor energy by {SMALL:.1%}"
        lines += [f"  {still}; {failed} cannot be run (--json FILE has them all)"]
    return "\n".join(lines) + "\n"


def _matters(effect: Effect) -> bool:
    moved = (effect.latency_change or 0, effect.energy_change or 0)
    return max(abs(change) for change in moved) >= SMALL


def _model_options(options: argparse.Namespace) -> ModelOptions:
    given: dict[str, Any] = {
        name: getattr(options, name) for name in MODEL if getattr(options, name) is not None
    }
    if "layers" in given:
        first, colon, last = given["layers"].partition(":")
        if not (colon and first.isdecimal() and last.isdecimal()):
            raise InputError(f"--layers {options.layers}: must be FIRST:LAST")
        given["layers"] = (int(first), int(last))
    if options.dim is not None:
        given["dims"] = dict(_size(text) for text in options.dim.split(","))
    return cast(ModelOptions, given)


def _size(text: str) -> tuple[str, int]:
    name, value = path_and_value("--dim", text)
    if not value.isdecimal():
        raise InputError(f"--dim {text}: must be NAME=SIZE")
    return name, int(value)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="npulse explain",
        usage="npulse explain REPORT.json | CHIP PROGRAM [options]",
        description="Say what bounds a run, and by simulation what changes of the chip would buy.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="+", metavar="REPORT.json | CHIP PROGRAM")
    parser.add_argument(
        "--what-if",
        action="append",
        metavar="PATH=CHANGE",
        help="+50%%, x2 or a value; memory=PART too",
    )
    parser.add_argument(
        "--sensitivity", action="store_true", help="halve and double every parameter"
    )
    parser.add_argument("--memory", metavar="PART", help="another memory part, or PART:CHANNELS")
    parser.add_argument(
        "--set", action="append", metavar="PATH=VALUE", help="change the chip first"
    )
    for name in (*MODEL, "dim"):
        number = int if name in ("batch", "context", "map_budget") else str
        flag = "--" + name.replace("_", "-")
        parser.add_argument(flag, type=number, help="of a model, as npulse run has it")
    parser.add_argument("--json", metavar="FILE", help="write it as JSON; - is standard output")
    options = parser.parse_args(arguments)
    if len(options.what) > 2:
        parser.error("one report, or a chip and a program")
    return options

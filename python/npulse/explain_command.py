# SPDX-License-Identifier: Apache-2.0
"""`npulse explain`: what bounds a run, and what changes of the chip would buy."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from ._whole import write_text
from .chip import Chip, load_chip
from .errors import InputError
from .explain import explain
from .program import ModelOptions
from .progress import shown_progress
from .report import load_report
from .simulate import run
from .what_if import Effect, sensitivity, what_if

EXAMPLE = """examples:
  npulse explain report.json
  npulse explain rngd llama-3.1-8b --weights fp8 --what-if memory.channels=+50% --what-if clock=x1.2
  npulse explain edu-8x8 gemm:256,256,256 --sensitivity"""


def main(arguments: Sequence[str]) -> int:
    """The command."""
    options = _parse(arguments)
    simulated = len(options.what) == 2
    if not simulated and (options.what_if or options.sensitivity or options.memory or options.set):
        raise InputError("a report says what was; changes need CHIP and PROGRAM to simulate")
    chip, model = _chip(options) if simulated else None, _model_options(options)
    report = run(chip, options.what[1], **model) if chip else load_report(options.what[0])
    story, effects = explain(report), list[Effect]()
    if chip and options.what_if:
        changes = dict(_pair("--what-if", text) for text in options.what_if)
        with shown_progress() as progress:
            effects += what_if(chip, options.what[1], changes, progress=progress, **model)
    if chip and options.sensitivity:
        with shown_progress() as progress:
            effects += sensitivity(chip, options.what[1], progress=progress, **model)
    content = {**story.to_dict(), "effects": [asdict(effect) for effect in effects]}
    if options.json == "-":
        print(json.dumps(content, indent=2))
        return 0
    if options.json:
        write_text(options.json, json.dumps(content, indent=2) + "\n")
    print(story.text(), end="")
    if effects:
        print("\nBy simulation:")
    for effect in [effect for effect in effects if _matters(effect) or not options.sensitivity]:
        print(f"  {effect.text()}")
    return 0


def _matters(effect: Effect) -> bool:
    moved = (effect.latency_change or 0, effect.energy_change or 0)
    return max(abs(change) for change in moved) >= 0.001


def _chip(options: argparse.Namespace) -> Chip:
    sets = dict(_pair("--set", text) for text in options.set or ())
    return load_chip(options.what[0]).with_(sets, memory=options.memory)


def _pair(option: str, text: str) -> tuple[str, str]:
    path, equals, value = text.partition("=")
    if not equals or not path or not value:
        raise InputError(f"{option} {text}: must be PATH=VALUE")
    return path, value


def _model_options(options: argparse.Namespace) -> ModelOptions:
    given: dict[str, Any] = {
        name: getattr(options, name)
        for name in ("phase", "batch", "context", "weights", "activations", "kv")
        if getattr(options, name) is not None
    }
    if options.layers:
        first, colon, last = options.layers.partition(":")
        if not (colon and first.isdecimal() and last.isdecimal()):
            raise InputError(f"--layers {options.layers}: must be FIRST:LAST")
        given["layers"] = (int(first), int(last))
    return cast(ModelOptions, given)


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
        "--what-if", action="append", metavar="PATH=CHANGE", help="+50%%, x2 or a value"
    )
    parser.add_argument(
        "--sensitivity", action="store_true", help="halve and double every parameter"
    )
    parser.add_argument("--memory", metavar="PART", help="another memory part, or PART:CHANNELS")
    parser.add_argument(
        "--set", action="append", metavar="PATH=VALUE", help="change the chip first"
    )
    for name in ("phase", "weights", "activations", "kv", "layers"):
        parser.add_argument(f"--{name}", help="of a model, as npulse run has it")
    for name in ("batch", "context"):
        parser.add_argument(f"--{name}", type=int, help="of a model, as npulse run has it")
    parser.add_argument("--json", metavar="FILE", help="write it as JSON; - is standard output")
    options = parser.parse_args(arguments)
    if len(options.what) > 2:
        parser.error("one report, or a chip and a program")
    return options

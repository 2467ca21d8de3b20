# SPDX-License-Identifier: Apache-2.0
"""Timelines that `run` wrote, read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from .errors import InputError


@dataclass(frozen=True)
class Span:
    """One instruction: from when its unit took it until it was finished, in seconds."""

    core: int
    queue: str
    name: str
    """Of its region; of the instruction where it is in none."""
    opcode: str
    start_s: float
    end_s: float
    macs: int
    dram_bytes: int
    """Read and written."""


def load_timeline(path: str | PathLike[str]) -> tuple[Span, ...]:
    """The instructions of a timeline, in the order in which they finished.

    Raises InputError when the file cannot be read or is no timeline of `npulse run --timeline`.
    """
    try:
        return tuple(_spans(json.loads(Path(path).read_text(encoding="utf-8"))))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: is no timeline of npulse run: {error!r}") from error


def _spans(content: Any) -> Iterator[Span]:
    queues: dict[tuple[int, int], str] = {}
    cores: dict[int, int] = {}
    for event in content["traceEvents"]:
        if event["name"] == "process_name":
            cores[event["pid"]] = int(event["args"]["name"].removeprefix("core "))
        elif event["name"] == "thread_name":
            queues[event["pid"], event["tid"]] = event["args"]["name"]
        elif event["ph"] == "X":
            start = event["ts"] / 1e6
            yield Span(
                core=cores[event["pid"]],
                queue=queues[event["pid"], event["tid"]],
                name=event["name"],
                opcode=event["cat"],
                start_s=start,
                end_s=start + event["dur"] / 1e6,
                macs=event["args"]["macs"],
                dram_bytes=event["args"]["dram_bytes"],
            )

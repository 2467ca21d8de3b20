# SPDX-License-Identifier: Apache-2.0
"""The chip of a report: as it was simulated, found again, or held to what the report says of it."""

from __future__ import annotations

import re
from typing import Any

from .._paths import leaves
from ..chip import CHANNELS, PART, Chip, load_chip
from ..errors import InputError
from ..report import Report

SHOWN = 5
ELEMENT = re.compile(r"\.[0-9]+(?=\.|$)")
"""What follows a list in the path of one of its elements."""


def simulated_chip(report: Report, name_or_path: str) -> Chip:
    """The chip of this name as the report's run had it: with its memory part, and what was set.

    Raises InputError when it is another chip, when its file was changed in what a report tells, or
    when part of a list was set, of which a report does not tell the rest.
    """
    if lists := _set_lists(report):
        raise InputError(
            f"the run had {', '.join(lists)} set, which a report does not tell whole: "
            "give --set again, or let npulse run --html write the page"
        )
    chip = load_chip(name_or_path)
    memory = None if chip.memory == report.memory.part else report.memory.part
    chip = chip.with_(_set(report), memory=memory)
    if chip.memory_channels != len(report.memory.channels):
        chip = chip.with_({CHANNELS: len(report.memory.channels)})
    require_same(report, chip)
    return chip


def require_same(report: Report, chip: Chip) -> None:
    """Raises InputError, which names what differs, when a report is not of this chip."""
    told = _told(report)
    found = {name: value for name, value in _found(chip).items() if told[name] != value}
    other = {} if found else _changed(report, chip)
    if found or other:
        words = [f"{name} {told[name]}, not {value}" for name, value in found.items()]
        words += [f"{path} {was}, not {value}" for path, (was, value) in other.items()]
        more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
        raise InputError(
            f"the report is of {', '.join(words[:SHOWN])}{more}; "
            "give the chip of its run, with the same memory and changes"
        )


def _told(report: Report) -> dict[str, Any]:
    """What a report says of its chip beside what was set. (Its queues are those of the program.)"""
    return {
        "chip": report.chip,
        "memory": report.memory.part,
        "channels": len(report.memory.channels),
        "peak bandwidth (B/s)": round(report.memory.peak_bytes_per_s),
        "clock (Hz)": round(report.clock_hertz),
    }


def _found(chip: Chip) -> dict[str, Any]:
    return {
        "chip": chip.name,
        "memory": chip.memory,
        "channels": chip.memory_channels,
        "peak bandwidth (B/s)": round(chip.peak_memory_bytes_per_s),
        "clock (Hz)": chip.clock_hertz,
    }


def _changed(report: Report, chip: Chip) -> dict[str, tuple[Any, Any]]:
    """Parameters that differ from those of the run, as they were and are."""
    source = str(chip.as_point()["chip"])
    plain = load_chip(source)
    memory = None if plain.memory == chip.memory else chip.memory
    was = plain.with_({**_set(report), CHANNELS: chip.memory_channels}, memory=memory)
    before, now = _values(was.with_({CHANNELS: chip.memory_channels})), _values(chip)
    before[CHANNELS] = now[CHANNELS]  # compared already; a file may leave it to the part
    paths = dict.fromkeys((*before, *now))
    pairs = {path: (before.get(path), now.get(path)) for path in paths}
    lists = _set_lists(report)
    return {path: (a, b) for path, (a, b) in pairs.items() if a != b and path not in lists}


def _values(chip: Chip) -> dict[str, Any]:
    """Parameters by path, and what was set of the memory part, which is not among them."""
    start = f"chip.{PART}"
    part = {
        path.removeprefix("chip."): str(value)
        for path, value in chip.as_point().items()
        if path.startswith(start)
    }
    return {**dict(leaves(chip.parameters())), **part}


def _set(report: Report) -> dict[str, str]:
    """What the run had set, by path; elements of lists are left out."""
    return {path: value for path, value in _all_set(report) if not ELEMENT.search(path)}


def _set_lists(report: Report) -> list[str]:
    """Lists of which the run had something set."""
    paths = (ELEMENT.split(path)[0] for path, _ in _all_set(report) if ELEMENT.search(path))
    return list(dict.fromkeys(paths))


def _all_set(report: Report) -> list[tuple[str, str]]:
    return [(figure.path, figure.value) for figure in report.unsure if figure.mark == "set"]

# SPDX-License-Identifier: Apache-2.0
"""The report of a run, typed: one frozen class for each object of the JSON form, with its names."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ._fill import fill
from ._json_report import JsonReport
from ._units import si
from ._whole import written_whole
from .errors import InputError

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class ProgramFacts:
    """What was run, and what it produced."""

    name: str
    tokens: int
    """Tokens that the run produced; 0 when the program says nothing of tokens."""
    tokens_per_s: float
    energy_per_token_j: float
    meta: Mapping[str, str]
    """Facts that the program declares, such as the bytes it plans to move."""


@dataclass(frozen=True)
class Bound:
    """What bounds the run."""

    by: str
    """memory, decompressor, matrix, vector or latency."""
    text: str
    """The same in words, with the numbers."""
    use: Mapping[str, float]
    """Share of each resource's capacity that was used, 0 to 1."""


@dataclass(frozen=True)
class Channel:
    """One memory channel."""

    bytes_read: int
    bytes_written: int
    bandwidth_bytes_per_s: float
    row_hits: int
    row_misses: int
    row_conflicts: int
    refreshes: int
    """All-bank refreshes."""
    per_bank_refreshes: int


@dataclass(frozen=True)
class Memory:
    """Memory traffic, as asked for and over the whole run."""

    part: str
    bytes_read: int
    bytes_written: int
    done_s: float
    """When it had no more to do; posted writes may go after the run's end."""
    bandwidth_bytes_per_s: float
    """(read + written) / done_s."""
    peak_bytes_per_s: float
    channel_peak_bytes_per_s: float
    state_ticks: Mapping[str, int]
    """Ticks of the part's clock in each power state, over all pseudo-channels."""
    channels: tuple[Channel, ...]


@dataclass(frozen=True)
class Queue:
    """How a queue spent the run; the four sums of cycles add up to the run's."""

    kind: str
    """dma, matrix or vector."""
    busy_cycles: int
    wait_data_cycles: int
    wait_resource_cycles: int
    idle_cycles: int
    wait_data_for: Mapping[str, int]
    """Cycles of waiting for data, by who was to produce it."""
    wait_resource_for: Mapping[str, int]
    """Cycles of waiting for a resource, by its name."""


@dataclass(frozen=True)
class Region:
    """What a named part of the program did, over all its instances and cores."""

    name: str
    instances: int
    instructions: int
    active_cycles: int
    """Cycles in which any of its instructions was executing."""
    matrix_busy_cycles: int
    vector_busy_cycles: int
    dma_busy_cycles: int
    macs: int
    dram_read_bytes: int
    """Asked of memory; caches before it may answer."""
    dram_write_bytes: int
    energy_j: float
    """Dynamic energy; memory's share by bytes."""


@dataclass(frozen=True)
class Decompression:
    """What the DMA engines expanded in line, from coded weights to the type of the array."""

    coded_bytes: int
    expanded_bytes: int
    busy: float
    """Share of the run, 0 to 1; mean over the engines that expanded anything."""


@dataclass(frozen=True)
class Roofline:
    """Where the run stands under the roofline of its dominant type."""

    macs_per_s: float
    peak_macs_per_s: float
    peak_type: str
    macs_per_byte: float
    ridge_macs_per_byte: float
    attainable_macs_per_s: float


@dataclass(frozen=True)
class Unsure:
    """A figure of the chip, part or tables that is no published fact."""

    path: str
    value: str
    mark: str
    source: str


@dataclass(frozen=True)
class Energy:
    """Energy in joules; `components` add up to `total`."""

    total: float
    dynamic: float
    static: float
    components: Mapping[str, float]
    dram: Mapping[str, float]
    """Parts of the component `dram`, by what the devices did."""
    dram_background_by_state: Mapping[str, float]
    """Its background by power state."""
    dram_rails: Mapping[str, float]
    """The component by supply rail; empty where the part's figures do not tell rails apart."""
    dram_basis: str
    """currents (of a data sheet, by rail) or figures (a command and state)."""
    average_watts: float


@dataclass(frozen=True)
class Report(JsonReport):
    """What a run says. Field names are the keys of the JSON form; units stand in the names."""

    npulse_version: str
    chip: str
    program: ProgramFacts
    latency_s: float
    cycles: int
    """Of the chip's clock."""
    clock_hertz: float
    macs: int
    bound: Bound
    memory: Memory
    energy_j: Energy
    decompression: Decompression
    roofline: Roofline
    queues: Mapping[str, Queue]
    """By name, `c0.mx` for example."""
    regions: tuple[Region, ...]
    stats: Mapping[str, Mapping[str, float]]
    """Counters of every module, by the module's name."""
    unsure: tuple[Unsure, ...]
    outputs: Mapping[str, Any] = field(metadata={"json": False})
    """NumPy arrays by name of tensor: what a functional run computed; empty for any other."""
    _json: str = field(repr=False)
    _text: str = field(repr=False)

    @classmethod
    def from_json(cls, json_text: str, text: str = "") -> Report:
        """The report whose JSON form this is; `text` is its text form, if known.

        Raises KeyError when the JSON is of another version and lacks something, ValueError when it
        is no JSON, TypeError when something in it is of another type.
        """
        values = json.loads(json_text)
        return cast(Report, fill(cls, {**values, "outputs": {}, "_json": json_text, "_text": text}))

    def to_frame(self) -> DataFrame:
        """The regions as a pandas frame: a row each, columns as the fields of `Region`.

        Cycles are of the chip's clock, and of all cores together where they are busy ones; bytes
        are those asked of memory; `energy_j` is in joules, dynamic only.
        """
        from pandas import DataFrame

        columns = [column.name for column in fields(Region)]
        return DataFrame([asdict(region) for region in self.regions], columns=columns)

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the report by the ending of `path`, whole or not at all: `.json`, which
        `load_report` reads, or `.html`, a page that needs no network (see `npulse.html`).

        Raises InputError for another ending, or when the file cannot be written.
        """
        target = Path(path)
        form = FORMS.get(target.suffix)
        if form is None:
            raise InputError(f"{target}: the ending must be one of {', '.join(FORMS)}")
        with written_whole(target) as partial:
            partial.write_text(form(self), encoding="utf-8")

    def past_caches(self) -> float:
        """Share, 0 to 1, of the bytes asked of memory by regions that caches did not answer."""
        asked = sum(region.dram_read_bytes + region.dram_write_bytes for region in self.regions)
        came = self.memory.bytes_read + self.memory.bytes_written
        return min(1.0, came / asked) if asked else 1.0

    def headline(self) -> dict[str, str]:
        """The figures that matter most, with units, by what they are."""
        program, memory = self.program, self.memory
        tokens = {
            "tokens": f"{program.tokens_per_s:,.4g} tokens/s",
            "energy a token": si(program.energy_per_token_j, "J"),
        }
        reached = si(memory.bandwidth_bytes_per_s, "B/s")
        return {
            "latency": si(self.latency_s, "s"),
            **(tokens if program.tokens else {}),
            "energy": f"{si(self.energy_j.total, 'J')} at {si(self.energy_j.average_watts, 'W')}",
            "memory": f"{reached} of {si(memory.peak_bytes_per_s, 'B/s')} ({memory.part})",
            "bound by": self.bound.text,
        }

    def _repr_html_(self) -> str:
        """For notebooks: the headline as a table."""
        rows = (
            f"<tr><th style='text-align:left'>{escape(name)}</th>"
            f"<td style='text-align:left'>{escape(value)}</td></tr>"
            for name, value in self.headline().items()
        )
        title = escape(f"{self.program.name} on {self.chip}")
        return f"<table><caption>{title}</caption>{''.join(rows)}</table>"


def load_report(path: str | PathLike[str]) -> Report:
    """The report that `Report.save` or `npulse run --json` wrote.

    Raises InputError when the file cannot be read or holds something else.
    """
    try:
        return Report.from_json(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except KeyError as error:
        text = f"lacks {error}: it is of another version, or of something else; run again"
        raise InputError(f"{path}: is no report of npulse run --json: {text}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: is no report of npulse run --json: {error}") from error


def _html(report: Report) -> str:
    from .html import report_html

    return report_html(report)


FORMS: dict[str, Callable[[Report], str]] = {".json": Report.to_json, ".html": _html}
"""What `save` writes, by the ending of the file's name."""

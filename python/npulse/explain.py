# SPDX-License-Identifier: Apache-2.0
"""What bounds a run, in words and numbers, from its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from .report import Queue, Region, Report

REGIONS = 5
"""Regions that are told of, by time."""
HIDDEN = 0.05
"""Shares below this are not worth a word."""
NEAR_LIMIT = 0.5
"""From this share of its capacity on a resource is what bounds (as in the report's own `bound`)."""

MOSTLY = 0.25


@dataclass(frozen=True)
class QueueStory:
    """The queues of one name over all cores; shares of the run add up to 1."""

    name: str
    kind: str
    busy: float
    wait_data: float
    wait_resource: float
    idle: float
    waits: Mapping[str, float]
    """Share of the run that was waited, by queue or resource, largest first."""

    def text(self) -> str:
        words = [f"`{self.name}` ({self.kind}) is busy {percent(self.busy)}"]
        words += [
            f"waits {percent(share)} for {_thing(what)}"
            for what, share in self.waits.items()
            if share >= HIDDEN
        ]
        return ", ".join([*words, f"has nothing to do {percent(self.idle)}"])


@dataclass(frozen=True)
class RegionStory:
    """One part of the program. Parts overlap, so their times may add up to more than the run."""

    name: str
    time: float
    """Share of the run in which any of its instructions executed."""
    use: Mapping[str, float]
    """Share of each resource's capacity that it used meanwhile."""
    bound_by: str

    def text(self) -> str:
        uses = ", ".join(f"{name} {percent(share)}" for name, share in self.use.items())
        return f"{self.name}: {percent(self.time)} of the time; {uses} used: {self.bound_by}"


@dataclass(frozen=True)
class Explanation:
    """Why a run took as long as it did."""

    bound: str
    roofline: str
    queues: tuple[QueueStory, ...]
    """The busiest first."""
    regions: tuple[RegionStory, ...]
    """The longest first."""
    unsure: int
    """Figures of the chip, its memory and its energy tables that are set or no published fact."""

    def text(self) -> str:
        """The whole story, for people."""
        lines = [f"The run is bound by {self.bound}.", self.roofline, "", "Where the time goes:"]
        lines += [f"  {queue.text()}" for queue in self.queues]
        lines += ["", "By region (they overlap):"]
        lines += [f"  {region.text()}" for region in self.regions]
        lines += [
            "",
            f"{self.unsure} figures behind the run are set, or no published facts (`unsure`).",
        ]
        return "\n".join(lines) + "\n"

    def _repr_html_(self) -> str:
        """For notebooks: the text as it is."""
        return f"<pre>{escape(self.text())}</pre>"

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values."""
        return asdict(self)


def explain(report: Report) -> Explanation:
    """What bounds a run; `what_if` and `sensitivity` say what a change would buy."""
    queues = sorted(_queue_stories(report), key=lambda queue: -queue.busy)
    regions = sorted(report.regions, key=lambda region: -region.active_cycles)
    return Explanation(
        bound=report.bound.text,
        roofline=_roofline(report),
        queues=tuple(queues),
        regions=tuple(_region_story(report, region) for region in regions[:REGIONS]),
        unsure=len(report.unsure),
    )


def percent(share: float) -> str:
    """12.3 % of 0.1234."""
    return f"{100 * share:.{0 if share >= 0.9995 else 1}f} %"


def _roofline(report: Report) -> str:
    line = report.roofline
    if not report.macs:
        return "It multiplies nothing, so no roof is over it."
    if not line.macs_per_byte:
        return (
            f"It moves nothing from or to memory: {line.peak_type} would be bound by the arrays at "
            f"{line.peak_macs_per_s / 1e12:.3g} TMAC/s; it reached {line.macs_per_s / 1e12:.3g}."
        )
    side = "memory" if line.macs_per_byte < line.ridge_macs_per_byte else "the arrays"
    return (
        f"With {line.macs_per_byte:.3g} MACs a byte of memory traffic, where {line.peak_type} has "
        f"its ridge at {line.ridge_macs_per_byte:.3g}, {side} would bound it at "
        f"{line.attainable_macs_per_s / 1e12:.3g} TMAC/s; it reached {line.macs_per_s / 1e12:.3g}."
    )


def _queue_stories(report: Report) -> Iterable[QueueStory]:
    groups: dict[str, list[Queue]] = {}
    for name, queue in report.queues.items():
        groups.setdefault(_kind_of(name), []).append(queue)
    for name, queues in groups.items():
        whole = max(1, report.cycles) * len(queues)
        waits = Counter[str]()
        for queue in queues:
            for what, cycles in (*queue.wait_data_for.items(), *queue.wait_resource_for.items()):
                waits[_kind_of(what)] += cycles
        yield QueueStory(
            name=name,
            kind=queues[0].kind,
            busy=sum(queue.busy_cycles for queue in queues) / whole,
            wait_data=sum(queue.wait_data_cycles for queue in queues) / whole,
            wait_resource=sum(queue.wait_resource_cycles for queue in queues) / whole,
            idle=sum(queue.idle_cycles for queue in queues) / whole,
            waits={what: cycles / whole for what, cycles in waits.most_common()},
        )


def _kind_of(name: str) -> str:
    """`ld` of `c0.ld`."""
    return name.rpartition(".")[2]


def _thing(name: str) -> str:
    return f"`{name}`" if "_" in name or len(name) < 4 else name


def _verdict(report: Report, resource: str, share: float) -> str:
    if share >= NEAR_LIMIT:
        return f"{resource} bound"
    if report.bound.by == "decompressor":
        return "none of these bounds it; decompressors are not counted by region"
    return f"mostly {resource}, between waits" if share >= MOSTLY else "waits, see the queues"


def _region_story(report: Report, region: Region) -> RegionStory:
    active = max(1, region.active_cycles)
    units = Counter(queue.kind for queue in report.queues.values())
    moved = (region.dram_read_bytes + region.dram_write_bytes) * report.past_caches()
    use = {"memory": moved * report.clock_hertz / active / report.memory.peak_bytes_per_s}
    for kind, busy in (
        ("matrix", region.matrix_busy_cycles),
        ("vector", region.vector_busy_cycles),
    ):
        if units[kind]:
            use[kind] = busy / active / units[kind]
    use = {name: min(1.0, share) for name, share in use.items()}
    most = max(use, key=lambda name: use[name])
    return RegionStory(
        name=region.name,
        time=active / max(1, report.cycles),
        use=use,
        bound_by=_verdict(report, most, use[most]),
    )

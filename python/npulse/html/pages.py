# SPDX-License-Identifier: Apache-2.0
"""The page of a report: what it says, and in which order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from os import PathLike
from string import Template

from .. import plots
from ..chip import Chip
from ..explain import explain
from ..report import Queue, Region, Report, Unsure
from .configuration import require_same
from .tables import Column, amount, count, share, table, text


def report_html(
    report: Report, chip: Chip | None = None, timeline: str | PathLike[str] | None = None
) -> str:
    """A page with a run's figures, why they are so, plots, and sortable tables.

    `chip`, the one of the run, adds its effective configuration with the source of every figure;
    `timeline`, which the run wrote, memory traffic over time.

    Raises InputError when `chip` is another than the report's or has other parameters, or when
    `timeline` cannot be read.
    """
    if chip:
        require_same(report, chip)
    return Template(_resource("page.html")).substitute(
        title=escape(f"{report.program.name} on {report.chip}"),
        css=_resource("page.css"),
        body="".join(_sections(report, chip, timeline)),
        version=escape(report.npulse_version),
        script=_resource("sort.js"),
    )


def _sections(
    report: Report, chip: Chip | None, timeline: str | PathLike[str] | None
) -> Iterator[str]:
    yield _headline(report)
    yield f"<h2>What bounds it</h2>\n{_words(report)}"
    yield f'<h2>Plots</h2>\n<div class="plots">\n{_plots(report, timeline)}</div>\n'
    yield "<h2>Regions</h2>\n<p>Regions overlap, so their times may add up to more than the run."
    yield f"</p>\n{table('regions', _region_columns(report), report.regions)}"
    yield f"<h2>Queues</h2>\n{table('queues', _queue_columns(report), report.queues.items())}"
    yield f"<h2>The program</h2>\n{table('program', FACTS, report.program.meta.items())}"
    if chip:
        yield "<h2>The chip as it was simulated</h2>\n<details open><summary>Every parameter with "
        yield f"its source</summary>\n<pre>{escape(chip.to_yaml())}</pre></details>\n"
    yield f"<h2>Figures that are set, or no published fact</h2>\n{_provenance(report)}"


def _headline(report: Report) -> str:
    pairs = (
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>\n"
        for name, value in report.headline().items()
    )
    return f"<dl>\n{''.join(pairs)}</dl>\n"


def _words(report: Report) -> str:
    story = explain(report)
    queues = "".join(f"<li>{_marked(queue.text())}</li>\n" for queue in story.queues)
    regions = "".join(f"<li>{_marked(region.text())}</li>\n" for region in story.regions)
    return (
        f"<p>The run is bound by {escape(story.bound)}. {escape(story.roofline)}</p>\n"
        f"<p>Where the time goes:</p>\n<ul>\n{queues}</ul>\n"
        f"<p>By region:</p>\n<ul>\n{regions}</ul>\n"
    )


def _marked(words: str) -> str:
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(words))


def _plots(report: Report, timeline: str | PathLike[str] | None) -> str:
    moved = report.memory.bytes_read + report.memory.bytes_written
    figures = {"stalls": plots.stalls(report)}
    if report.macs:
        figures["roofline"] = plots.roofline(report)
    figures["energy"] = plots.energy(report)
    if timeline is not None and moved:
        figures["bandwidth"] = plots.bandwidth(timeline, report)
    return "".join(
        f'<figure id="{name}">{plots.svg_text(figure, name)}</figure>\n'
        for name, figure in figures.items()
    )


def _region_columns(report: Report) -> list[Column[Region]]:
    return [
        text("region", lambda region: region.name),
        share("time", lambda region: region.active_cycles / max(1, report.cycles)),
        count("active cycles", lambda region: region.active_cycles),
        count("instances", lambda region: region.instances),
        count("instructions", lambda region: region.instructions),
        count("matrix cycles", lambda region: region.matrix_busy_cycles),
        count("vector cycles", lambda region: region.vector_busy_cycles),
        count("dma cycles", lambda region: region.dma_busy_cycles),
        amount("MACs", "", lambda region: region.macs),
        amount("read", "B", lambda region: region.dram_read_bytes),
        amount("written", "B", lambda region: region.dram_write_bytes),
        amount("energy", "J", lambda region: region.energy_j),
    ]


def _queue_columns(report: Report) -> list[Column[tuple[str, Queue]]]:
    whole = max(1, report.cycles)
    return [
        text("queue", lambda named: named[0]),
        text("kind", lambda named: named[1].kind),
        share("busy", lambda named: named[1].busy_cycles / whole),
        share("waits for data", lambda named: named[1].wait_data_cycles / whole),
        text("most for", lambda named: _most(named[1].wait_data_for)),
        share("waits for a resource", lambda named: named[1].wait_resource_cycles / whole),
        text("most for", lambda named: _most(named[1].wait_resource_for)),
        share("nothing to do", lambda named: named[1].idle_cycles / whole),
    ]


FACTS: list[Column[tuple[str, str]]] = [
    text("fact", lambda fact: fact[0]),
    text("value", lambda fact: fact[1]),
]


def _most(cycles: Mapping[str, int]) -> str:
    return max(cycles, key=lambda name: cycles[name], default="")


def _provenance(report: Report) -> str:
    columns: list[Column[Unsure]] = [
        text("figure", lambda figure: figure.path),
        text("value", lambda figure: figure.value),
        text("mark", lambda figure: figure.mark),
        text("source", lambda figure: figure.source),
    ]
    marks = Counter(figure.mark for figure in report.unsure)
    counts = ", ".join(f"{number} {mark}" for mark, number in sorted(marks.items()))
    words = f"Of the chip, its memory and its energy tables: {counts or 'none'}."
    return f"<p>{escape(words)}</p>\n{table('provenance', columns, report.unsure)}"


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")

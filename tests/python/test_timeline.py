# SPDX-License-Identifier: Apache-2.0
"""Timelines: what Perfetto makes of them is what ran."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import npulse
from npulse.timeline import load_timeline
from trace_processor import trace_processor

Run = tuple[npulse.Report, Path]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A decode on a chip whose cycle is no whole number of nanoseconds."""
    timeline = tmp_path_factory.mktemp("run") / "timeline.json"
    report = npulse.run("bertha", "llama-3.1-8b", layers=(0, 1), timeline=timeline)
    assert 1e9 % report.clock_hertz
    return report, timeline


def events_of(timeline: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Instructions, and names of their tracks."""
    events = json.loads(timeline.read_text())["traceEvents"]
    assert {event["ph"] for event in events} == {"M", "X"}
    ran = [event for event in events if event["ph"] == "X"]
    return ran, [event for event in events if event["ph"] == "M"]


def nanoseconds(event: Mapping[str, Any], field: str) -> int:
    whole = round(float(event[field]) * 1000)
    assert event[field] * 1000 == pytest.approx(whole, abs=1e-3)
    return whole


def test_every_instruction_has_a_named_track_where_none_overlaps_another(run: Run) -> None:
    ran, names = events_of(run[1])
    named = {(e["pid"], e["tid"]) for e in names if e["name"] == "thread_name"}
    tracks = defaultdict(list)
    for event in ran:
        assert event["pid"] > 0  # process and thread 0 are the idle task to Perfetto
        assert event["tid"] > 0
        start = nanoseconds(event, "ts")
        tracks[event["pid"], event["tid"]].append((start, start + nanoseconds(event, "dur")))
    assert set(tracks) <= named
    assert len(tracks) > len(run[0].queues)  # several instructions of a queue were under way
    for spans in tracks.values():
        spans.sort()
        ends = [end for _, end in spans]
        assert all(end <= start for end, (start, _) in zip(ends, spans[1:], strict=False))


def test_a_timeline_says_what_the_report_says(run: Run) -> None:
    report, spans = run[0], load_timeline(run[1])
    assert sum(span.macs for span in spans) == report.macs
    moved = report.memory.bytes_read + report.memory.bytes_written
    assert sum(span.dram_bytes for span in spans) == moved
    assert max(span.end_s for span in spans) == pytest.approx(report.latency_s, abs=2e-9)
    assert {f"c{span.core}.{span.queue}" for span in spans} == set(report.queues)


def test_perfetto_drops_nothing_and_counts_what_ran(run: Run, tmp_path: Path) -> None:
    ran, names = events_of(run[1])
    with trace_processor(tmp_path) as traces:
        traces.load(run[1])
        assert traces.query("select * from stats where value > 0 and severity != 'info'") == []
        (sums,) = traces.query("select count(*) as n, sum(dur) as ns, max(depth) as d from slice")
        (macs,) = traces.query("select sum(extract_arg(arg_set_id, 'args.macs')) as n from slice")
        cores = traces.query("select name from process where name is not null order by pid")
        queues = traces.query("select distinct name from thread where name is not null")
    whole = sum(nanoseconds(event, "dur") for event in ran)
    assert sums == {"n": len(ran), "ns": whole, "d": 0}
    assert macs == {"n": run[0].macs}
    wanted = [e["args"]["name"] for e in names if e["name"] == "process_name"]
    assert [core["name"] for core in cores] == wanted
    assert {queue["name"] for queue in queues} == {s.queue for s in load_timeline(run[1])}


@pytest.mark.parametrize("content", ["", "[]", '{"traceEvents": [{"ph": "X"}]}'])
def test_what_is_no_timeline_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text(content)
    with pytest.raises(npulse.InputError, match=r"odd\.json: is no timeline"):
        load_timeline(path)

# SPDX-License-Identifier: Apache-2.0
"""Replays of DRAM traces: the typed report, its options, and errors."""

from __future__ import annotations

from pathlib import Path

import pytest

import npulse


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "stream.trace"
    lines = (f"{i % 2} {'W' if i % 5 == 0 else 'R'} {i * 32:#x}\n" for i in range(5000))
    path.write_text("".join(lines))
    return path


def test_a_report_is_typed_and_agrees_with_itself(trace: Path) -> None:
    report = npulse.dram("lpddr5-6400", trace, channels=1)
    assert report.requests == report.reads + report.writes == 5000
    assert report.sources == 2
    assert report.memory.bytes_read + report.memory.bytes_written == 5000 * 32
    assert sum(report.time.ticks.values()) == report.time.total_ticks
    assert sum(report.time.shares.values()) == pytest.approx(1)
    latency = report.read_latency_ns
    assert latency.p50 <= latency.p90 <= latency.p99 <= latency.max
    assert sum(b.count for b in latency.histogram) == latency.count == report.reads
    assert report.to_dict()["latency_s"] == report.latency_s
    assert "where the time of the data buses went" in report.text()


@pytest.mark.parametrize(
    ("part", "rails"),
    [("lpddr4-3200", {"vdd1", "vdd2", "vddq"}), ("hbm3-6400", set[str]())],
)
def test_energy_adds_up_by_use_and_by_rail(part: str, rails: set[str], trace: Path) -> None:
    energy = npulse.dram(part, trace, channels=1).energy_j
    uses = (energy.activation, energy.column, energy.io, energy.refresh, energy.background)
    assert sum(uses) == energy.total > 0
    assert sum(energy.background_by_state.values()) == energy.background
    assert set(energy.rails) == rails
    assert energy.basis == ("currents" if rails else "figures")
    if rails:
        assert sum(energy.rails.values()) == energy.total


def test_refreshes_and_power_states_are_told(trace: Path) -> None:
    parameters = {"controller.refresh": "per_bank", "controller.power_down_idle_ns": 0}
    memory = npulse.dram("lpddr5-6400", trace, channels=1, parameters=parameters).memory
    assert memory.channels[0].refreshes == 0
    assert memory.channels[0].per_bank_refreshes > 0
    assert set(memory.state_ticks) == {
        "active_standby",
        "precharge_standby",
        "active_power_down",
        "precharge_power_down",
        "self_refresh",
    }
    assert memory.state_ticks["active_standby"] > 0


def test_the_same_replay_gives_the_same_bytes(trace: Path) -> None:
    first = npulse.dram("hbm3-6400", trace)
    assert npulse.dram("hbm3-6400", trace).to_json() == first.to_json()


def test_options_reach_the_replay(trace: Path, tmp_path: Path) -> None:
    commands = tmp_path / "commands.txt"
    report = npulse.dram(
        "lpddr5-6400",
        trace,
        channels=2,
        mapping="rbc",
        parameters={"controller.queue_bursts": 4},
        requests=100,
        size=64,
        commands=commands,
    )
    assert report.mapping == "rbc"
    assert len(report.memory.channels) == 2
    assert report.requests == 100
    assert len(commands.read_text().splitlines()) == sum(report.commands.values()) + 2


def test_a_faulty_trace_lists_its_faults(tmp_path: Path) -> None:
    path = tmp_path / "bad.trace"
    path.write_text("0 R 0x0\nx\n0 R 7\n")
    with pytest.raises(npulse.InputError) as error:
        npulse.dram("lpddr5-6400", path)
    assert [fault.where.rsplit("/")[-1] for fault in error.value.faults] == [
        "bad.trace:2:1",
        "bad.trace:3:5",
    ]


@pytest.mark.parametrize(
    ("option", "value"),
    [("channels", 0), ("mapping", "rcb"), ("trace_format", "st"), ("size", 0), ("clock_mhz", 0.0)],
)
def test_an_option_out_of_range_is_refused(trace: Path, option: str, value: object) -> None:
    with pytest.raises(npulse.InputError, match=option.removesuffix("_mhz")):
        npulse.dram("lpddr5-6400", trace, **{option: value})  # type: ignore[arg-type]

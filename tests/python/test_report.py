# SPDX-License-Identifier: Apache-2.0
"""Reports: typed, complete, and adding up."""

from __future__ import annotations

import json
import math
import pickle
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import npulse
from npulse._units import si


def assert_same(typed: Any, plain: Any, path: str = "report") -> None:
    """Every key of the JSON is a field of the class, and the other way round."""
    if is_dataclass(typed):
        kept = [f for f in fields(typed) if f.metadata.get("json", True)]
        names = [field.name for field in kept if not field.name.startswith("_")]
        assert names == list(plain), path
        for name in names:
            assert_same(getattr(typed, name), plain[name], f"{path}.{name}")
    elif isinstance(typed, tuple):
        assert len(typed) == len(plain), path
        for index, (item, other) in enumerate(zip(typed, plain, strict=True)):
            assert_same(item, other, f"{path}[{index}]")
    elif isinstance(typed, dict):
        assert list(typed) == list(plain), path
        for key in typed:
            assert_same(typed[key], plain[key], f"{path}.{key}")
    else:
        assert typed == plain, path


def test_the_classes_name_exactly_what_the_json_form_holds(report: npulse.Report) -> None:
    assert_same(report, report.to_dict())


def test_every_queue_accounts_for_the_whole_run(report: npulse.Report) -> None:
    assert report.queues
    for queue in report.queues.values():
        parts = (queue.busy_cycles, queue.wait_data_cycles, queue.wait_resource_cycles)
        assert sum(parts) + queue.idle_cycles == report.cycles


def test_energy_components_add_up_to_the_total(report: npulse.Report) -> None:
    assert sum(report.energy_j.components.values()) == report.energy_j.total


def test_the_memory_devices_energy_adds_up_by_use_and_by_rail(report: npulse.Report) -> None:
    energy = report.energy_j
    assert energy.dram_basis == "currents"
    assert set(energy.dram_rails) == {"vdd1", "vdd2h", "vdd2l", "vddq"}
    assert sum(energy.dram_rails.values()) == sum(energy.dram.values())
    assert sum(energy.dram.values()) == pytest.approx(energy.components["dram"])


def test_channels_carry_what_the_memory_carried(report: npulse.Report) -> None:
    assert sum(c.bytes_read for c in report.memory.channels) == report.memory.bytes_read
    moved = report.memory.bytes_read + report.memory.bytes_written
    assert report.memory.done_s >= report.latency_s
    assert math.isclose(report.memory.bandwidth_bytes_per_s, moved / report.memory.done_s)


def test_a_gemm_counts_its_macs(report: npulse.Report) -> None:
    assert report.macs == 64 * 64 * 64


def test_a_report_cannot_be_changed(report: npulse.Report) -> None:
    with pytest.raises(FrozenInstanceError):
        report.cycles = 0  # type: ignore[misc]


def test_a_report_survives_its_json_form_and_a_process_boundary(report: npulse.Report) -> None:
    assert npulse.Report.from_json(report.to_json(), report.text()) == report
    assert pickle.loads(pickle.dumps(report)) == report


def test_the_text_form_leads_with_what_was_run(report: npulse.Report) -> None:
    assert report.text().startswith(f"{report.program.name} on {report.chip}")


def test_the_frame_has_a_row_a_region(report: npulse.Report) -> None:
    frame = report.to_frame()
    assert list(frame["name"]) == [region.name for region in report.regions]
    assert list(frame.columns) == [field.name for field in fields(report.regions[0])]
    assert frame["macs"].sum() == report.macs
    assert frame["dram_read_bytes"].sum() == report.memory.bytes_read


def test_a_saved_report_is_read_back(report: npulse.Report, tmp_path: Path) -> None:
    report.save(tmp_path / "report.json")
    assert npulse.Report.from_json((tmp_path / "report.json").read_text(), report.text()) == report


def test_saving_refuses_other_endings_and_leaves_no_part_of_a_file(
    report: npulse.Report, tmp_path: Path
) -> None:
    with pytest.raises(npulse.InputError, match=r"report\.txt: the ending must be one of \.json"):
        report.save(tmp_path / "report.txt")
    (tmp_path / "taken.json").mkdir()
    with pytest.raises(npulse.InputError, match="cannot be written: Is a directory"):
        report.save(tmp_path / "taken.json")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.json"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("latency_s",), "fast"),
        (("queues",), 5),
        (("regions",), {}),
        (("memory", "channels"), 3),
        (("program", "tokens"), True),
        (("program",), None),
        (("memory", "part"), ...),
    ],
)
def test_a_file_that_is_no_report_is_named(
    report: npulse.Report, tmp_path: Path, path: tuple[str, ...], value: object
) -> None:
    content = report.to_dict()
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    if value is ...:
        del inner[path[-1]]
    file = tmp_path / "odd.json"
    file.write_text(json.dumps(content))
    with pytest.raises(npulse.InputError, match=r"odd\.json: is no report"):
        npulse.load_report(file)


def test_a_notebook_shows_the_headline_with_nothing_unescaped(report: npulse.Report) -> None:
    foreign = replace(report, bound=replace(report.bound, text="<b> & more"))
    shown = foreign._repr_html_()
    assert "&lt;b&gt; &amp; more" in shown
    assert si(report.energy_j.average_watts, "W") in shown
    assert "tokens" not in shown  # a product makes none


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 s"), (3.454e-4, "345.4 us"), (999.96, "1 ks"), (-2e-3, "-2 ms"), (1e-15, "0.001 ps")],
)
def test_figures_have_four_digits_and_a_prefix(value: float, text: str) -> None:
    assert si(value, "s") == text

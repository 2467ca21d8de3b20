# SPDX-License-Identifier: Apache-2.0
"""Plots show the figures of their reports, with units, and the same bytes every time."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, StepPatch

import npulse
from npulse import plots
from npulse.html import report_html
from npulse.plots.energy import COLORS
from runs import GEMM

Run = tuple[npulse.Report, Path]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A prefill, for that uses every queue, and its timeline."""
    timeline = tmp_path_factory.mktemp("run") / "timeline.json"
    report = npulse.run(
        "rngd",
        "llama-3.1-8b",
        phase="prefill",
        context=128,
        weights="fp8",
        layers=(0, 1),
        timeline=timeline,
    )
    return report, timeline


@pytest.fixture(scope="module")
def decode() -> dict[str, npulse.Report]:
    rngd = npulse.load_chip("rngd")
    chips = {"hbm": rngd, "lpddr": rngd.with_(memory="lpddr5x-8533")}
    return {
        name: npulse.run(chip, "llama-3.1-8b", weights="fp8", layers=(0, 1))
        for name, chip in chips.items()
    }


def rows_of(count: int) -> list[dict[str, object]]:
    """Points of which every third is beaten, and one that failed."""
    rows: list[dict[str, object]] = [
        {
            "memory": "ab"[i % 2],
            "latency_s": (i + i % 3) * 1e-3,
            "energy_per_token_j": float(count - i),
            "error": "",
        }
        for i in range(count)
    ]
    return [*rows, {"latency_s": None, "energy_per_token_j": None, "error": "no"}]


def effect(path: str, after: object, change: float | None) -> npulse.Effect:
    return npulse.Effect(path, 8, after, None, change, change, "" if change else "cannot")


EFFECTS = [effect("a", 4, 0.1), effect("a", 16, -0.3), effect("b", 4, 0.9), effect("c", 4, None)]


def widths(axes: Axes) -> dict[int, float]:
    """Lengths of the bars of each row, put together."""
    sums: dict[int, float] = {}
    for patch in axes.patches:
        if isinstance(patch, Rectangle) and patch.get_fill():
            row = round(patch.get_y() + patch.get_height() / 2)
            sums[row] = sums.get(row, 0) + patch.get_width()
    return sums


def words(figure: Figure) -> str:
    return plots.svg_text(figure, "x")


DRAWN: dict[str, Callable[[Run], Figure]] = {
    "roofline": lambda run: plots.roofline(run[0]),
    "stalls": lambda run: plots.stalls(run[0]),
    "bandwidth": lambda run: plots.bandwidth(run[1], run[0]),
    "energy": lambda run: plots.energy(run[0]),
    "pareto": lambda run: plots.pareto(rows_of(9)),
    "tornado": lambda run: plots.tornado(EFFECTS),
    "comparison": lambda run: plots.comparison(run[0]),
}


@pytest.mark.parametrize(
    ("name", "ending"), [*((name, "svg") for name in DRAWN), ("roofline", "png")]
)
def test_the_same_plot_gives_the_same_bytes(
    name: str, ending: str, run: Run, tmp_path: Path
) -> None:
    first, second = tmp_path / f"first.{ending}", tmp_path / f"second.{ending}"
    for path in (first, second):
        plots.save_plot(DRAWN[name](run), path)
    assert first.read_bytes() == second.read_bytes()
    assert len(first.read_bytes()) > 4000


@pytest.mark.parametrize("name", DRAWN)
def test_axes_say_what_they_show(name: str, run: Run) -> None:
    for axes in DRAWN[name](run).axes:
        assert axes.get_xlabel()
        assert axes.get_ylabel() or axes.get_yticks().size


def test_plots_leave_the_settings_of_matplotlib_alone() -> None:
    program = (
        "import sys; from matplotlib import rcParams as now; import npulse.plots as plots;"
        "before = {name: now[name] for name in now if name != 'backend'};"  # which imports pyplot
        f"plots.svg_text(plots.pareto({rows_of(4)}), 'x');"
        "assert before == {name: now[name] for name in before};"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_no_region_stands_above_the_roof(run: Run) -> None:
    report = run[0]
    (axes,) = plots.roofline(report).axes
    places = [place for c in axes.collections for place in np.asarray(c.get_offsets())]
    dots = [(x, y) for x, y in places if np.isfinite(x)]
    with_macs = [r for r in report.regions if r.macs and r.dram_read_bytes + r.dram_write_bytes]
    assert len(dots) == len(with_macs) + 1
    for intensity, rate in dots:
        roof = min(report.roofline.peak_macs_per_s, intensity * report.memory.peak_bytes_per_s)
        assert 0 < rate <= roof
    assert (report.roofline.macs_per_byte, report.roofline.macs_per_s) in dots


def test_stalls_fill_every_bar_and_name_who_is_waited_for(run: Run) -> None:
    figure = plots.stalls(run[0])
    sums = widths(figure.axes[0])
    assert len(sums) == len(npulse.explain(run[0]).queues)
    assert list(sums.values()) == pytest.approx([1] * len(sums))
    assert " for memory<" in words(figure)


def test_bandwidth_over_time_adds_up_to_the_traffic_and_keeps_to_the_peak(run: Run) -> None:
    report, timeline = run
    (axes,) = plots.bandwidth(timeline, report, bins=50).axes
    stairs = [patch for patch in axes.patches if isinstance(patch, StepPatch)]
    assert [str(one.get_label()) for one in stairs] != []
    top: Any = stairs[-1].get_data()  # the last is on top of all others
    gb, us = 1e9, 1e-6
    unit = {"GB/s": gb, "TB/s": 1e12}[axes.get_ylabel().removeprefix("Bandwidth (")[:-1]]
    time = {"us": us, "ms": 1e-3}[axes.get_xlabel().removeprefix("Time (")[:-1]]
    moved = np.sum(top.values * unit * np.diff(top.edges) * time)
    assert moved == pytest.approx(report.memory.bytes_read + report.memory.bytes_written)
    assert max(top.values) * unit <= 1.02 * report.memory.peak_bytes_per_s


def test_energy_bars_are_as_long_as_a_tokens_energy(decode: dict[str, npulse.Report]) -> None:
    figure = plots.energy(decode)
    expected = [1e3 * report.program.energy_per_token_j for report in decode.values()]
    assert figure.axes[0].get_xlabel() == "Energy a token (mJ)"
    assert list(widths(figure.axes[0]).values()) == pytest.approx(expected)


def test_no_two_components_of_energy_have_one_colour(decode: dict[str, npulse.Report]) -> None:
    names = [name for report in decode.values() for name in report.energy_j.components]
    parts = dict.fromkeys([*names, "others"])
    assert {"dma", "dram"} <= set(parts)
    known = [COLORS[part] for part in parts]
    assert len(set(known)) == len(known)


def test_energy_is_the_runs_where_one_run_makes_no_tokens(run: Run, report: npulse.Report) -> None:
    assert run[0].program.tokens > 1
    axes = plots.energy({"gemm": report, "prefill": run[0]}).axes[0]
    assert axes.get_xlabel() == "Energy of the run (mJ)"
    expected = [1e3 * one.energy_j.total for one in (report, run[0])]
    assert list(widths(axes).values()) == pytest.approx(expected)


def test_the_front_is_what_pareto_front_says() -> None:
    rows = rows_of(9)
    ways = {"latency_s": "minimize", "energy_per_token_j": "minimize"}
    front = npulse.pareto_front(rows, ways)
    assert 1 < len(front) < 9
    (axes,) = plots.pareto(rows, by="memory").axes
    assert list(np.asarray(axes.lines[0].get_xdata())) == pytest.approx(
        sorted(1e3 * row["latency_s"] for row in front)
    )
    dots = [c for c in axes.collections if isinstance(c, PathCollection)]
    assert [len(np.asarray(c.get_offsets())) for c in dots] == [5, 4, len(front)]
    assert axes.get_xlabel() == "Latency (ms), less is better"


def test_a_column_may_be_the_better_the_larger() -> None:
    rows = [{"a": x, "b": x, "error": ""} for x in range(5)]
    (axes,) = plots.pareto(rows, "a", "b", maximize=["a", "b"]).axes
    assert list(np.asarray(axes.lines[0].get_xdata())) == [4]
    assert axes.get_ylabel() == "b (more is better)"


def test_a_tornado_ranks_parameters_and_counts_what_could_not_be_run() -> None:
    figure = plots.tornado(EFFECTS)
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b = 8", "a = 8"]
    drawn = [patch.get_width() for patch in axes.patches if isinstance(patch, Rectangle)]
    assert [width for width in drawn if width] == [0.9, 0.1, -0.3]
    assert "could not be run: 1" in axes.get_xlabel()
    words = npulse.Effect("kind", "systolic", "dot_product", None, 0.2, 0.2, "")
    legend = plots.tornado([words, *EFFECTS]).axes[0].get_legend()
    assert legend is not None
    sorts = [text.get_text() for text in legend.get_texts()]
    assert sorts == ["smaller value", "larger value", "another value"]


def test_a_comparison_has_a_bar_a_run_in_each_panel(decode: dict[str, npulse.Report]) -> None:
    latency, reached, rate, joules = plots.comparison(decode).axes
    reports = list(decode.values())
    assert latency.get_xlabel() == "Latency (us), less is better"
    for axes, scale, values in (
        (latency, 1e6, [r.latency_s for r in reports]),
        (reached, 1e-12, [r.memory.bandwidth_bytes_per_s for r in reports]),
        (rate, 1e-3, [r.program.tokens_per_s for r in reports]),
        (joules, 1e3, [r.program.energy_per_token_j for r in reports]),
    ):
        assert list(widths(axes).values()) == pytest.approx([scale * value for value in values])


def few(folder: Path) -> Path:
    """The timeline of a run of few instructions."""
    npulse.run("edu-8x8", "gemm:16,16,16", timeline=folder / "few.json")
    return folder / "few.json"


def test_what_cannot_be_plotted_is_said(
    decode: dict[str, npulse.Report], report: npulse.Report, tmp_path: Path
) -> None:
    wrong: list[tuple[Callable[[], object], str]] = [
        (lambda: plots.energy([report, report]), "several are of edu-8x8"),
        (lambda: plots.energy([]), "no reports"),
        (lambda: plots.comparison({"a": report, **decode}), "different programs"),
        (lambda: plots.pareto([], "a", "b"), "no row has both a and b"),
        (lambda: plots.pareto(rows_of(4), by="colour"), "no row has colour; there are memory"),
        (lambda: plots.pareto(rows_of(4), "memory"), "memory: 'a' is no number"),
        (lambda: plots.tornado(EFFECTS[-1:]), "none of the changes"),
        (lambda: plots.bandwidth(tmp_path / "none.json"), "cannot be read"),
        (lambda: plots.bandwidth(__file__), "no timeline"),
        (lambda: plots.bandwidth(few(tmp_path), bins=0), "bins=0: must be 1 or more"),
        (lambda: plots.bandwidth(few(tmp_path), report), "of another run than the report: 4096"),
        (lambda: plots.save_plot(Figure(), tmp_path / "x.pdf"), "ending must be one of .png"),
    ]
    for call, text in wrong:
        with pytest.raises(npulse.InputError, match=text):
            call()


@pytest.mark.parametrize("work", ["mx: opaque cycles=3", "bar core"])
def test_a_run_that_multiplies_and_moves_nothing_has_a_page_without_roof(
    work: str, tmp_path: Path
) -> None:
    build = npulse.ProgramBuilder("edu-8x8")
    text = build.text() + f"core 0 {{\n  {work}\n}}\n"
    timeline = tmp_path / "timeline.json"
    report = npulse.run("edu-8x8", npulse.Program.from_text(text, name="idle"), timeline=timeline)
    with pytest.raises(npulse.InputError, match="idle: multiplies nothing"):
        plots.roofline(report)
    assert "multiplies nothing" in npulse.explain(report).text()
    page = report_html(report, timeline=timeline)
    assert re.findall(r'<figure id="(\w+)">', page) == ["stalls", "energy"]
    plots.comparison(report)


def test_names_are_text_and_no_formula_or_markup(report: npulse.Report) -> None:
    odd = replace(report, chip=r"$\frac<b>$", program=replace(report.program, name="a_$x$"))
    assert r"a_$x$ on $\frac&lt;b&gt;$" in words(plots.stalls(odd))


def test_ids_of_two_plots_on_a_page_differ(report: npulse.Report) -> None:
    figure = plots.stalls(report)
    one, two = (plots.svg_text(figure, name) for name in ("one", "two"))
    assert one.startswith("<svg")
    assert one.replace("one-", "two-") == two
    assert ' id="figure' not in one
    assert "url(#p" not in one


def test_plots_of_a_product_work_too(tmp_path: Path) -> None:
    timeline = tmp_path / "gemm.json"
    report = npulse.run("edu-8x8", GEMM, timeline=timeline)
    for figure in (
        plots.roofline(report),
        plots.stalls(report),
        plots.bandwidth(timeline),
        plots.energy(report),
        plots.comparison([report]),
    ):
        plots.save_plot(figure, tmp_path / "plot.png")
    assert matplotlib.rcParams["svg.hashsalt"] is None


def test_the_calls_in_the_documents_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (Path(__file__).parents[2] / "docs" / "sight.md").read_text()
    (block,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, object] = {"rows": rows_of(9), "effects": EFFECTS}
    exec(block, names)
    calls = re.findall(r"^\| `(plots\..*?)` \|", text, re.MULTILINE)
    assert {call.partition("(")[0] for call in calls} == {f"plots.{name}" for name in DRAWN}
    assert all(isinstance(eval(call, names), Figure) for call in calls)
    assert (tmp_path / "stalls.svg").is_file()

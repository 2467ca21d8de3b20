# SPDX-License-Identifier: Apache-2.0
"""The page of a report: whole, safe, and alive in a browser that it asks nothing of."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

import npulse
from browser import open_page
from npulse.__main__ import main
from npulse.html import report_html
from npulse.html.configuration import require_same, simulated_chip
from runs import GEMM, LONG

MODEL = "llama-3.1-8b"
PLOTS = ["stalls", "roofline", "energy", "bandwidth"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run's report, timeline and page."""
    folder = tmp_path_factory.mktemp("page")
    timeline = folder / "timeline.json"
    report = npulse.run("rngd", MODEL, weights="fp8", layers=(0, 1), timeline=timeline)
    report.save(folder / "report.json")
    words = ["html", str(folder / "report.json"), "-o", str(folder / "report.html")]
    assert main([*words, "--chip", "rngd", "--timeline", str(timeline)]) == 0
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "report.html").read_text()


@pytest.fixture(scope="module")
def run(folder: Path) -> npulse.Report:
    return npulse.load_report(folder / "report.json")


class Tables(HTMLParser):
    """The cells of each table, by its id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._name = ""
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._name = dict(attrs)["id"] or ""
            self.tables[self._name] = []
        elif tag == "tr":
            self.tables[self._name].append([])
        elif tag in ("td", "th"):
            self.tables[self._name][-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.tables[self._name][-1][-1] += data


def with_script(page: str, script: str, path: Path) -> Path:
    """The page with something done to it after it was loaded."""
    path.write_text(page.replace("</body>", f"<script>{script}</script></body>"))
    return path


def test_tables_hold_every_region_queue_fact_and_unsure_figure(
    page: str, run: npulse.Report
) -> None:
    tables = Tables(page).tables
    assert [row[0] for row in tables["regions"][1:]] == [region.name for region in run.regions]
    assert [row[0] for row in tables["queues"][1:]] == list(run.queues)
    assert tables["program"][1:] == [list(fact) for fact in run.program.meta.items()]
    figures = [[f.path, f.value, f.mark, f.source] for f in run.unsure]
    assert tables["provenance"][1:] == figures


def test_the_page_has_headline_words_plots_configuration_and_version(
    page: str, run: npulse.Report
) -> None:
    assert all(value in page for value in run.headline().values())
    assert npulse.explain(run).roofline in page
    assert re.findall(r'<figure id="(\w+)">', page) == PLOTS
    assert "Clock of cores and network" in page
    assert f"NPUlse {run.npulse_version}" in page


def test_the_same_run_gives_the_same_page(run: npulse.Report, tmp_path: Path) -> None:
    for name in ("first.html", "second.html"):
        run.save(tmp_path / name)
    assert (tmp_path / "first.html").read_bytes() == (tmp_path / "second.html").read_bytes()


def test_two_processes_write_the_same_page(folder: Path, tmp_path: Path) -> None:
    words = ["html", str(folder / "report.json"), "--chip", "rngd"]
    words += ["--timeline", str(folder / "timeline.json")]
    for seed in ("1", "2"):  # of the order of sets
        done = command(*words, "-o", f"{seed}.html", cwd=tmp_path, PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "1.html").read_bytes() == (tmp_path / "2.html").read_bytes()


def test_ids_are_unique(page: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_foreign_names_are_text(report: npulse.Report) -> None:
    evil = "</td><script>alert(1)</script> $title &amp;"
    odd = replace(
        report,
        chip=evil,
        program=replace(report.program, name=evil, meta={evil: evil}),
        bound=replace(report.bound, text=evil),
        regions=tuple(replace(region, name=evil) for region in report.regions),
        queues={f"c0.{evil}": queue for queue in report.queues.values()},
        unsure=tuple(replace(figure, source=evil) for figure in report.unsure),
    )
    page = report_html(odd)
    assert page.count("<script") == 1
    assert {row[3] for row in Tables(page).tables["provenance"][1:]} == {evil}


def test_a_browser_asks_for_nothing_logs_nothing_and_shows_the_plots(
    folder: Path, page: str, tmp_path: Path
) -> None:
    places = """
      const edges = (p) => [p.left, p.top, p.right, p.bottom];
      const plots = [...document.querySelectorAll('figure svg')];
      const places = plots.map((plot) => edges(plot.getBoundingClientRect()));
      document.body.textContent = JSON.stringify(places);
    """
    dom = open_page(with_script(page, places, tmp_path / "places.html"), tmp_path, "--dump-dom")
    rectangles = json.loads(re.findall(r"\[\[.*\]\]", dom.output)[0])
    assert len(rectangles) == len(PLOTS)
    picture = tmp_path / "page.png"
    opened = open_page(folder / "report.html", tmp_path, f"--screenshot={picture}")
    assert opened.console == []
    assert opened.requests == []
    pixels = imread(picture)[:, :, :3]
    for rectangle in rectangles:
        left, top, right, bottom = (round(edge) for edge in rectangle)
        plot = pixels[top:bottom, left:right]
        assert plot.shape[0] > 100
        assert plot.shape[1] > 300
        assert np.mean(np.any(plot < 0.9, axis=2)) > 0.01
        assert np.any(np.ptp(plot, axis=2) > 0.5)  # there are colours


def test_the_browser_would_notice_requests_and_errors(page: str, tmp_path: Path) -> None:
    open_policy = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    assert open_policy != page
    image = "document.body.innerHTML += '<img src=\"http://127.0.0.1:9/x.png\">'; "
    bad = with_script(open_policy, image + "throw Error('boom')", tmp_path / "bad.html")
    opened = open_page(bad, tmp_path, "--dump-dom")
    assert any("boom" in line for line in opened.console)
    assert opened.requests == ["http://127.0.0.1:9/x.png"]


def test_clicks_sort_tables_numbers_first_by_the_largest(
    page: str, run: npulse.Report, tmp_path: Path
) -> None:
    click = """
      const click = (table, column) =>
        document.querySelectorAll(`#${table} th button`)[column].click();
      click('regions', 2);
      click('queues', 0); click('queues', 0);
    """
    dom = open_page(with_script(page, click, tmp_path / "sorted.html"), tmp_path, "--dump-dom")
    assert dom.console == []
    tables = Tables(dom.output).tables
    regions = sorted(run.regions, key=lambda region: -region.active_cycles)
    assert [row[0] for row in tables["regions"][1:]] == [region.name for region in regions]
    assert tables["regions"][1:] != Tables(page).tables["regions"][1:]
    assert [row[0] for row in tables["queues"][1:]] == sorted(run.queues, reverse=True)
    assert dom.output.count(' aria-sort="descending"') == 2


CHANGES: list[tuple[str | None, dict[str, object]]] = [
    (None, {"spm.capacity": "128 KiB", "clock": "1.2 GHz"}),
    ("lpddr5x-8533@16Gb:2", {}),
    ("lpddr5x-8533", {"part.timing.t_rcd.ns": 20, "memory.channels": 4}),
]


@pytest.mark.parametrize(("memory", "sets"), CHANGES)
def test_the_configuration_is_that_of_the_run_and_no_other(
    memory: str | None, sets: dict[str, object], chip: npulse.Chip
) -> None:
    changed = chip.with_(sets, memory=memory)
    report = npulse.run(changed, GEMM)
    found = simulated_chip(report, "edu-8x8")
    assert found.parameters()["spm"] == changed.parameters()["spm"]
    assert (found.memory, found.memory_channels) == (changed.memory, changed.memory_channels)
    require_same(report, changed)
    others = [chip, changed.with_({"pe.systolic.cols": 16}), changed.with_({"memory.channels": 8})]
    others += [changed.with_({"part.timing.t_rcd.ns": 30})]
    for other in others:
        with pytest.raises(npulse.InputError, match=r"the report is of .*, not "):
            report_html(report, other)


@pytest.mark.parametrize("name", ["bertha", "edu-8x8", "gemmini", "rngd"])
def test_a_program_may_use_less_than_the_chip_has(name: str) -> None:
    build = npulse.ProgramBuilder(name)
    build.opaque("ld", cycles=9)
    report = npulse.run(name, build.program("one-core"))
    assert "clock: " in report_html(report, simulated_chip(report, name))


def test_a_list_that_was_set_is_not_guessed(chip: npulse.Chip) -> None:
    report = npulse.run(chip.with_({"dma.codecs": ["mxfp4"]}), GEMM)
    with pytest.raises(npulse.InputError, match=r"had dma\.codecs set"):
        simulated_chip(report, "edu-8x8")


def command(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    program = Path(sysconfig.get_path("scripts")) / "npulse"
    return subprocess.run(
        [program, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_run_writes_its_page_in_one_step_the_same_as_in_two(tmp_path: Path) -> None:
    run = ["run", "edu-8x8", GEMM, "--set", "spm.capacity=128 KiB", "--memory", "lpddr5x-8533:2"]
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    words = [*run, "--html", "one.html", "--json", "-"]
    one = command(*words, cwd=tmp_path, TMPDIR=str(temporary))
    assert one.returncode == 0, one.stderr
    assert list(temporary.iterdir()) == [], "what only the page needed is gone"
    assert json.loads(one.stdout)["chip"] == "edu-8x8"
    page = (tmp_path / "one.html").read_text()
    assert "capacity: 128 KiB" in page
    assert re.findall(r'<figure id="(\w+)">', page) == PLOTS
    files = ["--json", "report.json", "--timeline", "timeline.json"]
    assert command(*run, "--quiet", *files, cwd=tmp_path).returncode == 0
    html = ["html", "report.json", "--chip", "edu-8x8", "--timeline", "timeline.json"]
    assert command(*html, "-o", "two.html", cwd=tmp_path).returncode == 0
    set_by = "# set"  # the count of --memory PART:N comes back as a parameter that was set
    assert (tmp_path / "two.html").read_text().count(set_by) == page.count(set_by) + 1


def test_a_page_that_cannot_be_written_is_refused_before_the_run(tmp_path: Path) -> None:
    run, work = ["run", "edu-8x8", LONG, "--html"], tmp_path / "work"
    work.mkdir()
    bare = tmp_path / "bare"  # an interpreter without any package
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)
    for words, environment, fault in (
        (["no/where.html"], {}, "cannot be written"),
        (["."], {}, "is a directory"),
        (["x.html", "--functional-only"], {}, "is about time"),
        (["x.html"], {"NPULSE_PYTHON": "/nowhere"}, "needs Python"),
        (["x.html"], {"NPULSE_PYTHON": str(bare)}, "pip install"),
    ):
        done = command(*run, *words, cwd=work, **environment)
        assert done.returncode == 2
        assert fault in done.stderr
    assert list(work.iterdir()) == []


def test_wrong_words_are_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report, out = str(folder / "report.json"), str(tmp_path / "x.html")
    for words, fault in (
        (["nowhere.json", "-o", out], "cannot be read"),
        ([__file__, "-o", out], "is no report"),
        ([report, "-o", str(tmp_path / "none" / "x.html")], "cannot be written"),
        ([report, "-o", out, "--chip", "bertha"], "the report is of chip rngd, not bertha"),
        ([report, "-o", out, "--chip", "rngd", "--set", "spm.banks=8"], "spm.banks 1024, not 8"),
        ([report, "-o", out, "--timeline", report], "is no timeline"),
    ):
        assert main(["html", *words]) == 2
        assert fault in capsys.readouterr().err
    assert not Path(out).exists()

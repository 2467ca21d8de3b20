# SPDX-License-Identifier: Apache-2.0
"""`npulse html`: the report of a run as a web page."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ._whole import write_text
from .chip import load_chip
from .html import report_html
from .report import load_report

EXAMPLE = """example:
  npulse run rngd llama-3.1-8b --weights fp8 --json report.json --timeline timeline.json
  npulse html report.json --chip rngd --timeline timeline.json -o report.html"""


def main(arguments: Sequence[str]) -> int:
    """The command."""
    options = _parse(arguments)
    report = load_report(options.report)
    chip = None
    if options.chip:
        chip = load_chip(options.chip).with_(memory=options.memory)
    page = report_html(report, chip, options.timeline)
    write_text(options.output, page)
    print(options.output)
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="npulse html",
        description="Write the report of a run as a web page that needs no network.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("report", metavar="REPORT.json", help="what npulse run --json wrote")
    parser.add_argument("-o", "--output", metavar="FILE.html", required=True, help="the page")
    parser.add_argument("--chip", metavar="CHIP", help="of the run, to show its configuration")
    parser.add_argument("--memory", metavar="PART", help="of the run, if not the chip's own")
    parser.add_argument(
        "--timeline", metavar="FILE", help="of the run, to show memory traffic over time"
    )
    options = parser.parse_args(arguments)
    if options.memory and not options.chip:
        parser.error("--memory goes with --chip")
    return options

# SPDX-License-Identifier: Apache-2.0
"""`npulse html`: the report of a run as a web page."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ._whole import write_text
from .chip import Chip
from .html import report_html
from .html.configuration import simulated_chip
from .report import Report, load_report
from .words import changed_chip

EXAMPLE = """examples:
  npulse run rngd llama-3.1-8b --weights fp8 --html report.html      # run and page in one step
  npulse run rngd llama-3.1-8b --weights fp8 --json report.json --timeline timeline.json
  npulse html report.json --chip rngd --timeline timeline.json -o report.html"""


def main(arguments: Sequence[str]) -> int:
    """The command."""
    options = _parse(arguments)
    report = load_report(options.report)
    write_text(options.output, report_html(report, _chip(report, options), options.timeline))
    if not options.quiet:
        print(options.output)
    return 0


def _chip(report: Report, options: argparse.Namespace) -> Chip | None:
    """The chip of the run: as asked for, else with the memory and changes that the report tells."""
    if options.chip is None:
        return None
    if options.memory is None and options.set is None:
        return simulated_chip(report, options.chip)
    return changed_chip(options.chip, options.memory, options.set)


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
    parser.add_argument(
        "--memory", metavar="PART", help="of the run; default what the report tells of it"
    )
    parser.add_argument("--set", action="append", metavar="PATH=VALUE", help="of the run; likewise")
    parser.add_argument(
        "--timeline", metavar="FILE", help="of the run, to show memory traffic over time"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="do not print the page's name")
    options = parser.parse_args(arguments)
    if (options.memory or options.set) and not options.chip:
        parser.error("--memory and --set go with --chip")
    return options

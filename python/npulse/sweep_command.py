# SPDX-License-Identifier: Apache-2.0
"""`npulse sweep STUDY.yaml`: runs a study, keeps its results, writes its rows."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from .errors import InputError
from .progress import shown_progress
from .rows import SUFFIXES, save_rows
from .study import load_study
from .sweeps import sweep

EXAMPLE = """example:
  npulse sweep configs/studies/lpddr-compressed-vs-hbm.yaml --csv rows.csv

Results are kept in NAME.sqlite as they come. When the sweep is stopped or killed, the same command
goes on where it was; when all points are there, it returns at once."""


def main(arguments: Sequence[str]) -> int:
    """The command; 1 when a point failed."""
    options = _parse(arguments)
    study = load_study(options.study)
    results = options.results or f"{Path(options.study).stem}.sqlite"
    if options.resume and not Path(results).is_file():
        raise InputError(f"--resume: there is no {results}")
    named = (options.csv, options.parquet, options.json)
    outputs = [path for path in named if path not in (None, "-")]
    for path in (results, *outputs):
        if not Path(path).absolute().parent.is_dir():
            raise InputError(f"{path}: its folder does not exist")
    with shown_progress() as progress:
        rows = sweep(
            study,
            results=results,
            workers=options.workers,
            dask=options.dask,
            progress=progress,
        )
    for path in outputs:
        save_rows(rows, path)
    failed = sum(bool(row["error"]) for row in rows)
    if options.json == "-":
        print(json.dumps(rows, indent=2))
    else:
        print("\n".join((f"{len(rows)} points, {failed} failed; kept in {results}", *outputs)))
    for row in [row for row in rows if row["error"]][:3]:
        print(f"npulse: {row['error']}", file=sys.stderr)
    return 1 if failed else 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="npulse sweep",
        description="Run the points of a study in processes, and keep their results.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("study", metavar="STUDY.yaml", help="the points to run, see docs/sweeps.md")
    parser.add_argument("--results", metavar="FILE", help="SQLite file; default STUDY.sqlite here")
    parser.add_argument("--resume", action="store_true", help="only go on with a file that exists")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=_count, metavar="N", help="default one a processor")
    where.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler, tcp://HOST:PORT")
    for suffix in SUFFIXES:
        parser.add_argument(f"--{suffix}", metavar="FILE", help=f"write the rows as {suffix}")
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1 on")
    return int(text)

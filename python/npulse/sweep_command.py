# SPDX-License-Identifier: Apache-2.0
"""`npulse sweep STUDY.yaml`: runs a study, keeps its results, writes its rows."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import INTERRUPTED, InputError
from .points import Row
from .progress import shown_progress
from .rows import FORMS, csv_text, json_text, parquet_library, write_rows
from .study import load_study
from .sweeps import sweep

EXAMPLE = """example:
  npulse sweep configs/studies/lpddr-compressed-vs-hbm.yaml --csv rows.csv

Results are kept in NAME.sqlite as they come. When the sweep is stopped or killed, the same command
goes on where it was; when all points are there, it returns at once."""

STDOUT = "-"
ERRORS = 3
"""Different ones that are told."""


def main(arguments: Sequence[str]) -> int:
    """The command; 1 when a point failed."""
    options = _parse(arguments)
    outputs = _outputs(options)
    study = load_study(options.study)
    results = options.results or f"{Path(options.study).stem}.sqlite"
    if options.resume and not Path(results).is_file():
        raise InputError(f"--resume: there is no {results}")
    _refuse_bad_places([results, *(path for path in outputs.values() if path != STDOUT)])
    try:
        with shown_progress() as progress:
            rows = sweep(
                study,
                results=results,
                workers=options.workers,
                dask=options.dask,
                progress=progress,
            )
    except KeyboardInterrupt:
        print(
            f"npulse: interrupted; {results} keeps what is done: give the same command to go on",
            file=sys.stderr,
        )
        return INTERRUPTED
    _write(rows, outputs)
    failed = [row for row in rows if row["error"]]
    if STDOUT not in outputs.values():
        summary = f"{len(rows)} points, {len(failed)} failed; kept in {results}"
        print("\n".join((summary, *outputs.values())))
    _tell(failed)
    return 1 if failed else 0


def _outputs(options: argparse.Namespace) -> dict[str, str]:
    """Where the rows go, by form. What would fail in the end fails now."""
    outputs = {form: path for form in FORMS if (path := getattr(options, form)) is not None}
    if "parquet" in outputs:
        parquet_library()
        if outputs["parquet"] == STDOUT:
            raise InputError("--parquet -: is no text; give the name of a file")
    twice = [path for path, number in Counter(outputs.values()).items() if number > 1]
    if twice:
        raise InputError(f"{twice[0]}: is named twice; each form wants a file of its own")
    return outputs


def _refuse_bad_places(paths: Sequence[str]) -> None:
    for path in paths:
        if not Path(path).absolute().parent.is_dir():
            raise InputError(f"{path}: its folder does not exist")
        if Path(path).is_dir():
            raise InputError(f"{path}: is a folder; give the name of a file")


def _write(rows: Sequence[Row], outputs: Mapping[str, str]) -> None:
    for form, path in outputs.items():
        if path == STDOUT:
            print(csv_text(rows) if form == "csv" else json_text(rows), end="")
        else:
            write_rows(rows, Path(path), form)


def _tell(failed: Sequence[Row]) -> None:
    """Some of the errors; the others are in the rows."""
    for error, number in Counter(row["error"] for row in failed).most_common(ERRORS):
        points = "" if number == 1 else f" ({number} points)"
        print(f"npulse: {error}{points}", file=sys.stderr)
    if failed:
        print("npulse: points that failed have their error in the last column", file=sys.stderr)


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
    for form in FORMS:
        dash = "" if form == "parquet" else "; - is standard output"
        parser.add_argument(f"--{form}", metavar="FILE", help=f"write the rows as {form}{dash}")
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1 on")
    return int(text)

# SPDX-License-Identifier: Apache-2.0
"""Runs a study and writes its rows: `python -m npulse.run_study STUDY.yaml -o ROWS.csv`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .errors import Error
from .study import load_study
from .sweeps import save_rows, sweep


def _bar(done: int, total: int) -> None:
    width = 40
    filled = done * width // total
    end = "\n" if done == total else ""
    print(f"\r[{'#' * filled}{'.' * (width - filled)}] {done}/{total}", end=end, file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; exit codes are those of `npulse`, 1 when a point failed."""
    parser = argparse.ArgumentParser(prog="python -m npulse.run_study", description="Runs a study.")
    parser.add_argument("study", help="a YAML file, see npulse.study")
    parser.add_argument("-o", "--output", required=True, help="CSV to write")
    parser.add_argument("--workers", type=int, help="processes; default one a core")
    options = parser.parse_args(arguments)
    if options.workers is not None and options.workers < 1:
        parser.error(f"--workers: {options.workers} is less than 1")
    if not Path(options.output).absolute().parent.is_dir():
        parser.error(f"--output: the folder of {options.output} does not exist")
    try:
        study = load_study(options.study)
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    bar = _bar if sys.stderr.isatty() else None
    rows = sweep(study, workers=options.workers, progress=bar)
    save_rows(rows, options.output)
    failed = sum(bool(row["error"]) for row in rows)
    print(f"{len(rows)} points, {failed} failed; {options.output}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Rows of sweeps, kept in one SQLite file by the key of what they depend on.

A row is committed when it is there, so a sweep that is killed loses only what was running. One
process writes; others may read meanwhile (write-ahead log).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from os import PathLike, fspath
from types import TracebackType

from .errors import InputError
from .points import Point, Row

MAGIC = b"SQLite format 3\0"
APPLICATION_ID = 0x4E50554C  # "NPUL", in the header of the file
SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE rows (
  key TEXT PRIMARY KEY,  -- keys.Keys.of: chip, program, parameters and simulator
  point TEXT NOT NULL,   -- JSON
  row TEXT NOT NULL      -- JSON
) STRICT, WITHOUT ROWID
"""


class Results:
    """A file of results, made when it does not exist. Use it as a context manager, or `close`.

    Raises InputError when the file is something else, or cannot be opened or written.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = fspath(path)
        self._refuse_other_files()
        with self._faults():
            self._file = sqlite3.connect(self._path, timeout=60, isolation_level=None)
        try:
            self._prepare()
        except BaseException:
            self._file.close()
            raise

    def row(self, key: str) -> Row | None:
        """The row of a key, if it is there."""
        with self._faults():
            found = self._file.execute("SELECT row FROM rows WHERE key = ?", (key,)).fetchone()
        return None if found is None else json.loads(found[0])

    def put(self, key: str, point: Point, row: Row) -> None:
        """Commits a row; what is there already stays."""
        with self._faults():
            self._file.execute(
                "INSERT OR IGNORE INTO rows VALUES (?, ?, ?)",
                (key, json.dumps(point, sort_keys=True), json.dumps(row)),
            )

    def __len__(self) -> int:
        with self._faults():
            return int(self._file.execute("SELECT count(*) FROM rows").fetchone()[0])

    def __iter__(self) -> Iterator[Row]:
        """All rows in order of their points' text, whatever sweep they are from."""
        with self._faults():
            for (text,) in self._file.execute("SELECT row FROM rows ORDER BY point, key"):
                yield json.loads(text)

    def close(self) -> None:
        """Ends the write-ahead log; the file is then one file again."""
        self._file.close()

    def __enter__(self) -> Results:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _refuse_other_files(self) -> None:
        """SQLite takes a file of less than a page for an empty database."""
        try:
            with open(self._path, "rb") as file:
                head = file.read(len(MAGIC))
        except FileNotFoundError:
            return
        except OSError as error:
            raise InputError(f"{self._path}: cannot be read: {error.strerror}") from error
        if head not in (b"", MAGIC):
            raise InputError(f"{self._path}: is no SQLite file; name another for the results")

    def _prepare(self) -> None:
        with self._faults():
            self._file.execute("BEGIN IMMEDIATE")  # two sweeps may start on a new file at once
            application, version = self._number("application_id"), self._number("user_version")
            tables = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not tables:
                self._file.execute(SCHEMA)
                self._file.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self._file.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            self._file.execute("COMMIT")
        if tables and (application, version) != (APPLICATION_ID, SCHEMA_VERSION):
            raise InputError(
                f"{self._path}: is a database of something else, or of another version of NPUlse; "
                "name another file for the results"
            )
        with self._faults():  # not before: a file of something else stays as it is
            self._file.execute("PRAGMA journal_mode = WAL")

    def _number(self, pragma: str) -> int:
        return int(self._file.execute(f"PRAGMA {pragma}").fetchone()[0])

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise InputError(f"{self._path}: cannot be used for results: {error}") from error


def check(path: str | PathLike[str]) -> str:
    """What SQLite finds wrong with the file: `ok` when nothing."""
    with closing(sqlite3.connect(fspath(path))) as file:
        return str(file.execute("PRAGMA integrity_check").fetchone()[0])

# SPDX-License-Identifier: Apache-2.0
"""Tables of a page, which sort.js sorts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Generic, TypeVar

from .._units import si
from ..explain import percent

T = TypeVar("T")


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column of a table of `T`: what it is called, and what its cells say and sort by."""

    title: str
    cell: Callable[[T], str]
    number: Callable[[T], float] | None = None


def text(title: str, value: Callable[[T], str]) -> Column[T]:
    """A column of words."""
    return Column(title, value)


def count(title: str, value: Callable[[T], int]) -> Column[T]:
    """A column of whole numbers."""
    return Column(title, lambda row: f"{value(row):,}", value)


def share(title: str, value: Callable[[T], float]) -> Column[T]:
    """A column of shares, in percent."""
    return Column(title, lambda row: percent(value(row)), value)


def amount(title: str, unit: str, value: Callable[[T], float]) -> Column[T]:
    """A column of amounts of a unit."""
    return Column(title, lambda row: si(value(row), unit), value)


def table(name: str, columns: Iterable[Column[T]], rows: Iterable[T]) -> str:
    """A table whose id is `name`."""
    shown = list(columns)
    heads = (f"<th{_kind(c)}><button>{escape(c.title)}</button></th>" for c in shown)
    lines = (f"<tr>{''.join(_cell(column, row) for column in shown)}</tr>\n" for row in rows)
    return (
        f'<div class="scrolled"><table id="{escape(name)}">\n'
        f"<thead><tr>{''.join(heads)}</tr></thead>\n"
        f"<tbody>\n{''.join(lines)}</tbody>\n</table></div>\n"
    )


def _kind(column: Column[T]) -> str:
    return ' class="number"' if column.number else ""


def _cell(column: Column[T], row: T) -> str:
    value = f' data-value="{column.number(row)!r}"' if column.number else ""
    return f"<td{_kind(column)}{value}>{escape(column.cell(row))}</td>"

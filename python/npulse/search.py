# SPDX-License-Identifier: Apache-2.0
"""Points that Optuna proposes from the results so far, towards a Pareto front."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .errors import InputError
from .points import Point, Row
from .space import Axis, Choice
from .study import Search

if TYPE_CHECKING:
    from optuna import Study, Trial


class Proposals:
    """Batches of points; each wants the rows of the one before."""

    def __init__(self, search: Search) -> None:
        try:
            import optuna
        except ImportError as error:
            raise InputError(
                "search: optuna needs the package optuna: pip install 'npulse[search]'"
            ) from error
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            sampler = optuna.samplers.TPESampler(seed=search.seed, constant_liar=True)
        self._search = search
        self._failed = optuna.trial.TrialState.FAIL
        self._study: Study = optuna.create_study(
            sampler=sampler, directions=[*search.objectives.values()]
        )
        self._asked: list[Trial] = []

    def __iter__(self) -> Iterator[list[Point]]:
        left = self._search.trials
        while left:
            count = min(left, self._search.batch)
            self._asked = [self._study.ask() for _ in range(count)]
            yield [self._point(trial) for trial in self._asked]
            left -= count

    def tell(self, rows: Sequence[Row]) -> None:
        """The rows of the batch that was proposed last, in its order.

        Raises InputError when one has no figure for an objective.
        """
        for trial, row in zip(self._asked, rows, strict=True):
            if row["error"]:
                self._study.tell(trial, state=self._failed)
            else:
                self._study.tell(trial, [_figure(row, name) for name in self._search.objectives])

    def _point(self, trial: Trial) -> Point:
        values = {path: _value(trial, path, axis) for path, axis in self._search.space.axes.items()}
        return {**self._search.space.base, **values}


def _figure(row: Row, name: str) -> float:
    if row[name] is None:
        raise InputError(f"objectives: {name}: {row['program']} makes no tokens; take another")
    return float(row[name])


def _value(trial: Trial, path: str, axis: Axis) -> Any:
    if isinstance(axis, Choice):  # by number, for values may be lists
        return axis.values[trial.suggest_categorical(path, range(len(axis.values)))]
    if all(type(number) is int for number in (axis.low, axis.high, axis.step)):
        return trial.suggest_int(path, int(axis.low), int(axis.high), step=int(axis.step))
    return trial.suggest_float(path, axis.low, axis.high, step=axis.step)

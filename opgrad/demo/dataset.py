"""Tables of numbers with a class in the last column: read from CSV, split, standardised."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from statistics import fmean, pstdev

from attrs import evolve, frozen

from opgrad.errors import OpgradError

WDBC = Path(__file__).parent / "wdbc" / "wdbc.csv"
"""Breast Cancer Wisconsin (Diagnostic); source and licence are in the README beside it."""


class DataError(OpgradError):
    """A data file cannot be read, or is not the table that it should be; the message says where."""


@frozen
class Row:
    """One example: its features, and its class as -1 or +1."""

    x: tuple[float, ...]
    y: int


@frozen
class Dataset:
    """Rows of two classes; ``classes[0]`` is the one with y = -1, ``classes[1]`` that with +1."""

    features: tuple[str, ...]
    classes: tuple[str, str]
    rows: tuple[Row, ...]


def read_csv(path: Path) -> Dataset:
    """Read a header and rows of numbers, each with its class, one of two names, at the end.

    Raises:
        DataError: there is no such file, or it is no such table: says which line and column, and
            what was found there.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            if len(header) < 2:
                raise DataError(f"{path}, line 1: expected a header, names of columns with commas")
            table = [
                (_features(path, reader.line_num, header, cells), cells[-1].strip())
                for cells in reader
                if cells
            ]
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no UTF-8 text: {error}") from error
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}") from error
    classes = sorted({name for _, name in table})
    if len(classes) != 2:
        shown = ", ".join(map(repr, classes[:5])) + ", ..." * (len(classes) > 5)
        raise DataError(
            f"{path}, column {header[-1]!r} (the last): expected two classes, "
            f"found {len(classes)}" + (f": {shown}" if classes else " rows")
        )
    rows = tuple(Row(x, 1 if name == classes[1] else -1) for x, name in table)
    return Dataset(tuple(header[:-1]), (classes[0], classes[1]), rows)


def _features(path: Path, line: int, header: list[str], cells: list[str]) -> tuple[float, ...]:
    if len(cells) != len(header):
        raise DataError(
            f"{path}, line {line}: expected {len(header)} columns, as in the header, "
            f"found {len(cells)}"
        )
    return tuple(
        _number(cell, f"{path}, line {line}, column {i} ({name})")
        for i, (name, cell) in enumerate(zip(header[:-1], cells[:-1], strict=True), start=1)
    )


def _number(cell: str, where: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise DataError(f"{where}: expected a number, found {cell!r}")
    return number


def split(data: Dataset, unseen: float, rng: Random) -> tuple[Dataset, Dataset]:
    """Shuffle, and set a fraction of the rows aside: (for training, unseen).

    Raises:
        DataError: there are too few rows for both.
    """
    rows = rng.sample(data.rows, len(data.rows))
    cut = round(len(rows) * unseen)
    if not 0 < cut < len(rows):
        raise DataError(f"{len(rows)} rows are too few to train on some and test on others")
    return evolve(data, rows=tuple(rows[cut:])), evolve(data, rows=tuple(rows[:cut]))


@frozen
class Scaling:
    """Shifts and scales features to mean 0 and standard deviation 1, as of the data it was made of.

    Made of the training rows alone: statistics of unseen rows would leak into what is learnt.
    """

    means: tuple[float, ...]
    spreads: tuple[float, ...]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Scaling:
        """The scaling under which ``rows`` are standard."""
        columns = list(zip(*(row.x for row in rows), strict=True))
        return cls(
            means=tuple(fmean(column) for column in columns),
            spreads=tuple(pstdev(column) or 1.0 for column in columns),  # 0: a constant column
        )

    def __call__(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """Shift and scale these rows."""
        return tuple(
            Row(
                tuple(
                    (v - mean) / spread
                    for v, mean, spread in zip(row.x, self.means, self.spreads, strict=True)
                ),
                row.y,
            )
            for row in rows
        )

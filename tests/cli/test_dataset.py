"""The demo's data: what is shipped, and how CSV files are read, split and scaled."""

from __future__ import annotations

from pathlib import Path
from random import Random
from statistics import fmean, pstdev

import pytest

from opgrad.demo.dataset import WDBC, DataError, Dataset, Row, Scaling, read_csv, split

SMALL = "size,weight,kind\n1.5,2,cat\n-3,4e1,dog\n0,0,cat\n"


def test_the_breast_cancer_data_are_whole() -> None:
    """569 rows of 30 features: 357 benign, 212 malignant, as their authors say."""
    data = read_csv(WDBC)
    assert (len(data.rows), len(data.features)) == (569, 30)
    assert data.classes == ("benign", "malignant")
    assert [sum(row.y == y for row in data.rows) for y in (-1, 1)] == [357, 212]


def test_the_breast_cancer_data_have_the_published_ranges() -> None:
    """Three of the summary statistics that come with them."""
    data = read_csv(WDBC)
    for name, low, high in [
        ("radius (mean)", 6.981, 28.11),
        ("area (standard error)", 6.802, 542.2),
        ("fractal dimension (worst)", 0.055, 0.208),
    ]:
        column = [row.x[data.features.index(name)] for row in data.rows]
        assert (min(column), max(column)) == pytest.approx(
            (low, high), abs=5.1e-4
        )  # rounded, there


def test_source_and_licence_are_beside_the_data() -> None:
    """CC BY 4.0 asks for authors, source, licence, and what was changed."""
    text = WDBC.with_name("README.md").read_text(encoding="utf-8")
    for needed in ("Wolberg", "10.24432/C5DW2B", "CC BY 4.0", "Changed"):
        assert needed in text


def test_a_table_is_read(tmp_path: Path) -> None:
    """Numbers as floats; of the classes, the first in the alphabet is -1."""
    path = tmp_path / "a.csv"
    path.write_text(SMALL)
    rows = (Row((1.5, 2.0), -1), Row((-3.0, 40.0), 1), Row((0.0, 0.0), -1))
    assert read_csv(path) == Dataset(("size", "weight"), ("cat", "dog"), rows)


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    """Many a file ends in one."""
    path = tmp_path / "a.csv"
    path.write_text(SMALL + "\n\n")
    assert len(read_csv(path).rows) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected a header, names of columns with commas"),
        ("kind\ncat\n", "line 1: expected a header, names of columns with commas"),
        ("size,kind\n", "column 'kind' (the last): expected two classes, found 0 rows"),
        ("size,kind\n1,cat\n", "expected two classes, found 1: 'cat'"),
        ("size,kind\n1,a\n1,b\n1,c\n", "expected two classes, found 3: 'a', 'b', 'c'"),
        (SMALL + "7,dog\n", "line 5: expected 3 columns, as in the header, found 2"),
        (SMALL + "7,8,9,dog\n", "line 5: expected 3 columns, as in the header, found 4"),
        (SMALL + "7,heavy,dog\n", "line 5, column 2 (weight): expected a number, found 'heavy'"),
        (SMALL + ",8,dog\n", "line 5, column 1 (size): expected a number, found ''"),
        (SMALL + "nan,8,dog\n", "line 5, column 1 (size): expected a number, found 'nan'"),
        (SMALL + "1,inf,dog\n", "line 5, column 2 (weight): expected a number, found 'inf'"),
        (SMALL + '1,"8,dog\n', "line 5: unexpected end of data"),
    ],
)
def test_a_malformed_file_is_an_error_that_says_where(
    tmp_path: Path, text: str, message: str
) -> None:
    """Line, column, and what was found there."""
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_csv(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    """With the reason that the system gives."""
    with pytest.raises(DataError, match=r"cannot read .*a\.csv: No such file or directory"):
        read_csv(tmp_path / "a.csv")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Nor is it an internal error."""
    with pytest.raises(DataError, match="Is a directory"):
        read_csv(tmp_path)


def test_a_binary_file_is_no_text(tmp_path: Path) -> None:
    """Such as a spreadsheet that was not exported."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(DataError, match="no UTF-8 text"):
        read_csv(path)


def _numbered(n: int) -> Dataset:
    return Dataset(("x",), ("a", "b"), tuple(Row((float(i),), 1) for i in range(n)))


def test_split_shares_every_row_out_once() -> None:
    """A row that is seen is not unseen."""
    seen, unseen = split(_numbered(40), 0.25, Random(0))
    assert (len(seen.rows), len(unseen.rows)) == (30, 10)
    assert {*seen.rows, *unseen.rows} == set(_numbered(40).rows)


def test_split_is_decided_by_the_seed() -> None:
    """The same seed splits the same way; another one, another way."""
    first, again, other = (split(_numbered(40), 0.25, Random(seed)) for seed in (0, 0, 1))
    assert first == again != other


def test_too_few_rows_cannot_be_split() -> None:
    """One row is either seen or unseen."""
    with pytest.raises(DataError, match="1 rows are too few"):
        split(_numbered(1), 0.25, Random(0))


def test_scaled_rows_have_mean_0_and_standard_deviation_1() -> None:
    """Of the rows that the scaling was made of."""
    rows = _numbered(7).rows
    column = [row.x[0] for row in Scaling.of(rows)(rows)]
    assert (fmean(column), pstdev(column)) == pytest.approx((0, 1))


def test_unseen_rows_are_scaled_as_the_seen_ones_were() -> None:
    """Their own statistics play no part."""
    scaling = Scaling.of([Row((0.0,), 1), Row((4.0,), 1)])
    assert scaling([Row((6.0,), -1)]) == (Row((2.0,), -1),)


def test_a_constant_column_becomes_zero() -> None:
    """It is not divided by its standard deviation, which is 0."""
    rows = [Row((5.0,), 1), Row((5.0,), -1)]
    assert [row.x for row in Scaling.of(rows)(rows)] == [(0.0,), (0.0,)]

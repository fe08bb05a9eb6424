"""Tables as files: what Excel opens holds no formula that somebody has written."""

from __future__ import annotations

import pytest

from core.api import csv_file

FORMULAS = ["=1+1", "+7", "-2+3", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "＝1+1", "%0A=1"]


def first_cell(words: str) -> str:
    return csv_file([[words]], "x.csv").get_data().decode("utf-8-sig").removesuffix("\r\n")


@pytest.mark.parametrize("words", FORMULAS)
def test_nothing_that_people_write_is_a_formula(words: str) -> None:
    assert first_cell(words).startswith(("'", "\"'"))


@pytest.mark.parametrize("words", ["-3,5", "12", "слово", "a=b"])
def test_what_is_harmless_stays_as_it_is(words: str) -> None:
    assert first_cell(words) == words


def test_numbers_have_a_comma_and_the_file_its_name() -> None:
    answer = csv_file([["час", 2.5], ["день", 3]], "итог.csv")
    assert answer.get_data().decode("utf-8-sig") == "час;2,5\r\nдень;3\r\n"
    assert answer.headers["Content-Disposition"].startswith("attachment")

"""Lists as files: what a spreadsheet finds in them."""

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from app.web.export import attachment, download, harmless
from providers.needs import NeedType

HEADER = ("Name", "Note")


@pytest.fixture(autouse=True)
def _request():
    """A download needs a request, and nothing else of the application."""
    with Flask(__name__).test_request_context():
        yield


def as_csv(*rows) -> list[list[str]]:
    body = download("csv", "list", HEADER, rows)
    body.direct_passthrough = False
    return list(csv.reader(io.StringIO(body.get_data().decode("utf-8-sig"))))[1:]


def as_xlsx(*rows) -> list[tuple]:
    body = download("xlsx", "list", HEADER, rows)
    body.direct_passthrough = False
    return list(load_workbook(io.BytesIO(body.get_data())).active.iter_rows(min_row=2))


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 20 7946 0000", "-2", "@cmd", "\tx", "\rx", "\nx", "＝1", "＠x"]
)
def test_text_that_begins_like_a_formula_is_made_harmless_in_both_kinds(text):
    assert harmless(text) == f"'{text}"
    assert as_csv([text, ""])[0][0] == f"'{text}"
    (cell, _note), *_ = as_xlsx([text, ""])
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


@pytest.mark.parametrize("text", ["O'Neil", "Søren", "SEMH = primary", "a-b", ""])
def test_ordinary_text_is_left_as_it_is(text):
    assert harmless(text) == text


def test_numbers_below_zero_stay_numbers():
    assert as_csv([-5, Decimal("-2.50")])[0] == ["-5", "-2.50"]
    assert [cell.value for cell in as_xlsx([-5, Decimal("-2.50")])[0]] == [-5, -2.5]


def test_dates_in_excel_are_dates_and_in_csv_unambiguous():
    day = date(2026, 11, 23)
    moment = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert as_csv([day, moment])[0] == ["2026-11-23", "2026-07-01 13:00"]
    first, second = as_xlsx([day, moment])[0]
    assert first.is_date
    assert first.number_format == "dd/mm/yyyy"
    assert second.value == datetime(2026, 7, 1, 13, 0)  # noqa: DTZ001 - as a sheet holds it


def test_codes_are_written_as_their_labels_and_yes_and_no_in_words():
    assert as_csv([NeedType.ASD, True])[0] == ["Autistic spectrum disorder", "Yes"]
    assert [c.value for c in as_xlsx([NeedType.ASD, False])[0]] == [
        "Autistic spectrum disorder",
        "No",
    ]


def test_a_gap_is_an_empty_cell():
    assert as_csv([None, "x"])[0] == ["", "x"]
    assert as_xlsx([None, "x"])[0][0].value is None


def test_characters_that_excel_cannot_hold_are_left_out_of_it():
    assert as_xlsx(["a\x0bb", ""])[0][0].value == "ab"


def test_commas_quotes_and_accents_survive_csv():
    assert as_csv(['Siân "Sie", O\'Neil', "Zoë"])[0] == ['Siân "Sie", O\'Neil', "Zoë"]


@time_machine.travel("2026-11-23")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_answer_is_an_attachment_named_with_the_day_that_no_cache_keeps(kind):
    answer = download(kind, "children-waiting", HEADER, [["a", "b"]])
    assert f"filename=children-waiting-2026-11-23.{kind}" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    answer.direct_passthrough = False
    assert answer.content_length == len(answer.get_data())


def test_a_file_that_is_made_already_is_sent_as_it_is():
    answer = attachment(b"abc", "to-correct-7.xlsx")
    answer.direct_passthrough = False
    assert answer.get_data() == b"abc"
    assert answer.content_length == 3
    assert "spreadsheetml" in answer.mimetype
    assert "filename=to-correct-7.xlsx" in answer.headers["Content-Disposition"]


def test_another_kind_of_file_is_an_error():
    with pytest.raises(ValueError, match="csv or xlsx"):
        download("pdf", "list", HEADER, [])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_list(kind):
    def peak(rows: int) -> int:
        tracemalloc.start()
        download(kind, "list", HEADER, (["x" * 200, n] for n in range(rows))).close()
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)  # what is loaded once does not count
    assert peak(8000) < peak(400) + 500_000

"""Columns are found by their headings, and rows keep the numbers they have in the file."""

import contextlib
import io
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.intake.files import Limits, UnreadableFile
from providers.intake.sheet import Column, as_text, heading_key, open_sheet, stored_row, tidy
from tests.providers.intake.builders import csv_file, ods_file, xlsx_file

COLUMNS = (
    Column("ref", "Child ref", ("Ref",), required=True),
    Column("name", "Surname", required=True),
    Column("born", "Date of birth", ("DOB",), required=True),
    Column("notes", "Notes"),
)
HEADINGS = ["Child ref", "Surname", "Date of birth", "Notes"]
BODY = [["C1", "Søren", "09/08/2014", None], ["C2", "O'Neil", "10/08/2014", "late"]]


def values(stream, columns=COLUMNS, **limits):
    with open_sheet(stream, columns, Limits(**limits)) as sheet:
        return [(row.number, row.values) for row in sheet.rows()]


@pytest.mark.parametrize("make", [csv_file, xlsx_file, ods_file])
def test_every_kind_of_file_gives_the_same_rows(make):
    assert values(make([HEADINGS, *BODY])) == [
        (2, {"ref": "C1", "name": "Søren", "born": "09/08/2014", "notes": None}),
        (3, {"ref": "C2", "name": "O'Neil", "born": "10/08/2014", "notes": "late"}),
    ]


@pytest.mark.parametrize("make", [csv_file, xlsx_file, ods_file])
def test_title_rows_are_passed_over_and_blank_rows_keep_their_numbers(make):
    blank = [None] * 4
    title = ["Children awaiting a place", None, None, None]
    rows = values(make([title, blank, HEADINGS, BODY[0], blank, blank, BODY[1]]))
    assert [number for number, _ in rows] == [4, 7]


@pytest.mark.parametrize("make", [xlsx_file, ods_file])
def test_real_dates_and_numbers_read_as_text_that_means_the_same(make):
    rows = values(make([HEADINGS, [7, "Hale", date(2014, 8, 9), 2.5]]))
    assert rows[0][1] == {"ref": "7", "name": "Hale", "born": "09/08/2014", "notes": "2.5"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_separator_of_a_csv_file_is_found(delimiter):
    body = [["C1", "Ahmed; Khan", "09/08/2014", "a, b, c, d; e; f"]]
    assert values(csv_file([HEADINGS, *body], delimiter))[0][1]["name"] == "Ahmed; Khan"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_of_a_csv_file_is_found(encoding):
    rows = values(csv_file([HEADINGS, *BODY], encoding=encoding))
    assert rows[0][1]["name"] == "Søren"


def test_columns_may_stand_in_any_order_under_any_usual_name():
    rows = values(
        csv_file([["notes", "d.o.b.", " SURNAME ", "Ref."], ["x", "1/2/2014", "A", "C1"]])
    )
    assert rows[0][1] == {"ref": "C1", "name": "A", "born": "1/2/2014", "notes": "x"}


def test_unknown_and_absent_columns_are_reported_and_their_cells_kept():
    stream = csv_file([["Child ref", "Surname", "DOB", "Shoe size"], ["C1", "A", "1/2/2014", "4"]])
    with open_sheet(stream, COLUMNS) as sheet:
        (row,) = sheet.rows()
    assert (sheet.unknown, sheet.absent) == (("Shoe size",), ("Notes",))
    assert row.texts["Shoe size"] == "4"


def test_all_missing_columns_are_named_in_one_reason():
    with pytest.raises(UnreadableFile) as refused:
        values(
            csv_file([["Child ref", "Notes", "Other"], ["C1", "x", "y"]]), COLUMNS[:2] + COLUMNS[3:]
        )
    assert refused.value.reasons == ("The file has no column “Surname”. Add the column.",)
    with pytest.raises(UnreadableFile, match="no columns “Surname” and “Date of birth”"):
        values(csv_file([["Ref", "Notes", "x"], ["C1", "x", "y"]]), (*COLUMNS, Column("x", "x")))


def test_two_columns_for_the_same_thing_are_refused():
    with pytest.raises(UnreadableFile, match="two columns for “Date of birth”"):
        values(csv_file([[*HEADINGS, "DOB"], [*BODY[1], "x"]]))


def test_a_file_without_headings_is_refused_with_an_example():
    with pytest.raises(UnreadableFile, match="No row of headings.*Child ref, Surname"):
        values(csv_file(BODY))


def test_the_sheet_with_the_headings_is_found_among_others():
    assert len(values(xlsx_file([HEADINGS, *BODY], before=2))) == 2


def test_a_hidden_sheet_is_passed_over():
    workbook = openpyxl.Workbook()
    workbook.active.append(["nothing"])
    hidden = workbook.create_sheet("Old")
    hidden.append(HEADINGS)
    hidden.sheet_state = "hidden"
    stream = io.BytesIO()
    workbook.save(stream)
    with pytest.raises(UnreadableFile, match="No row of headings"):
        values(stream)


def test_values_beyond_the_last_heading_are_noticed():
    with open_sheet(csv_file([HEADINGS, ["C1", "A", "1/2/2014", "x", "", "y"]]), COLUMNS) as sheet:
        assert next(sheet.rows()).stray


def test_the_column_of_corrections_is_passed_over_in_silence():
    stream = csv_file([[*HEADINGS, "What to correct"], [*BODY[0], "Ages: …"]])
    with open_sheet(stream, COLUMNS) as sheet:
        assert sheet.unknown == ()


def test_blank_and_repeated_headings_are_told_apart():
    stream = csv_file([[*HEADINGS, "", "Extra", "Extra"], [*BODY[1], "p", "q", "r"]])
    with open_sheet(stream, COLUMNS) as sheet:
        (row,) = sheet.rows()
    assert [row.texts[n] for n in ("Column E", "Extra", "Extra (2)")] == ["p", "q", "r"]


def test_a_row_that_was_kept_reads_the_same_again():
    with open_sheet(xlsx_file([HEADINGS, *BODY]), COLUMNS) as sheet:
        for row in sheet.rows():
            assert stored_row(row.number, row.texts, COLUMNS) == row


def test_more_rows_than_the_limit_are_refused():
    with pytest.raises(UnreadableFile, match="more than 1 records"):
        values(csv_file([HEADINGS, *BODY]), rows=1)


@pytest.mark.parametrize("make", [csv_file, xlsx_file, ods_file])
def test_progress_is_told_and_ends_at_the_whole(make):
    told = []
    rows = [HEADINGS, *([[f"C{n}", "A", "1/2/2014", "x"] for n in range(250)])]
    with open_sheet(make(rows), COLUMNS) as sheet:
        list(sheet.rows(lambda done, expected: told.append((done, expected))))
    assert [done for done, _ in told] == [100, 200, 250]
    assert told[-1] == (250, 250)


def test_a_file_given_by_path_is_closed_and_a_stream_is_left_open(tmp_path):
    path = tmp_path / "list.xlsx"
    stream = xlsx_file([HEADINGS, *BODY])
    path.write_bytes(stream.getvalue())
    assert values(path) == values(stream)
    assert not stream.closed
    path.unlink()


@pytest.mark.parametrize("make", [xlsx_file, ods_file])
def test_a_file_that_breaks_off_is_refused_as_damaged(make):
    content = make([HEADINGS, *BODY]).getvalue()
    middle = len(content) // 3
    broken = content[:middle] + bytes(200) + content[middle + 200 :]
    with pytest.raises(UnreadableFile):
        values(io.BytesIO(broken))


WHOLE = {make: make([HEADINGS, *BODY]).getvalue() for make in (csv_file, xlsx_file, ods_file)}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("make", WHOLE, ids=lambda make: make.__name__)
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=8)), min_size=1))
def test_a_spoilt_file_is_read_or_refused_and_nothing_else(make, spoils):
    content = bytearray(WHOLE[make])
    for place, written in spoils:
        place %= len(content)
        content[place : place + len(written)] = written
    with contextlib.suppress(UnreadableFile):
        values(io.BytesIO(content))


def test_an_unclosed_quotation_mark_is_refused_with_what_to_do():
    content = b'Child ref,Surname,Date of birth,Notes\nC1,"A,1/2/2014,x\n' + b"x" * 140_000
    with pytest.raises(UnreadableFile, match="quotation marks"):
        values(io.BytesIO(content))


@pytest.mark.parametrize(
    "last_row", [{"numberrowsrepeated": 2_000_000}, {"numberrowsrepeated": 10**12}]
)
def test_an_ods_row_repeated_a_million_times_is_refused_before_it_is_laid_out(last_row):
    with pytest.raises(UnreadableFile, match="more than 100,000 rows"):
        values(ods_file([HEADINGS, BODY[1]], **last_row))


def test_a_million_blank_ods_rows_at_the_end_are_no_rows():
    assert len(values(ods_file([HEADINGS, BODY[0], [None]], numberrowsrepeated=1_000_000))) == 1


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (True, "Yes"),
        (600, "600"),
        (600.0, "600"),
        (39.75, "39.75"),
        (0.1 + 0.2, "0.3"),
        (float("nan"), ""),
        (datetime.combine(date(2026, 8, 5), time()), "05/08/2026"),
        (datetime.combine(date(2026, 8, 5), time(14, 30)), "05/08/2026 14:30"),
        (date(2026, 8, 5), "05/08/2026"),
        (time(1, 2), "1:02"),
        (timedelta(hours=1, minutes=1), "1:01"),
        ("  a \u00a0 b\n\tc ", "a b c"),
        ("zero\u200bwidth", "zerowidth"),
        ("Sia\u0302n", "Siân"),
        ("'+VAT", "+VAT"),
        ("'tis", "'tis"),
    ],
)
def test_a_cell_becomes_text_that_reads_back_the_same(cell, text):
    assert as_text(cell) == text
    assert as_text(text) == text


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_tidied_text_stays_as_it_is(text):
    assert tidy(tidy(text)) == tidy(text)


def test_headings_compare_without_case_spacing_and_punctuation():
    assert heading_key("Travel radius (miles)") == heading_key("travel-radius  MILES")
    assert heading_key("Speech & language") == heading_key("Speech and language")

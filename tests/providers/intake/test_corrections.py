"""Refused rows go back to their sender, harmless, and can be sent again once corrected."""

import io

import openpyxl

from providers.intake import corrections, supplier_tool
from tests.providers.intake.builders import OFFER, csv_file, supplier_rules

BAD = OFFER | {"Ages": "16-11", "VAT": "+VAT", "Notes": '=HYPERLINK("http://example.test")'}


def send(rows: list[dict[str, str]]):
    with supplier_tool.open_file(csv_file([list(OFFER), *(r.values() for r in rows)])) as sheet:
        return sheet.headings, list(supplier_tool.read(sheet, supplier_rules()))


def give_back(headings, reads) -> io.BytesIO:
    stream = io.BytesIO()
    refused = ((r.row.texts, [f.as_dict() for f in r.faults]) for r in reads if r.refused)
    corrections.write(stream, headings, refused)
    stream.seek(0)
    return stream


def test_only_refused_rows_go_back_with_what_to_correct():
    stream = give_back(*send([OFFER, BAD]))
    sheet = openpyxl.load_workbook(stream).active
    assert [cell.value for cell in sheet[1]] == [*OFFER, "What to correct"]
    assert sheet.max_row == 2
    row = [cell.value for cell in sheet[2]]
    assert row[list(OFFER).index("Ages")] == "16-11"
    assert row[-1].startswith("Ages: “16-11” runs from 16 down to 11.")


def test_flags_are_not_among_what_to_correct():
    _headings, (read,) = send([BAD | {"Status": "Pending"}])
    text = corrections.what_to_correct([fault.as_dict() for fault in read.faults])
    assert "pending" not in text


def test_nothing_that_a_sender_wrote_is_run_as_a_formula():
    sheet = openpyxl.load_workbook(give_back(*send([BAD]))).active
    cells = {cell.value: cell for cell in sheet[2]}
    for value in ("+VAT", BAD["Notes"]):
        assert cells[value].data_type == "s"
        assert cells[value].quotePrefix


def test_a_corrected_workbook_is_taken_when_it_is_sent_again():
    headings, reads = send([BAD])
    workbook = openpyxl.load_workbook(give_back(headings, reads))
    ages = list(OFFER).index("Ages") + 1
    workbook.active.cell(2, ages).value = "11-16"
    stream = io.BytesIO()
    workbook.save(stream)
    with supplier_tool.open_file(stream) as sheet:
        (read,) = supplier_tool.read(sheet, supplier_rules())
    assert sheet.unknown == ()
    assert read.record is not None
    assert read.record.notes == BAD["Notes"]


def test_a_workbook_sent_again_uncorrected_is_refused_for_the_same_reasons():
    headings, reads = send([BAD])
    with supplier_tool.open_file(give_back(headings, reads)) as sheet:
        again = list(supplier_tool.read(sheet, supplier_rules()))
    assert [f.message for f in again[0].faults] == [f.message for f in reads[0].faults]
    stream = give_back(sheet.headings, again)
    assert [c.value for c in openpyxl.load_workbook(stream).active[1]].count("What to correct") == 1

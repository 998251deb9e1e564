"""Ten thousand rows are taken one at a time, in bounded memory, with progress told."""

import tracemalloc

from stdnum.gb import upn

from providers.intake import supplier_tool, waiting_list
from tests.providers.intake.builders import (
    CHILD,
    OFFER,
    csv_file,
    referral_rules,
    supplier_rules,
    xlsx_file,
)

ROWS = 10_000
MOST_MEMORY = 20 * 1024 * 1024  # whatever the number of rows, beside the file itself


def many_children(count: int = ROWS):
    """A waiting list of different children, headings first."""
    yield list(CHILD)
    for number in range(count):
        digits = f"850{number // 1000 + 1000:04}20{number % 1000:03}"
        own = {
            "Child ref": f"C{number:07}",
            "UPN": upn.calc_check_digit(digits) + digits,
            "Date of birth": f"{number % 28 + 1:02}/{number % 12 + 1:02}/{2010 + number % 9}",
        }
        yield list((CHILD | own).values())


def many_offers(count: int = ROWS):
    """A supplier tool of different offers, three to a supplier, headings first."""
    yield list(OFFER)
    for number in range(count):
        own = {"Supplier ref": f"SUP{number // 3:05}", "Ages": f"{number % 3 + 5}-16"}
        yield list((OFFER | own).values())


def test_ten_thousand_children_are_read_in_bounded_memory():
    stream = csv_file(many_children())
    tracemalloc.start()
    with waiting_list.open_file(stream) as sheet:
        taken = sum(read.record is not None for read in waiting_list.read(sheet, referral_rules()))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken == ROWS
    assert peak < MOST_MEMORY


def test_ten_thousand_offers_of_a_workbook_are_read_with_progress():
    stream, told = xlsx_file(many_offers()), []
    with supplier_tool.open_file(stream) as sheet:
        reads = supplier_tool.read(sheet, supplier_rules(), lambda *done: told.append(done))
        assert sum(read.record is not None for read in reads) == ROWS
    assert told[-1] == (ROWS, ROWS)
    assert len(told) >= ROWS // 100
    assert [done for done, _ in told] == sorted(done for done, _ in told)

"""The example county's two files: each planted fault for its own reason, each good row once."""

from collections import Counter

import pytest

from providers.admission import AdmissionState
from providers.intake import supplier_tool, waiting_list
from providers.intake.postcodes import EXAMPLE, PointLookup, shipped_sectors
from tests.providers.intake.builders import flags, referral_rules, refusals, supplier_rules


@pytest.fixture(scope="module")
def locate():
    return PointLookup(shipped_sectors())


@pytest.fixture(scope="module")
def offers(locate):
    with supplier_tool.open_file(EXAMPLE / "supplier_tool.xlsx") as sheet:
        assert (sheet.header_row, sheet.unknown, sheet.absent) == (3, (), ())
        return {r.row.number: r for r in supplier_tool.read(sheet, supplier_rules(locate=locate))}


@pytest.fixture(scope="module")
def children(locate, offers):
    taken = [read.record for read in offers.values() if read.record]
    rules = referral_rules(
        locate=locate,
        providers={offer.reference for offer in taken},
        closed={o.reference for o in taken if o.standing is not AdmissionState.APPROVED},
    )
    with waiting_list.open_file(EXAMPLE / "children_awaiting.csv") as sheet:
        assert (sheet.header_row, sheet.unknown, sheet.absent) == (1, (), ())
        return {read.row.number: read for read in waiting_list.read(sheet, rules)}


OFFERS_REFUSED = {
    20: ("Rate per hour", "£7.50 above the cap of £50.00"),
    23: ("Rate per hour", "£10.00 above the cap of £50.00"),
    36: ("Needs supported", "“XYZ” is not a need type"),
    37: ("Needs supported", "Enter the needs supported"),
    51: ("Capacity confirmed on", "“soon” is not a date"),
    55: ("Capacity confirmed on", "“soon” is not a date"),
    62: ("Needs supported", "Enter the needs supported"),
    76: ("Rate per hour", "£5.00 above the cap of £65.00"),
    80: ("Needs supported", "“XYZ” is not a need type"),
    83: ("Rate per hour", "Enter the price"),
    85: ("Ages", "runs from 16 down to 11"),
    97: ("Rate per hour", "£1.00 above the cap of £55.00"),
    101: ("Base postcode", "“SO23” is only part of a postcode"),
    108: ("Rate per hour", "£1.00 above the cap of £50.00"),
}
OFFERS_FLAGGED = {
    8: ("Status", "is suspended"),
    22: ("Visit judgement", "judged red"),
    30: ("Visit judgement", "judged red"),
    31: ("Rate per hour", "it is £55.00 net"),
    38: ("Status", "is pending"),
    39: ("Status", "is pending"),
    40: ("Status", "is pending"),
    41: ("Insurance expires", "ran out on 16 November 2026"),
    43: ("Rate per hour", "it is £42.50 net"),
    44: ("Status", "is pending"),
    46: ("Hours per week available", "Ask the provider"),
    52: ("Rate per hour", "it is £42.50 net"),
    65: ("Rate per hour", "it is £50.00 net"),
    102: ("Insurance expires", "ran out on 30 October 2026"),
    106: ("Hours per week available", "Ask the provider"),
}
CHILDREN_REFUSED = {
    32: ("", "repeats row 31"),
    39: ("Primary need", "“ADHD?” is not a need type"),
    40: ("Hours per week", "not “90”"),
    75: ("Date of birth", "“31/13/2012” is not a date"),
    97: ("Date of birth", "Enter the child's date of birth"),
    140: ("Hours per week", "not “lots”"),
    152: ("Primary need", "“ADHD?” is not a need type"),
    154: ("Date of birth", "Enter the child's date of birth"),
    160: ("Hours per week", "not “-3”"),
    179: ("Primary need", "Enter the primary need"),
    194: ("", "repeats row 193"),
    195: ("Hours per week", "not “-3”"),
    230: ("UPN", "A801200005001 does not fit"),
    233: ("UPN", "A801200005001 does not fit"),
    237: ("UPN", "A801200005001 does not fit"),
    238: ("Hours per week", "not “90”"),
    258: ("UPN", "A801200005001 does not fit"),
    298: ("Primary need", "“ADHD?” is not a need type"),
}


def test_every_planted_fault_of_the_supplier_tool_is_refused_for_its_own_reason(offers):
    assert {n for n, read in offers.items() if read.refused} == set(OFFERS_REFUSED)
    for number, (column, words) in OFFERS_REFUSED.items():
        ((name, message),) = refusals(offers[number])
        assert name == column
        assert words in message


def test_every_doubt_about_an_offer_is_flagged(offers):
    for number, (column, words) in OFFERS_FLAGGED.items():
        assert any(c == column and words in m for c, m in flags(offers[number])), number
    columns = Counter(c for read in offers.values() if read.record for c, _ in flags(read))
    assert columns == {
        "Capacity confirmed on": 77,
        "Last visit": 45,
        "Status": 6,
        "Rate per hour": 4,
        "Visit judgement": 2,
        "Insurance expires": 2,
        "Hours per week available": 2,
    }


def test_every_good_offer_comes_through_once(offers):
    taken = [read.record for read in offers.values() if read.record]
    assert (len(offers), len(taken)) == (105, 91)
    assert len({offer.offer for offer in taken}) == 91
    assert len({offer.reference for offer in taken}) == 57


def test_every_planted_fault_of_the_waiting_list_is_refused_for_its_own_reason(children):
    assert {n for n, read in children.items() if read.refused} == set(CHILDREN_REFUSED)
    for number, (column, words) in CHILDREN_REFUSED.items():
        ((name, message),) = refusals(children[number])
        assert name == column
        assert words in message


def test_doubts_about_a_child_are_flagged(children):
    columns = Counter(c for read in children.values() if read.record for c, _ in flags(read))
    assert set(columns) == {"Reason", "Date of birth", "Parental preference", "Not with"}
    assert any("Not in the directory: SUP0062" in m for _, m in flags(children[27]))
    assert any("Not approved at present: SUP0005" in m for _, m in flags(children[16]))


def test_every_good_child_comes_through_once(children):
    taken = [read.record for read in children.values() if read.record]
    assert (len(children), len(taken)) == (302, 284)
    assert len({child.reference for child in taken}) == 284
    assert len({child.upn for child in taken}) == 284
    names = {child.forename for child in taken} | {child.surname for child in taken}
    assert {"O'Neil", "O'Brien", "Søren", "Siân", "Zoë", "Smith-Hale"} <= names

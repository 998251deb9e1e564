"""Every fault of a referral is found and worded, and every good child comes through."""

from datetime import date

import pytest

from providers.intake import waiting_list
from providers.intake.files import UnreadableFile
from providers.needs import (
    Delivery,
    NeedType,
    ReferralReason,
    SenProvision,
    Sex,
    TransportNeed,
)
from tests.providers.intake.builders import CHILD, csv_file, flags, read_children, refusals


def test_a_good_row_comes_through_whole_and_without_remark():
    (read,) = read_children({"Preferred delivery": "Child's home", "Not with": "SUP0002"})
    child = read.record
    assert not read.faults
    assert (child.reference, child.upn) == ("C5000001", "B801200005001")
    assert (child.forename, child.surname, child.sex) == ("Siân", "O'Neil", Sex.FEMALE)
    assert child.born_on == date(2012, 10, 9)
    assert child.postcode == "SO23 8UJ"
    assert child.sen_provision is SenProvision.EHCP
    assert child.needs == (NeedType.ASD, NeedType.SPLD)
    assert child.components == (("tutoring_qts", 15),)
    assert child.reason is ReferralReason.EHCP_NAMED
    assert child.preferred_delivery is Delivery.AT_HOME
    assert child.max_travel_km == pytest.approx(16.093)
    assert child.transport is TransportNeed.NONE
    assert (child.preferred, child.not_with) == ((), ("SUP0002",))
    assert child.start_from == date(2026, 12, 12)


def test_services_and_hours_are_paired_in_order():
    (read,) = read_children(
        {"Support required": "Occupational therapy; Tutoring (QTS)", "Hours per week": "1; 8"}
    )
    assert read.record.components == (("occupational_therapy", 1), ("tutoring_qts", 8))


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("Child ref", "", "Enter the child's reference"),
        ("UPN", "A801200005001", "does not fit its digits"),
        ("Forename", "", "Enter the child's forename"),
        ("Surname", "1234", "not a name"),
        ("Date of birth", "", "Enter the child's date of birth"),
        ("Date of birth", "31/13/2012", "not a date in the calendar"),
        ("Date of birth", "01/01/2030", "in the future"),
        ("Date of birth", "01/09/2024", "is 2. Enter a date of birth that gives an age from 4"),
        ("Date of birth", "01/01/1990", "is 36"),
        ("Sex", "X", "F, M or U"),
        ("Home postcode", "SO23", "only part of a postcode"),
        ("Home postcode", "ZZ1 1ZZ", "not a known postcode"),
        ("SEN provision", "plan", "EHCP, SEN support or None"),
        ("Looked after", "", "Enter Yes or No"),
        ("Primary need", "", "Enter the primary need"),
        ("Primary need", "ADHD?", "is not a need type"),
        ("Other needs", "SEMH; XYZ", "“XYZ” is not a need type"),
        ("Support required", "Karate", "is not a service"),
        ("Support required", "Mentoring; Vocational", "support 2, hours 1"),
        ("Hours per week", "90", "whole number from 1 to 40"),
        ("Hours per week", "lots", "as a number"),
        ("Hours per week", "-3", "whole number from 1 to 40"),
        ("Hours per week", "8; 1", "support 1, hours 2"),
        ("Hours per week", "8;", "one number of hours for each"),
        ("Out of education since", "01/12/2026", "in the future"),
        ("Out of education since", "01/12/2010", "before the child was born"),
        ("Reason", "", "Enter the reason"),
        ("Reason", "Because", "is not understood"),
        ("Preferred delivery", "Home or online", "one way of delivery"),
        ("Max travel (miles)", "far", "Enter miles as a number"),
        ("Transport", "helicopter", "none, minibus, taxi"),
        ("Parental preference", "the nice one?", "not a reference"),
        ("Start from", "32/12/2026", "not a date in the calendar"),
    ],
)
def test_a_fault_is_refused_in_its_column_with_what_to_do(column, value, words):
    (read,) = read_children({column: value})
    assert read.record is None
    ((name, message),) = refusals(read)
    if column != "Support required" or value == "Karate":
        assert name == column
    assert words in message


def test_a_service_asked_for_twice_is_refused():
    (read,) = read_children({"Support required": "Mentoring; Mentor", "Hours per week": "3; 4"})
    assert refusals(read) == [
        ("Support required", "Mentoring is listed twice. Enter it once, with its hours.")
    ]


def test_hours_that_add_up_beyond_a_week_are_refused_and_beyond_full_time_flagged():
    support = {"Support required": "Mentoring; Vocational"}
    much, more = read_children(
        support | {"Hours per week": "20; 10"},
        support | {"Hours per week": "30; 20", "Child ref": "C2", "UPN": ""},
    )
    assert "add up to 30 a week" in flags(much)[0][1]
    assert "add up to 50 a week" in refusals(more)[0][1]


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"UPN": ""}, "UPN", "No UPN is given"),
        ({"SEN provision": "K"}, "Reason", "has no EHC plan"),
        ({"Primary need": "NSA"}, "Primary need", "only at SEN support"),
        ({"Date of birth": "09/10/2021"}, "Date of birth", "not yet of compulsory school age"),
        (
            {"Date of birth": "09/10/2009", "SEN provision": "K", "Reason": "Other"},
            "Date of birth",
            "above compulsory school age and has no EHC plan",
        ),
        ({"Out of education since": ""}, "Out of education since", "wait cannot be counted"),
        ({"Out of education since": "01/09/2022"}, "Out of education since", "three years ago"),
        ({"Start from": "01/11/2026"}, "Start from", "has passed"),
        ({"Start from": "01/11/2028"}, "Start from", "more than a year ahead"),
        (
            {"Parental preference": "SUP0001", "Not with": "SUP0001"},
            "Parental preference",
            "Both preferred and excluded: SUP0001",
        ),
        (
            {"Parental preference": "SUP0099"},
            "Parental preference",
            "Not in the directory: SUP0099",
        ),
        ({"Not with": "SUP0099"}, "Not with", "counts from the day that supplier"),
    ],
)
def test_a_doubt_is_flagged_in_its_column_and_the_row_is_taken(changes, column, words):
    (read,) = read_children(changes)
    assert read.record is not None
    ((name, message),) = flags(read)
    assert name == column
    assert words in message


def test_a_young_person_with_a_plan_is_taken_without_remark_to_the_age_of_25():
    (read,) = read_children({"Date of birth": "09/10/2001"})
    assert not read.faults


def test_a_child_without_special_needs_has_none_to_rank():
    (read,) = read_children(
        {"SEN provision": "None", "Primary need": "", "Other needs": "", "Reason": "Suspension"}
    )
    assert read.record.needs == ()


def test_an_exclusion_counts_against_a_preference_for_the_same_provider():
    (read,) = read_children({"Parental preference": "SUP0001; SUP0002", "Not with": "SUP0001"})
    assert (read.record.preferred, read.record.not_with) == (("SUP0002",), ("SUP0001",))


def test_no_wish_is_lost_when_a_provider_is_not_in_the_directory():
    (read,) = read_children({"Not with": "SUP0099; SUP0002", "Notes": "Calls only after 3pm."})
    assert read.record.not_with == ("SUP0099", "SUP0002")
    assert "SUP0099" in flags(read)[0][1]


def test_a_preference_for_a_provider_that_is_not_approved_is_flagged():
    (read,) = read_children({"Parental preference": "SUP0002"}, closed={"SUP0002"})
    assert flags(read)[0][1].startswith("Not approved at present: SUP0002.")
    assert read.record.preferred == ("SUP0002",)


def test_the_same_row_twice_is_refused_the_second_time():
    first, second = read_children({}, {})
    assert first.record is not None
    assert refusals(second) == [("", "This row repeats row 2, which is taken. Remove it.")]


def test_a_child_twice_with_other_details_is_refused_the_second_time():
    _first, second = read_children({}, {"Hours per week": "10"})
    assert refusals(second) == [
        (
            "Child ref",
            "C5000001 is on row 2 already, with other details. Keep the row that is right.",
        )
    ]


def test_one_upn_for_two_children_is_refused():
    _first, second = read_children({}, {"Child ref": "C5000002", "Forename": "Zoë"})
    assert refusals(second)[0][0] == "UPN"


def test_a_upn_that_another_child_has_already_is_refused():
    holders = {"B801200005001": "C5000009"}
    (read,) = read_children({}, upn_holder=holders.get)
    assert refusals(read)[0][1].startswith("C5000009 has this UPN already.")
    (own,) = read_children({"Child ref": "c5000009"}, upn_holder=holders.get)
    assert own.record is not None


def test_two_children_of_one_name_and_birthday_are_flagged():
    _first, second = read_children({}, {"Child ref": "C5000002", "UPN": "X850200024001"})
    assert "same name and date of birth" in flags(second)[0][1]


def test_two_children_without_upns_are_no_repeat():
    reads = read_children({"UPN": ""}, {"UPN": "", "Child ref": "C2", "Forename": "Zoë"})
    assert all(read.record for read in reads)


def test_a_note_below_the_table_is_refused_as_one():
    (read,) = read_children(dict.fromkeys(CHILD, "") | {"Child ref": "End of list"})
    assert refusals(read) == [("", "This row is not a child. Complete it, or remove it.")]


def test_a_file_without_dates_of_birth_is_refused_as_a_whole():
    headings = [name for name in CHILD if name != "Date of birth"]
    with pytest.raises(UnreadableFile, match="no column “Date of birth”"):
        waiting_list.open_file(csv_file([headings]))

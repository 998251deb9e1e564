"""A supplier's claim to be a registered school, held against the register when it comes in."""

import pytest

from providers.gias import load_schools
from providers.intake.directory import DirectoryReader
from providers.models.intake import RowOutcome
from tests.factories.places import a_mapped_county
from tests.providers.intake.builders import OFFER, TODAY
from tests.providers.test_gias import file_of


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(TODAY)


@pytest.fixture
def county(context):
    a_mapped_county()
    return context


def judge(kind: str, urn: str):
    return DirectoryReader().judge(2, OFFER | {"Registered with DfE?": kind, "URN": urn})


def about_urn(judged):
    return [fault for fault in judged.faults if fault["column"] == "URN"]


def test_a_claim_that_the_register_does_not_bear_out_is_taken_with_a_flag(county):
    load_schools(file_of({}), "register.csv")
    judged = judge("Yes - AP academy", "100001")
    (fault,) = about_urn(judged)
    assert judged.outcome is RowOutcome.NEW
    assert judged.flagged
    assert (fault["severity"], fault["value"]) == ("flagged", "100001")
    assert "pupil referral unit, not alternative provision academy" in fault["message"]


def test_a_claim_that_the_register_bears_out_is_not_flagged(county):
    load_schools(file_of({}), "register.csv")
    assert about_urn(judge("Yes - PRU", "100001")) == []


def test_without_a_register_no_claim_is_flagged(county):
    assert about_urn(judge("Yes - PRU", "100001")) == []

"""What providers may read of a child, and what must not slip into it."""

import json
from datetime import date

import pytest

from app.children.models import Child, Referral
from app.commissioning.enquiries.profile import area_of, leaks, profile_of
from providers.needs import NeedType, TransportNeed
from tests.factories.children import make_child, make_referral
from tests.factories.providers import make_service

TODAY = date(2026, 11, 23)
CHILD = Child(
    forename="Siân-Louise",
    surname="O’Neill",
    upn="B801200005001",
    postcode="SO23 8UJ",
    born_on=date(2013, 3, 9),
    reference="C5000001",
)


def test_a_profile_says_what_is_needed_and_nothing_that_identifies(sqlite_app_context):
    child = make_child(
        needs=(NeedType.SEMH, NeedType.ASD), forename="Rowena", surname="Hathersage",
        upn="B801200005001", born_on=date(2013, 3, 9), reference="C5000001", postcode="SO23 8UJ",
    )  # fmt: skip
    referral = make_referral(child, hours={make_service(): 10})
    referral.transport = TransportNeed.TAXI
    profile = profile_of(referral, TODAY)
    assert (profile.age_band, profile.key_stage, profile.area) == (
        "11 to 14",
        "Key stage 3",
        "SO23",
    )
    assert profile.services == (("Mentoring", 10),)
    assert profile.transport == "Taxi"
    said = json.dumps(profile.as_json())
    for secret in ("Rowena", "Hathersage", "B801200005001", "8UJ", "2013", "C5000001"):
        assert secret not in said


@pytest.mark.parametrize("born", [date(2022, 1, 1), date(2021, 5, 5), date(2004, 1, 1)])
def test_every_age_has_a_band_of_at_least_two_years(born):
    referral = Referral(
        child=Child(**{"born_on": born, "postcode": "SO23 8UJ", "sen_provision": CASES}),
        transport=TransportNeed.NONE,
    )
    first, last = profile_of(referral, TODAY).age_band.split(" to ")
    assert int(first) < int(last)


class _Label:
    label = "Any"


CASES = _Label()


def test_an_area_is_the_first_half_of_the_postcode():
    assert area_of("so23 8uj") == "SO23"
    assert area_of("W1A1AA") == "W1A"


@pytest.mark.parametrize(
    "text",
    [
        "SIAN likes horses",
        "Louise would rather paint",
        "Mum, Mrs O'Neill, agrees",
        "UPN b801200005001",
        "B80 1200 005 001",
        "Lives at SO23 8UJ",
        "so238uj",
        "Near PO12 1AB",  # any postcode
        "Born 9/3/2013",
        "Birthday 09.03.13",
        "Born on 9 March 2013",
        "2013-03-09",
        "See C5000001",
    ],
)
def test_a_text_that_gives_the_child_away_is_refused(text):
    assert leaks(text, CHILD)


@pytest.mark.parametrize(
    "text",
    ["", "Likes horses and small groups", "Could start on 4 January 2027", "Needs 1:1 at first",
     "Was in year 9; 10 hours", "Lives near the coast"],
)  # fmt: skip
def test_a_text_that_says_nothing_of_who_it_is_passes(text):
    assert leaks(text, CHILD) == []

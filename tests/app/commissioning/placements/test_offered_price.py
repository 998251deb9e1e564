"""What a provider offers for one child reaches the proposal, the agreement and the invoice."""

from datetime import date, timedelta

import pytest
import time_machine

from app.accounts.roles import Role
from app.commissioning.attendance.models import Half
from app.commissioning.enquiries import service as enquiries
from app.commissioning.enquiries.service import Answer
from app.commissioning.invoices import drafting
from app.commissioning.placements import deciding, proposing
from app.commissioning.placements.deciding import Decider
from app.commissioning.placements.gatekeeping import assess
from app.commissioning.placements.proposing import Terms, Wanted
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers.needs import LegalBasis, Tier
from tests.factories.accounts import make_user
from tests.factories.attendance import make_mark
from tests.factories.enquiries import make_enquiry
from tests.factories.providers import make_cap, make_lot, make_offer, make_provider, make_service

MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def on_monday():
    with time_machine.travel("2026-11-23 09:00", tick=False):
        yield


def an_ask(pence: int = 4_000, starts_on: date = MONDAY, **values):
    """Oak, whose list price is £45, offers 8 of 10 hours for £40 an hour; the offer is taken."""
    service = make_service()
    service.lot = service.lot or make_lot()
    offer = make_offer(service=service, provider=make_provider(name="Oak"), **values)
    ask = make_enquiry(offer).asks[0]
    answer = Answer(starts_on, 8, pence, "After a visit to the site")
    enquiries.make_offer(ask, answer, "Priya")
    return ask


def proposed(ask, starts_on: date = MONDAY):
    enquiries.choose(ask)
    return drafted(ask, starts_on)


def drafted(ask, starts_on: date = MONDAY):
    referral = ask.enquiry.referral
    terms = Terms(starts_on, MONDAY + timedelta(weeks=6), Tier.TWO, LegalBasis.SECTION_19)
    wanted = [Wanted(referral.components[0], ask.offer)]
    return proposing.draft(referral, wanted, terms, make_user())


def submitted(ask):
    proposal = proposed(ask)
    proposing.submit(proposal, "It is near.", {})
    return proposal


def test_the_offered_price_reaches_proposal_agreement_and_invoice(context):
    proposal = submitted(an_ask())
    (placement,) = proposal.placements
    assert (placement.hours, placement.pence_per_hour, placement.pence_a_week) == (8, 4_000, 32_000)
    found = assess(proposal)
    assert found.conditions == ["Oak: After a visit to the site"]
    assert "offered £40.00 an hour for this child in EN-" in " ".join(found.remarks)
    deciding.approve(proposal, Decider(make_user(Role.COMMISSIONER)))
    (version,) = placement.agreements
    assert (version.hours, version.pence_per_hour) == (8, 4_000)
    assert "£40.00 an hour, £320.00 a week" in version.text
    assert "Condition named by the provider: After a visit to the site" in version.text
    assert placement.commitment.pence_a_week == 32_000
    placement.state = "live"
    make_mark(placement, day=MONDAY, half=Half.AM, minutes=90)
    (line,) = drafting.lines_for(ask_provider(placement), MONDAY, MONDAY + timedelta(days=6))
    assert (line.pence_per_hour, line.net_pence) == (4_000, 6_000)


def ask_provider(placement) -> int:
    return placement.offer.provider_id


def test_an_offer_stands_though_the_list_price_rises(sqlite_app_context):
    ask = an_ask()
    proposal = submitted(ask)
    ask.offer.price_pence = 5_000
    db.session.flush()
    deciding.approve(proposal, Decider(make_user(Role.COMMISSIONER)))
    assert proposal.placements[0].pence_per_hour == 4_000


def test_a_list_price_that_falls_below_the_offer_is_asked_about_before_the_award(
    sqlite_app_context,
):
    ask = an_ask()
    proposal = submitted(ask)
    ask.offer.price_pence = 3_800
    db.session.flush()
    by = Decider(make_user(Role.COMMISSIONER))
    with pytest.raises(RuleBroken, match=r"is £38.00 an hour now; it was £40.00 when"):
        deciding.approve(proposal, by)
    deciding.return_with_question(proposal, "Why more than the list price?", by)
    proposing.answer(proposal, "It takes the new price.", make_user())
    assert proposal.placements[0].pence_per_hour == 3_800
    deciding.approve(proposal, by)


def test_a_price_that_fell_between_offer_and_choice_is_asked_for_again(sqlite_app_context):
    ask = an_ask()
    ask.offer.price_pence = 3_800
    db.session.flush()
    with pytest.raises(RuleBroken, match=r"£38.00 an hour now, less than the £40.00 that it"):
        enquiries.choose(ask)


def test_a_list_price_that_fell_after_the_choice_is_the_price_proposed(sqlite_app_context):
    ask = an_ask()
    enquiries.choose(ask)
    ask.offer.price_pence = 3_800
    db.session.flush()
    proposal = drafted(ask)
    assert proposal.placements[0].pence_per_hour == 3_800
    proposing.submit(proposal, "It is near.", {})


def test_more_than_the_list_price_is_no_offer(sqlite_app_context):
    with pytest.raises(RuleBroken, match=r"Your list price is £45.00 an hour"):
        an_ask(pence=4_600)


def test_an_offer_below_the_cap_needs_no_reason_though_the_list_price_is_above_it(
    sqlite_app_context,
):
    ask = an_ask()
    make_cap(ask.offer.service, 4_200, framework=ask.offer.service.lot.framework)
    with pytest.raises(RuleBroken, match="above the cap"):
        enquiries.choose(ask)  # the directory holds an offer above its cap as closed


def test_a_start_before_the_day_that_was_offered_is_refused(sqlite_app_context):
    with pytest.raises(RuleBroken, match=r"Oak offered to start on 30 November 2026"):
        proposed(an_ask(starts_on=MONDAY + timedelta(days=7)))


def test_an_answer_names_no_day_before_the_one_that_was_offered(sqlite_app_context):
    proposal = proposed(an_ask(starts_on=MONDAY + timedelta(days=7)), MONDAY + timedelta(days=7))
    proposing.submit(proposal, "It is near.", {})
    by = Decider(make_user(Role.COMMISSIONER))
    deciding.return_with_question(proposal, "Can it start sooner?", by)
    with pytest.raises(RuleBroken, match=r"Oak offered to start on 30 November 2026"):
        proposing.answer(proposal, "At once.", make_user(), MONDAY)

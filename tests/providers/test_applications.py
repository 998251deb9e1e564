"""An application from its first answer to its decision, with every reason on the way."""

from datetime import timedelta

import pytest

from app.kernel import audit
from app.kernel.clock import today
from app.kernel.rules import RuleBroken
from providers import evidence, framework_service
from providers.admission import AdmissionState
from providers.applications import review, service
from providers.applications.lifecycle import ApplicationState
from providers.applications.proposals import NEW, ProposedSite, offer_faults
from providers.applications.sections import Section
from providers.compliance import EvidenceKind
from providers.editing import Clash
from providers.models.application import Review
from providers.models.profile import Profile
from providers.needs import Judgement
from providers.pricing import Cap
from providers.queries import caps_in_force, closed_reasons
from tests.factories.applications import (
    APPLICANT,
    an_offer,
    answers_to,
    complete,
    make_application,
    make_capped_service,
    reviewed,
)
from tests.factories.evidence import CHECKER, make_document
from tests.factories.providers import make_offer, make_provider


def with_evidence(application, *, accepted=True):
    for kind in (EvidenceKind.INSURANCE, EvidenceKind.STAFF_CHECKS):
        document = make_document(application.provider, kind=kind)
        if accepted:
            evidence.accept(document, by=CHECKER, on=today())
    return service.whole(application)


def submitted():
    application = with_evidence(complete(make_application()))
    service.submit(application)
    return application


def in_review():
    application = submitted()
    review.start_review(application)
    return application


def test_what_is_unanswered_is_counted_and_falls_as_sections_are_saved(context):
    application = make_application()
    before = application.unanswered_count
    service.save(application, Section.METHODS, {"safety": "We keep watch."}, by=APPLICANT)
    assert application.unanswered_count == before - 1
    complete(application)
    assert application.unanswered_count == 2
    assert application.unanswered(Section.EVIDENCE) == [
        "Send: Public liability insurance",
        "Send: Written confirmation of staff checks (DBS register)",
    ]
    assert with_evidence(application, accepted=False).unanswered_count == 0


def test_an_incomplete_application_is_refused_with_everything_that_is_missing(context):
    application = make_application()
    with pytest.raises(RuleBroken) as refusal:
        service.submit(application)
    reasons = " ".join(refusal.value.reasons)
    for section in Section:
        assert section.label in reasons
    assert application.state is ApplicationState.DRAFT


def test_a_declaration_that_is_not_made_stands_against_it(context):
    application = with_evidence(complete(make_application()))
    answers = answers_to(Section.DECLARATIONS) | {"true": "no"}
    service.save(application, Section.DECLARATIONS, answers, by=APPLICANT)
    with pytest.raises(RuleBroken, match="What we say in this application is true"):
        service.submit(application)


def test_nothing_can_be_submitted_or_started_while_the_scheme_is_closed(context):
    application = with_evidence(complete(make_application()))
    window = application.scheme.windows[0]
    yesterday = today() - timedelta(days=1)
    framework_service.close_window(window, yesterday, "Full.", by=CHECKER)
    with pytest.raises(RuleBroken, match="takes no applications"):
        service.submit(application)
    with pytest.raises(RuleBroken, match="takes no applications"):
        service.register_applicant("Late Ltd", application.scheme, by=APPLICANT)


def test_a_price_above_the_cap_is_refused_with_cap_date_and_excess(context):
    caps = [Cap("mentoring", 5_500, today() - timedelta(days=30))]
    faults = offer_faults(
        an_offer(price_pence=6_000),
        services={"mentoring": "Mentoring"},
        sites=[1],
        caps=caps,
        on=today(),
    )
    assert "£5.00 above the cap of £55.00" in faults["price_pence"]
    assert "in force since" in faults["price_pence"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"service": "unheard-of"}, "service"),
        ({"site": 9}, "site"),
        ({"needs": ()}, "needs"),
        ({"min_age": 2}, "min_age"),
        ({"min_age": 16, "max_age": 11}, "max_age"),
        ({"max_age": 30}, "max_age"),
        ({"deliveries": ()}, "deliveries"),
        ({"deliveries": ("at_home",)}, "travel_radius_km"),
        ({"sessions": 0}, "sessions"),
    ],
)
def test_an_offer_that_cannot_be_is_refused_beside_its_field(values, field):
    offer, services = an_offer(**values), {"mentoring": "Mentoring"}
    assert field in offer_faults(offer, services=services, sites=[1], caps=[], on=today())


def test_the_cap_is_judged_again_when_the_application_is_submitted(context):
    application = with_evidence(complete(make_application()))
    dear = an_offer(price_pence=9_000)  # within the cap when it was saved
    service.save(application, Section.OFFERS, {"items": [dear.kept()]}, by=APPLICANT)
    with pytest.raises(RuleBroken, match="£35.00 above the cap"):
        service.submit(application)


def test_a_submitted_application_cannot_be_changed(context):
    application = submitted()
    with pytest.raises(RuleBroken, match="has been submitted"):
        service.save(application, Section.STAFF, {}, by=APPLICANT)


def test_a_question_opens_its_section_until_it_is_answered(context):
    application = in_review()
    question = review.ask(application, Section.STAFF, "Who covers holidays?", today(), by=CHECKER)
    assert application.state is ApplicationState.CLARIFYING
    service.save(application, Section.STAFF, answers_to(Section.STAFF), by=APPLICANT)
    with pytest.raises(RuleBroken):
        service.save(application, Section.METHODS, {}, by=APPLICANT)
    assert question.is_late(today() + timedelta(days=1))

    service.answer(question, "The deputy head.", by=APPLICANT)
    assert application.state is ApplicationState.IN_REVIEW
    with pytest.raises(RuleBroken, match="answered already"):
        service.answer(question, "Again.", by=APPLICANT)


def test_a_section_that_is_changed_has_to_be_reviewed_again(context):
    application = in_review()
    review.review(application, Section.STAFF, Review.MEETS, "", by=CHECKER)
    review.ask(application, Section.STAFF, "Who covers?", today(), by=CHECKER)
    service.save(application, Section.STAFF, answers_to(Section.STAFF), by=APPLICANT)
    assert application.section(Section.STAFF).review is Review.NOT_YET


def test_admission_names_every_reason_against_it(context):
    application = with_evidence(complete(make_application()), accepted=False)
    service.submit(application)
    review.start_review(application)
    with pytest.raises(RuleBroken) as refusal:
        review.admit(application, by=CHECKER)
    reasons = " ".join(refusal.value.reasons)
    assert "Not yet reviewed as met: Your organisation" in reasons
    assert "The initial visit is not recorded." in reasons
    assert "Public liability insurance is not held." in reasons
    assert application.provider.state is AdmissionState.PENDING


def test_a_red_visit_stands_against_admission(context):
    application = reviewed(in_review())
    review.record_visit(application, today(), Judgement.RED, "Unsafe stairs.", by=CHECKER)
    with pytest.raises(RuleBroken, match="was judged red"):
        review.admit(application, by=CHECKER)


def test_admission_publishes_the_offers_and_they_are_open(context):
    application = reviewed(in_review())
    (offer,) = review.admit(application, by=CHECKER)
    provider = application.provider
    assert provider.state is AdmissionState.APPROVED
    assert provider.name == "Brook Learning CIC"
    assert (offer.price_pence, offer.min_age, offer.site.postcode) == (4_500, 11, "SO238UJ")
    assert offer.reference == f"{provider.reference}/mentoring"
    assert (provider.last_visit_on, provider.judgement) == (today(), Judgement.GREEN)
    assert not closed_reasons(offer, today(), caps_in_force(today()))
    profile = context.extensions["sqlalchemy"].session.get(Profile, provider.id)
    assert profile.safeguarding_email == "anna@example.org"
    with pytest.raises(RuleBroken, match="it is admitted"):
        review.admit(application, by=CHECKER)


def test_a_provider_that_is_here_already_adds_an_offer_by_a_further_application(context):
    lot_service = make_capped_service()
    here = make_provider()
    make_offer(provider=here, service=lot_service, reference=f"{here.reference}/mentoring")
    application = make_application(provider=here, scheme=lot_service.lot.framework.scheme)
    complete(application)
    service.submit(application)
    review.start_review(application)
    (offer,) = review.admit(reviewed(application), by=CHECKER)
    assert offer.reference == f"{here.reference}/mentoring-2"
    assert len(here.sites) == 1


def test_a_refusal_keeps_every_reason(context):
    application = in_review()
    review.review(application, Section.METHODS, Review.DOES_NOT_MEET, "Too vague.", by=CHECKER)
    with pytest.raises(RuleBroken, match="at least one reason"):
        review.refuse(application, [" "], by=CHECKER)
    reasons = [*review.reasons_found(application), "The visit could not take place."]
    review.refuse(application, reasons, by=CHECKER)
    assert application.state is ApplicationState.REFUSED
    assert application.refusal_reasons == [
        "Method statements: Too vague.",
        "The visit could not take place.",
    ]


def test_a_new_application_starts_from_an_earlier_one_but_declares_anew(context):
    earlier = in_review()
    with pytest.raises(RuleBroken, match="under way already"):
        service.start(earlier.provider, earlier.scheme, by=APPLICANT)
    review.refuse(earlier, ["Not now."], by=CHECKER)

    again = service.start(earlier.provider, earlier.scheme, by=APPLICANT, earlier=earlier)
    assert again.offers == earlier.offers
    assert again.answers(Section.DECLARATIONS) == {}
    service.take_out(again, Section.OFFERS, 1, by=APPLICANT)
    assert len(earlier.offers) == 1
    assert again.offers == []


def test_an_earlier_application_of_somebody_else_cannot_be_reused(context):
    other = make_application()
    provider = make_provider(state=AdmissionState.PENDING)
    with pytest.raises(RuleBroken, match="of your own"):
        service.start(provider, other.scheme, by=APPLICANT, earlier=other)


def test_a_provider_that_left_may_apply_again(context):
    scheme = make_capped_service().lot.framework.scheme
    provider = make_provider(state=AdmissionState.LEFT)
    service.start(provider, scheme, by=APPLICANT)
    assert provider.state is AdmissionState.PENDING


def test_a_site_in_use_stays_and_none_is_added_twice(context):
    application = complete(make_application())
    with pytest.raises(RuleBroken, match="An offer is given from this site"):
        service.take_out(application, Section.SITES, 1, by=APPLICANT)
    with pytest.raises(RuleBroken, match="this postcode already"):
        service.put_site(application, ProposedSite(2, "Twice", "SO238UJ"), by=APPLICANT)


BESIDE = audit.Actor(8_002, "Ben Beside")


def test_two_people_who_answer_different_questions_both_keep_their_answers(context):
    application = make_application()
    ann = service.bring_in(application, Section.METHODS, {}, {"safety": "Watch."}, by=APPLICANT)
    ben = service.bring_in(application, Section.METHODS, {}, {"impact": "Tests."}, by=BESIDE)

    assert ann == ben == ()
    assert application.answers(Section.METHODS) == {"safety": "Watch.", "impact": "Tests."}


def test_the_second_of_two_who_answer_one_question_is_told_and_nothing_is_overwritten(context):
    application = make_application()
    service.bring_in(application, Section.METHODS, {}, {"safety": "Watch."}, by=APPLICANT)
    found = service.bring_in(application, Section.METHODS, {}, {"safety": "Doors."}, by=BESIDE)

    assert found == (Clash("safety", None, "Watch.", "Doors."),)
    assert application.answers(Section.METHODS) == {"safety": "Watch."}

    seen = {"safety": "Watch."}
    service.bring_in(application, Section.METHODS, seen, {"safety": "Doors."}, by=BESIDE)
    assert application.answers(Section.METHODS) == {"safety": "Doors."}


def test_two_offers_added_at_once_are_two(context):
    application = complete(make_application())
    for age in (7, 9):  # both forms were opened before either was saved
        service.put_offer(application, an_offer(number=NEW, min_age=age), by=APPLICANT)

    assert [(o.number, o.min_age) for o in application.offers] == [(1, 11), (2, 7), (3, 9)]


def test_an_offer_sent_twice_by_a_double_click_is_one(context):
    application = complete(make_application())
    for _ in range(2):
        service.put_offer(application, an_offer(number=NEW, min_age=7), by=APPLICANT)

    assert len(application.offers) == 2


def test_two_people_who_change_one_offer_keep_what_only_one_changed(context):
    application = complete(make_application())
    base = an_offer().kept()
    service.put_offer(application, an_offer(price_pence=4_000), base, by=APPLICANT)
    assert service.put_offer(application, an_offer(min_age=9), base, by=BESIDE) == ()
    (offer,) = application.offers
    assert (offer.price_pence, offer.min_age) == (4_000, 9)

    found = service.put_offer(application, an_offer(price_pence=5_000), base, by=BESIDE)
    assert found == (Clash("price_pence", 4_500, 4_000, 5_000),)
    assert application.offers == [offer]


def test_what_two_people_make_of_an_offer_together_must_keep_the_rules(context):
    application = complete(make_application())
    base = an_offer().kept()
    service.put_offer(application, an_offer(min_age=15), base, by=APPLICANT)
    with pytest.raises(RuleBroken, match="Enter an age from 15"):
        service.put_offer(application, an_offer(max_age=12), base, by=BESIDE)


def test_a_new_applicant_is_a_provider_that_is_not_admitted(context):
    scheme = make_capped_service().lot.framework.scheme
    application = service.register_applicant(" Brook Learning ", scheme, by=APPLICANT)
    assert application.provider.state is AdmissionState.PENDING
    assert application.provider.name == "Brook Learning"
    assert application.answers(Section.ORGANISATION)["legal_name"] == "Brook Learning"

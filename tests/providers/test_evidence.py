"""A document counts once another person has accepted it; offers close and come back by it."""

import io
from datetime import timedelta

import pytest

from app.kernel.clock import today
from app.kernel.rules import RuleBroken
from providers import evidence
from providers.compliance import Asked, EvidenceKind
from providers.evidence import Upload
from providers.models.evidence import DocumentState
from providers.queries import caps_in_force, closed_reasons
from providers.renewals import NEVER_SENT, renewals
from providers.storage import FolderStorage
from tests.factories.evidence import CHECKER, PDF, SENDER, make_document
from tests.factories.providers import an_item, make_offer, make_provider

INSURANCE, CHECKS = EvidenceKind.INSURANCE, EvidenceKind.STAFF_CHECKS


def is_open(offer, on=None):
    on = on or today()
    return not closed_reasons(offer, on, caps_in_force(on))


def uninsured(days_ago=1):
    lapsed = an_item(INSURANCE, expires_on=today() - timedelta(days=days_ago))
    return make_offer(provider=make_provider(evidence=[lapsed, an_item(CHECKS)]))


def test_a_document_is_kept_with_its_file_and_waits(context, tmp_path):
    files = FolderStorage(tmp_path)
    provider = make_provider()
    document = evidence.send(
        provider,
        INSURANCE,
        Upload("../my insurance.exe", io.BytesIO(PDF)),
        today(),
        today() + timedelta(days=365),
        by=SENDER,
        on=today(),
        files=files,
    )
    assert document.state is DocumentState.SENT
    assert document.file.name == "my insurance.pdf"
    with files.open(document.file.key) as content:
        assert content.read() == PDF


def test_a_document_that_waits_opens_nothing_and_an_accepted_one_does(context):
    offer = uninsured()
    document = make_document(offer.provider)
    assert not is_open(offer)

    evidence.accept(document, by=CHECKER, on=today())
    assert is_open(offer)
    assert document.checked_by == CHECKER.name


def test_an_offer_leaves_by_itself_the_day_after_its_insurance_ran_out(context):
    offer = make_offer()
    last_day = offer.provider.evidence[0].expires_on
    assert is_open(offer, last_day)
    assert not is_open(offer, last_day + timedelta(days=1))


def test_nobody_accepts_what_they_sent_themselves(context):
    document = make_document(make_provider())
    with pytest.raises(RuleBroken, match="Another person has to check it"):
        evidence.accept(document, by=SENDER, on=today())


def test_a_document_that_ran_out_while_it_waited_cannot_be_accepted(context):
    document = make_document(make_provider())
    with pytest.raises(RuleBroken, match="It ran out on"):
        evidence.accept(document, by=CHECKER, on=document.expires_on + timedelta(days=1))


def test_a_returned_document_says_why_and_counts_no_more(context):
    offer = uninsured()
    document = make_document(offer.provider)
    evidence.accept(document, by=CHECKER, on=today())
    with pytest.raises(RuleBroken, match="Say why"):
        evidence.give_back(document, "  ", by=CHECKER)

    evidence.give_back(document, "The name on it is another firm’s.", by=CHECKER)
    assert document.state is DocumentState.RETURNED
    assert not is_open(offer)


def test_a_document_that_was_checked_cannot_be_withdrawn(context):
    document = make_document(make_provider())
    evidence.accept(document, by=CHECKER, on=today())
    with pytest.raises(RuleBroken, match="it is accepted"):
        evidence.withdraw(document)


@pytest.mark.parametrize(
    ("kind", "issued", "expires", "field", "words"),
    [
        (INSURANCE, 1, 300, "issued_on", "today or in the past"),
        (INSURANCE, -10, None, "expires_on", "last day that the insurance covers"),
        (INSURANCE, -10, -20, "expires_on", "after the date of issue"),
        (INSURANCE, -400, -1, "expires_on", "This ran out on"),
        (CHECKS, -1500, None, "issued_on", "This ran out on"),
    ],
)
def test_dates_that_cannot_be_are_refused_beside_their_field(kind, issued, expires, field, words):
    on = today()
    faults = evidence.date_faults(
        kind,
        on + timedelta(days=issued),
        None if expires is None else on + timedelta(days=expires),
        on,
    )
    assert list(faults) == [field]
    assert words in faults[field]


def test_what_falls_due_is_listed_by_its_warning_time_the_most_urgent_first(context):
    soon = make_provider(
        evidence=[an_item(INSURANCE, expires_on=today() + timedelta(days=6)), an_item(CHECKS)]
    )
    make_offer(provider=soon)
    late = uninsured()
    make_document(late.provider)
    due = [item for item in renewals(today()) if item.within != NEVER_SENT]
    assert [(item.provider, item.within, item.sent) for item in due] == [
        (late.provider, 0, True),
        (soon, 7, False),
    ]
    assert due[0].text.startswith("Public liability insurance ran out on")


def test_an_authority_sees_which_offers_close_before_it_asks_for_more(context):
    offer = make_offer()
    asked = dict.fromkeys(EvidenceKind, Asked.NOT_ASKED) | {
        INSURANCE: Asked.REQUIRED,
        EvidenceKind.DATA_PROTECTION: Asked.REQUIRED,
    }
    assert evidence.would_close(offer.service, asked, today()) == [offer]
    assert is_open(offer)

    evidence.ask_for(offer.service, asked)
    assert not is_open(offer)
    assert offer.demand().required == {INSURANCE, EvidenceKind.DATA_PROTECTION}

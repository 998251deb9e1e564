"""What the pages of enquiries share: whom one may ask, the links, and saving an answer."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import current_app, request
from flask_login import current_user
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.children.models import Referral
from app.commissioning.enquiries import service
from app.commissioning.enquiries.lifecycle import AskState, EnquiryState
from app.commissioning.enquiries.models import Enquiry, EnquiryAsk
from app.commissioning.figures import last_outcomes
from app.commissioning.shortlists import shortlist
from app.kernel import audit
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.links import DeadLink, Purpose, subject_of, token_for
from app.notices import service as notices
from app.notices.topics import Topic
from app.web.forms.enquiries import AnswerEnquiry, SendEnquiry
from providers.models.offer import Offer

STATE_COLOURS = {
    AskState.ASKED: "yellow",
    AskState.OFFERED: "blue",
    AskState.CHOSEN: "green",
    EnquiryState.OPEN: "yellow",
    EnquiryState.CHOSEN: "green",
}
WORDS = {
    "state_colour": lambda state: STATE_COLOURS.get(state, "grey"),
    "has_page": lambda endpoint: endpoint in current_app.view_functions,
}


def offers_to_ask(referral: Referral) -> list[Offer]:
    """Offers of services asked for: the shortlist's, the last match's, those the address names."""
    outcome = last_outcomes(referral.child).get(referral.id)
    ids = [entry.offer_id for entry in shortlist(referral)]
    ids += [found.offer_id for found in outcome.recommendations] if outcome else []
    ids += request.args.getlist("offer", type=int)
    wanted = [part.service_id for part in referral.components]
    found = db.session.scalars(
        select(Offer)
        .where(Offer.id.in_(ids), Offer.service_id.in_(wanted))
        .options(joinedload(Offer.provider), joinedload(Offer.service))
    )
    by_id = {offer.id: offer for offer in found}
    return [by_id[number] for number in dict.fromkeys(ids) if number in by_id]


def send(referral: Referral, offers: Iterable[Offer], form: SendEnquiry) -> Enquiry | None:
    """Send an enquiry and tell each provider, with a link; a refusal is shown on the form."""
    chosen = [offer for offer in offers if str(offer.id) in form.offers.data]
    days = current_app.config["ENQUIRY_DAYS"]
    try:
        enquiry = service.send(referral, chosen, form.words.data or "", current_user, days=days)
    except RuleBroken as refusal:
        about_words = [reason for reason in refusal.reasons if reason.startswith("Take out")]
        form.words.errors = [*form.words.errors, *about_words]
        form.offers.errors = [
            *form.offers.errors,
            *(reason for reason in refusal.reasons if reason not in about_words),
        ]
        return None
    for ask in enquiry.asks:
        notices.tell(
            notices.people_of(ask.offer.provider),
            Topic.ENQUIRY_RECEIVED,
            page=f"/answers/link/{token_for(Purpose.ANSWER_ENQUIRY, ask.id)}",
            key=f"enquiry-ask:{ask.id}:received",
        )
    return enquiry


def asked_by(token: str) -> EnquiryAsk:
    """The ask that a link answers. Raises DeadLink where it answers none, or no longer."""
    ask = db.session.get(EnquiryAsk, subject_of(Purpose.ANSWER_ENQUIRY, token))
    if ask is None:
        raise DeadLink("This link is not known here.")
    if reasons := service.reasons_not_to_answer(ask):
        raise DeadLink(*reasons)
    return ask


def answer(ask: EnquiryAsk, form: AnswerEnquiry) -> bool:
    """Save a provider's answer; a refusal is shown on the form."""
    actor = audit.current_actor()
    by = actor.name if actor else ""
    try:
        if form.answer.data == "offer":
            service.make_offer(ask, form.offer(), by)
        else:
            service.decline(ask, form.declined(), form.note.data or "", by)
    except RuleBroken as refusal:
        form.answer.errors = [*form.answer.errors, *refusal.reasons]
        return False
    return True


def answer_by_link(token: str, form: AnswerEnquiry) -> bool:
    """Save an answer by a link from a letter; the trail names the link, since nobody signed in.

    Raises DeadLink.
    """
    ask = asked_by(token)
    name = f"{ask.offer.provider.name}, by email link"
    audit.name_deed(audit.Actor(None, name), "enquiry:answer")
    return answer(ask, form)


EXPORT_HEADER = (
    "Enquiry", "Child", "Enquiry state", "Sent", "Answer by", "Provider", "Service", "Answer",
    "Late", "Working days to answer", "First day", "Hours a week", "Price an hour (pounds)",
    "Condition", "Declined because",
)  # fmt: skip


def rows_to_export(statement: Select) -> Iterator[list[Any]]:
    """Enquiries as rows of a spreadsheet, one a provider asked."""
    for enquiry in db.session.scalars(statement):
        for ask in enquiry.asks:
            yield [
                enquiry.reference,
                enquiry.referral.child.reference,
                enquiry.state.label,
                enquiry.sent_at,
                enquiry.answer_by,
                ask.offer.provider.name,
                ask.offer.service.name,
                ask.state.label,
                ask.late,
                ask.working_days,
                ask.starts_on,
                ask.hours,
                None if ask.pence_per_hour is None else ask.pence_per_hour / 100,
                ask.condition,
                ask.decline_reason.label if ask.decline_reason else None,
            ]

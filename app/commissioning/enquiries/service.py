"""Asking several providers at once, taking their answers, and choosing one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.models import User
from app.accounts.roles import Role
from app.children.lifecycle import ReferralState
from app.children.models import Referral
from app.commissioning.enquiries.lifecycle import (
    ASK,
    ENQUIRY,
    AskState,
    DeclineReason,
    EnquiryState,
)
from app.commissioning.enquiries.models import Enquiry, EnquiryAsk
from app.commissioning.enquiries.profile import leaks, profile_of
from app.commissioning.enquiries.queries import open_asks, unanswered
from app.commissioning.enquiries.working_days import (
    end_of_working_day_after,
    working_days_between,
)
from app.kernel.clock import LONDON, now, today
from app.kernel.database import db
from app.kernel.money import pounds
from app.kernel.rules import require
from app.kernel.words import in_words
from app.notices import service as notices
from app.notices.topics import Topic
from providers.models.offer import Offer
from providers.needs import PriceUnit, VatBasis
from providers.pricing import Price, above_cap, cap_on
from providers.queries import caps_in_force, closed_reasons

MOST_ASKED = 10


@dataclass(frozen=True)
class Answer:
    """An offer. hours: a week. pence_per_hour: net of VAT. condition: named, empty for none."""

    starts_on: date
    hours: int
    pence_per_hour: int
    condition: str = ""


def send(
    referral: Referral, offers: Sequence[Offer], words: str, by: User, *, days: int
) -> Enquiry:
    """Ask the providers of several offers at once; each is told, with no word about the child.

    days: working days to answer in. Raises RuleBroken with every reason: the child does not wait,
    the text gives the child away, an offer is closed, not of a service asked for, or asked
    already.
    """
    asked_for = {part.service_id: part.hours for part in referral.components}
    on, caps = today(), caps_in_force(today())
    waiting_on = {ask.offer_id for ask in open_asks(referral)}
    faults = [
        None
        if referral.state is ReferralState.WAITING
        else f"This referral is {referral.state.value}, so nobody can be asked.",
        None if offers else "Choose at least one provider to ask.",
        f"Ask at most {MOST_ASKED} at once." if len(offers) > MOST_ASKED else None,
        *leaks(words, referral.child),
    ]
    for offer in offers:
        name = f"{offer.provider.name}, {offer.service.name}"
        faults += [f"{name}: {reason.text}" for reason in closed_reasons(offer, on, caps)]
        if offer.service_id not in asked_for:
            faults.append(f"{name}: the referral does not ask for this service.")
        if offer.id in waiting_on:
            faults.append(f"{name} was asked already. Wait for the answer, or close that enquiry.")
    require(*faults)
    enquiry = Enquiry(
        referral=referral,
        state=ENQUIRY.initial,
        profile=profile_of(referral, on).as_json(),
        words=words.strip() or None,
        officer_id=referral.officer_id or by.id,
        sent_by=by.name,
        sent_at=now(),
        answer_by=end_of_working_day_after(now(), days),
    )
    enquiry.asks = [
        EnquiryAsk(offer=offer, state=ASK.initial, hours_asked=asked_for[offer.service_id])
        for offer in offers
    ]
    db.session.add(enquiry)
    db.session.flush()
    return enquiry


def reasons_not_to_answer(ask: EnquiryAsk) -> tuple[str, ...]:
    """Why an ask cannot be answered now, in words; empty where it can."""
    if ask.state is not AskState.ASKED:
        at = ask.answered_at
        return (
            f"This enquiry was answered already, on {in_words(at.astimezone(LONDON).date())}."
            if at
            else "This enquiry is closed. Another provider was chosen, or it is no longer needed.",
        )
    if ask.enquiry.state is not EnquiryState.OPEN:
        return ("This enquiry is closed.",)
    if ask.enquiry.referral.state is not ReferralState.WAITING:
        return ("This enquiry is no longer needed.",)
    return ()


def make_offer(ask: EnquiryAsk, answer: Answer, by: str) -> None:
    """A provider's offer, once. Raises RuleBroken with every reason.

    Refused: answered or closed already, a day that has passed, hours outside 1 to 40 or above
    those asked for, a price above the cap or the list price, a provider that may take nobody.
    """
    ask = _locked(ask)
    require(*reasons_not_to_answer(ask))
    offer, on = ask.offer, max(answer.starts_on, today())
    caps = caps_in_force(on)
    vat = offer.vat_basis if offer.vat_basis is VatBasis.EXEMPT else VatBasis.EXCLUSIVE
    require(
        None if answer.hours in range(1, 41) else "Enter hours a week from 1 to 40.",
        f"{ask.hours_asked} hours a week are asked for. Enter that many or fewer."
        if answer.hours > ask.hours_asked
        else None,
        None if answer.starts_on >= today() else "The first day has passed. Enter a later day.",
        None if answer.pence_per_hour > 0 else "Enter a price of more than £0.",
        *(reason.text for reason in closed_reasons(offer, today(), caps_in_force(today()))),
    )
    price = Price(answer.pence_per_hour, PriceUnit.HOUR, vat)
    cap, listed = cap_on(caps, offer.service.code, on), offer.price.net_per_hour()
    require(
        above_cap(price, cap, offer.service.name, offer_id=offer.id),
        f"Your list price is {pounds(listed)} an hour, net of VAT. Enter that or less: list prices "
        "change once a year."
        if answer.pence_per_hour > listed
        else None,
    )
    ask.starts_on, ask.hours = answer.starts_on, answer.hours
    ask.pence_per_hour, ask.condition = answer.pence_per_hour, answer.condition.strip() or None
    _answered(ask, "offer", by)


def decline(ask: EnquiryAsk, reason: DeclineReason, note: str, by: str) -> None:
    """A provider's refusal with its coded reason, once. Raises RuleBroken as `make_offer` does."""
    ask = _locked(ask)
    require(
        *reasons_not_to_answer(ask),
        "Say which other reason." if reason is DeclineReason.OTHER and not note.strip() else None,
    )
    ask.decline_reason, ask.decline_note = reason, note.strip() or None
    _answered(ask, "decline", by)


def _answered(ask: EnquiryAsk, step: str, by: str) -> None:
    ask.answered_at, ask.answered_by = now(), by
    ask.working_days = working_days_between(ask.enquiry.sent_at, ask.answered_at)
    ASK.fire(ask, step)
    db.session.flush()
    notices.tell(
        notices.person(ask.enquiry.officer_id),
        Topic.ENQUIRY_ANSWERED,
        page=f"/enquiries/{ask.enquiry_id}",
        key=f"enquiry-ask:{ask.id}:answered",
    )


def choose(ask: EnquiryAsk) -> None:
    """Take one offer; the others for the same service are passed over and told.

    The enquiry closes once no answer is awaited for any service. Raises RuleBroken where no
    offer was made, the child no longer waits, or the provider may take nobody now.
    """
    enquiry = _locked_enquiry(ask.enquiry)
    ask = _locked(ask)
    require(
        *ASK.reasons_against(ask, "choose"),
        *reasons_not_to_choose(ask),
    )
    ASK.fire(ask, "choose")
    for other in enquiry.asks:
        if other is not ask and other.is_open and other.offer.service_id == ask.offer.service_id:
            _pass_over(other)
    if not any(other.is_open for other in enquiry.asks):
        enquiry.closed_at, enquiry.closed_because = now(), "A provider was chosen"
        ENQUIRY.fire(enquiry, "close with a choice")
    db.session.flush()


def reasons_not_to_choose(ask: EnquiryAsk) -> list[str]:
    """Why an offer cannot be taken now, in words."""
    closed = closed_reasons(ask.offer, today(), caps_in_force(today()))
    waits = ask.enquiry.referral.state is ReferralState.WAITING
    gone = None if waits else "The child no longer waits."
    past = ask.starts_on is not None and ask.starts_on < today()
    late = "The first day offered has passed. Ask the provider again." if past else None
    cheaper = price_has_fallen(ask)
    again = f"{cheaper} Close this enquiry and ask again." if cheaper else None
    return [*(reason.text for reason in closed), *filter(None, (gone, late, again))]


def price_has_fallen(ask: EnquiryAsk) -> str | None:
    """That the list price has come to lie below the price that was offered; None where it has not.

    A list price that has risen since changes nothing: the offer for this child stands.
    """
    listed, offered = ask.offer.price.net_per_hour(), ask.pence_per_hour
    if offered is None or listed >= offered:
        return None
    return (
        f"The list price of {ask.offer.provider.name} is {pounds(listed)} an hour now, less than "
        f"the {pounds(offered)} that it offered in {ask.enquiry.reference}."
    )


def close(enquiry: Enquiry, reason: str) -> None:
    """Close an enquiry without a choice; whoever was still asked is told."""
    enquiry = _locked_enquiry(enquiry)
    require(None if reason.strip() else "Enter why the enquiry is closed.")
    chosen = any(ask.state is AskState.CHOSEN for ask in enquiry.asks)
    ENQUIRY.fire(enquiry, "close with a choice" if chosen else "close")
    enquiry.closed_at, enquiry.closed_because = now(), reason.strip()
    for ask in enquiry.asks:
        if ask.is_open:
            _pass_over(ask)
    db.session.flush()


def _pass_over(ask: EnquiryAsk) -> None:
    ASK.fire(ask, "pass over")
    notices.tell(
        notices.people_of(ask.offer.provider),
        Topic.ENQUIRY_CLOSED,
        page=f"/answers/{ask.id}",
        key=f"enquiry-ask:{ask.id}:closed",
    )


def chase() -> tuple[int, int, int]:
    """Remind, escalate, and close what is needless: how many were reminded, escalated, closed.

    On the last working day providers are reminded; once the time has run out the officer is told,
    and a working day later, where nobody has made an offer, the AP lead. Each is told once.
    """
    reminded = escalated = closed = 0
    at = now()
    for ask in unanswered():
        enquiry = ask.enquiry
        if enquiry.referral.state is not ReferralState.WAITING:
            continue
        if at > enquiry.answer_by:
            escalated += _escalate(ask)
        elif at.astimezone(LONDON).date() >= enquiry.answer_by.astimezone(LONDON).date():
            reminded += remind(ask)
    needless = db.select(Enquiry).join(Enquiry.referral)
    needless = needless.where(
        Enquiry.state == EnquiryState.OPEN, Referral.state != ReferralState.WAITING
    )
    for enquiry in db.session.scalars(needless).all():
        close(enquiry, "The child no longer waits")
        closed += 1
    return reminded, escalated, closed


def remind(ask: EnquiryAsk) -> int:
    """Remind a provider's people of an ask that waits, once; returns how many were told."""
    return notices.tell(
        notices.people_of(ask.offer.provider),
        Topic.ENQUIRY_REMINDER,
        page=f"/answers/{ask.id}",
        key=f"enquiry-ask:{ask.id}:reminder",
    )


def _escalate(ask: EnquiryAsk) -> int:
    enquiry, page = ask.enquiry, f"/enquiries/{ask.enquiry_id}"
    told = notices.tell(
        notices.person(enquiry.officer_id),
        Topic.ENQUIRY_OVERDUE,
        page=page,
        key=f"enquiry-ask:{ask.id}:overdue",
    )
    nobody = not any(each.state is AskState.OFFERED for each in enquiry.asks)
    if nobody and now() > end_of_working_day_after(enquiry.answer_by, 1):
        told += notices.tell(
            notices.people_in(Role.AP_LEAD),
            Topic.ENQUIRY_OVERDUE,
            page=page,
            key=f"enquiry:{enquiry.id}:escalated",
        )
    return told


def _locked(ask: EnquiryAsk) -> EnquiryAsk:
    return db.session.get_one(EnquiryAsk, ask.id, with_for_update=True, populate_existing=True)


def _locked_enquiry(enquiry: Enquiry) -> Enquiry:
    return db.session.get_one(Enquiry, enquiry.id, with_for_update=True, populate_existing=True)

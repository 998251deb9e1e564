"""What is asked about enquiries: those of an officer, those of a provider, and how it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.children.models import Referral
from app.commissioning.enquiries.lifecycle import AskState, DeclineReason, EnquiryState
from app.commissioning.enquiries.models import Enquiry, EnquiryAsk
from app.kernel.database import db
from providers.models.offer import Offer

_OFFER = (joinedload(Offer.provider), joinedload(Offer.service))
WHOLE = (
    joinedload(Enquiry.referral).joinedload(Referral.child),
    joinedload(Enquiry.officer),
    selectinload(Enquiry.asks).joinedload(EnquiryAsk.offer).options(*_OFFER),
)
"""Loads an enquiry with its child and answers."""
WHOLE_ASK = (
    joinedload(EnquiryAsk.enquiry),
    joinedload(EnquiryAsk.offer).options(*_OFFER),
)
"""Loads an ask with its enquiry and offer."""


@dataclass(frozen=True)
class Record:
    """How a provider answers enquiries, for its scorecard.

    working_days: the median from being asked to the answer, None before the first answer. late:
    answers after the time had run out. declined: how often for each reason.
    """

    asked: int
    answered: int
    late: int
    offered: int
    chosen: int
    working_days: float | None
    declined: dict[DeclineReason, int]


def enquiries(state: EnquiryState | None = None, officer_id: int | None = None) -> Select:
    """Enquiries with their answers, those whose time runs out first before the others."""
    statement = select(Enquiry).options(*WHOLE)
    if state is not None:
        statement = statement.where(Enquiry.state == state)
    if officer_id is not None:
        statement = statement.where(Enquiry.officer_id == officer_id)
    latest_first = state is not EnquiryState.OPEN
    order = Enquiry.answer_by.desc() if latest_first else Enquiry.answer_by.asc()
    return statement.order_by(order, Enquiry.id)


def enquiries_of(referral_id: int) -> Sequence[Enquiry]:
    """The enquiries for a referral, the newest first."""
    mine = select(Enquiry).where(Enquiry.referral_id == referral_id).options(*WHOLE)
    return db.session.scalars(mine.order_by(Enquiry.id.desc())).all()


def asks() -> Select:
    """What providers are asked: what still waits for an answer first, then the newest."""
    waits = EnquiryAsk.state == AskState.ASKED
    return select(EnquiryAsk).options(*WHOLE_ASK).order_by(waits.desc(), EnquiryAsk.id.desc())


def open_asks(referral: Referral) -> Sequence[EnquiryAsk]:
    """What is asked for a referral and waits for an answer or a choice."""
    here = select(EnquiryAsk).join(EnquiryAsk.enquiry).where(Enquiry.referral_id == referral.id)
    return db.session.scalars(
        here.where(EnquiryAsk.state.in_([AskState.ASKED, AskState.OFFERED]))
    ).all()


def unanswered() -> Sequence[EnquiryAsk]:
    """Every ask of an open enquiry that has no answer."""
    return db.session.scalars(
        select(EnquiryAsk)
        .join(EnquiryAsk.enquiry)
        .where(EnquiryAsk.state == AskState.ASKED, Enquiry.state == EnquiryState.OPEN)
        .options(
            joinedload(EnquiryAsk.enquiry).options(
                joinedload(Enquiry.referral), selectinload(Enquiry.asks)
            ),
            joinedload(EnquiryAsk.offer).joinedload(Offer.provider),
        )
        .order_by(EnquiryAsk.id)
    ).all()


def record_of(provider_id: int) -> Record:
    """How a provider has answered what it was asked."""
    rows = db.session.execute(
        select(
            EnquiryAsk.state,
            EnquiryAsk.working_days,
            EnquiryAsk.decline_reason,
            EnquiryAsk.starts_on,
            EnquiryAsk.answered_at > Enquiry.answer_by,
        )
        .join(EnquiryAsk.enquiry)
        .join(EnquiryAsk.offer)
        .where(Offer.provider_id == provider_id)
    ).all()
    taken = [days for _state, days, *_rest in rows if days is not None]
    reasons = [reason for _s, _d, reason, *_rest in rows if reason is not None]
    return Record(
        asked=len(rows),
        answered=len(taken),
        late=sum(bool(late) for *_rest, late in rows),
        offered=sum(starts is not None for _s, _d, _r, starts, _l in rows),
        chosen=sum(state is AskState.CHOSEN for state, *_rest in rows),
        working_days=median(taken) if taken else None,
        declined={reason: reasons.count(reason) for reason in DeclineReason if reason in reasons},
    )


def count_to_answer(provider_id: int) -> int:
    """How many enquiries wait for a provider's answer."""
    waiting = (
        select(func.count(EnquiryAsk.id))
        .join(EnquiryAsk.offer)
        .where(Offer.provider_id == provider_id, EnquiryAsk.state == AskState.ASKED)
    )
    return db.session.scalar(waiting) or 0

"""Example enquiries: one fresh, one answered, one late, one decided."""

from datetime import timedelta

from sqlalchemy import case, func, select

from app.accounts.models import User
from app.accounts.roles import Role
from app.children.lifecycle import ReferralState
from app.children.models import Component, Referral
from app.commissioning.enquiries import service
from app.commissioning.enquiries.lifecycle import DeclineReason
from app.commissioning.enquiries.models import Enquiry
from app.commissioning.enquiries.service import Answer
from app.kernel.clock import now, today
from app.kernel.database import db
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.queries import caps_in_force, closed_reasons

SHOWN = "SUP0008"
"""The provider whose people have an example sign-in: it is asked each time it can be."""
ASKED = 3
DAYS = 2


def load() -> None:
    """Ask providers about four children, and let some of them answer."""
    officer = db.session.scalar(select(User).where(User.role == Role.SEND_OFFICER))
    open_ones = _open_offers()
    services = {offer.service_id for offer in open_ones}
    first = _services_of_the_shown(open_ones)
    referrals = db.session.scalars(
        select(Referral)
        .join(Referral.components)
        .where(Referral.state == ReferralState.WAITING, Component.service_id.in_(services))
        .group_by(Referral.id)
        .order_by(func.max(case((Component.service_id.in_(first), 1), else_=0)).desc(), Referral.id)
        .limit(4)
    ).all()
    if officer is None or len(referrals) < 4:
        return
    fresh, answered, late, decided = (_ask(each, open_ones, officer) for each in referrals)
    fresh.words = "Works well in the morning. Likes cooking."
    for enquiry in (answered, late, decided):
        _send_earlier(enquiry)
    _answer(answered)
    late.answer_by = now() - timedelta(hours=20)
    _answer(decided)
    service.choose(decided.asks[0])


def _open_offers() -> list[Offer]:
    """Offers that may be used today; the shown provider's first."""
    caps, on = caps_in_force(today()), today()
    rows = db.session.scalars(select(Offer).join(Offer.provider).order_by(Offer.id))
    found = [offer for offer in rows if not closed_reasons(offer, on, caps)]
    shown = db.session.scalar(select(Provider.id).where(Provider.reference == SHOWN))
    return sorted(found, key=lambda offer: (offer.provider_id != shown, offer.id))


def _services_of_the_shown(offers: list[Offer]) -> set[int]:
    return {offer.service_id for offer in offers if offer.provider.reference == SHOWN}


def _ask(referral: Referral, offers: list[Offer], officer: User) -> Enquiry:
    asked_for = {part.service_id for part in referral.components}
    fit = [offer for offer in offers if offer.service_id in asked_for]
    service_id = fit[0].service_id
    chosen = [offer for offer in fit if offer.service_id == service_id][:ASKED]
    return service.send(referral, chosen, "", officer, days=DAYS)


def _send_earlier(enquiry: Enquiry) -> None:
    enquiry.sent_at -= timedelta(days=2)


def _answer(enquiry: Enquiry) -> None:
    """The first offers, the second declines, the third says nothing yet."""
    for number, ask in enumerate(enquiry.asks[:2]):
        by = ask.offer.provider.name
        if number:
            service.decline(ask, DeclineReason.FULL, "Room again after the holidays.", by)
        else:
            price = ask.offer.price.net_per_hour()
            starts = today() + timedelta(days=9)
            terms = Answer(starts, ask.hours_asked, price, "After a visit to the site")
            service.make_offer(ask, terms, by)

"""The price caps that hold on a date, each with the exceptions decided about it."""

from datetime import date

from sqlalchemy import or_, select

from app.kernel.database import db
from providers.models.cap import CapException
from providers.models.framework import PriceCap, Service
from providers.models.offer import Offer
from providers.pricing import Cap


def caps_in_force(on: date) -> tuple[Cap, ...]:
    """The price caps that hold on a date, one a service, each with its exceptions: in one query."""
    decided = (
        select(CapException.offer_id, CapException.pence_per_hour, Offer.service_id)
        .join(CapException.offer)
        .where(
            CapException.starts_on <= on,
            CapException.ends_on >= on,
            or_(CapException.withdrawn_on.is_(None), CapException.withdrawn_on > on),
        )
        .subquery()
    )
    terms = (PriceCap.pence_per_hour, PriceCap.starts_on, PriceCap.ends_on)
    rows = (
        select(PriceCap.id, Service.code, *terms, decided.c.offer_id, decided.c.pence_per_hour)
        .join(PriceCap.service)
        .outerjoin(decided, decided.c.service_id == PriceCap.service_id)
        .where(PriceCap.starts_on <= on, or_(PriceCap.ends_on.is_(None), PriceCap.ends_on >= on))
        .order_by(PriceCap.id)
    )
    held: dict[int, Cap] = {}
    excepted: dict[int, dict[int, int]] = {}
    for number, code, pence, starts_on, ends_on, offer_id, most in db.session.execute(rows):
        more = excepted.setdefault(number, {})
        if offer_id is not None:
            more[offer_id] = max(most, more.get(offer_id, 0))
        held[number] = Cap(code, pence, starts_on, ends_on, more)
    return tuple(held.values())

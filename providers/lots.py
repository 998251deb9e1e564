"""Which lots of the framework a provider was admitted to: only in those may it be called off.

A provider that applied was admitted to the lots of the services in its applications. One that was
taken over from the supplier tool, and never applied, was admitted with all that it listed.
"""

from sqlalchemy import select

from app.kernel.database import db
from providers.applications.lifecycle import ApplicationState
from providers.models.application import Application
from providers.models.framework import Lot, Service
from providers.models.offer import Offer


def lots_admitted(provider_id: int) -> frozenset[int] | None:
    """The ids of the lots that a provider's applications admitted it to; None where it has never
    applied, so that its listed services are what it was admitted with."""
    found = select(Application).where(
        Application.provider_id == provider_id, Application.state == ApplicationState.ADMITTED
    )
    applications = db.session.scalars(found).all()
    if not applications:
        return None
    codes = {offer.service for application in applications for offer in application.offers}
    lots = select(Service.lot_id).where(Service.code.in_(codes), Service.lot_id.is_not(None))
    return frozenset(db.session.scalars(lots))


def lot_objection(offer: Offer) -> str | None:
    """Why an offer may not be called off: its lot is none that its provider was admitted to."""
    lot: Lot | None = offer.service.lot
    if lot is None:
        return None
    admitted = lots_admitted(offer.provider_id)
    if admitted is None or lot.id in admitted:
        return None
    return (
        f"It was not admitted to lot {lot.code} ({lot.name}), to which {offer.service.name} "
        "belongs. It must apply to join that lot first."
    )

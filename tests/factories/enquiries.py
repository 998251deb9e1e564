"""Enquiries about invented children."""

from typing import Any

from app.children.models import Referral
from app.commissioning.enquiries import service
from app.commissioning.enquiries.models import Enquiry
from app.kernel.database import db
from providers.models.offer import Offer
from tests.factories.accounts import make_user
from tests.factories.children import make_referral


def make_enquiry(
    *offers: Offer, referral: Referral | None = None, words: str = "", **values: Any
) -> Enquiry:
    """An enquiry that was sent to these offers today, by default about a child of its own.

    The referral asks for ten hours of each offer's service. values: `days` to answer in.
    """
    if referral is None:
        referral = make_referral(hours={offer.service: 10 for offer in offers})
    enquiry = service.send(referral, offers, words, make_user(), **{"days": 2} | values)
    db.session.flush()
    return enquiry

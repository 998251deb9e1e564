"""The offers that were taken in enquiries, for whoever proposes a placement with one of them."""

from sqlalchemy import select

from app.commissioning.enquiries.lifecycle import AskState
from app.commissioning.enquiries.models import Enquiry, EnquiryAsk
from app.kernel.database import db


def chosen_for(referral_id: int) -> dict[int, EnquiryAsk]:
    """The offers that were taken in the enquiries for a referral, by the offer's id; the last
    where one was asked more than once."""
    found = (
        select(EnquiryAsk)
        .join(EnquiryAsk.enquiry)
        .where(Enquiry.referral_id == referral_id, EnquiryAsk.state == AskState.CHOSEN)
        .order_by(EnquiryAsk.id)
    )
    return {ask.offer_id: ask for ask in db.session.scalars(found)}

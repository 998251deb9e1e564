"""What providers of the example county want to add: an offer and a site wait, one came back."""

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.demonstration import PROVIDER_REFERENCE
from app.example.offers import a_proposed_offer
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from providers import additions
from providers.admission import AdmissionState
from providers.applications.proposals import NEW, ProposedOffer, ProposedSite
from providers.models.addition import Addition, AdditionKind
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.pricing import cap_on
from providers.queries import caps_in_force

FURTHER_SITE = ProposedSite(NEW, "The Old Print Works", "SO509AB")
RETURNED = "Which room would you use? Send the fire risk assessment with it."


def load() -> None:
    """Proposals of two providers; nothing where the people are missing or some are there."""
    shown = db.session.scalar(select(Provider).where(Provider.reference == PROVIDER_REFERENCE))
    lead = db.session.scalar(select(User).where(User.role == Role.AP_LEAD))
    if None in (shown, lead) or db.session.scalar(select(Addition.id).limit(1)):
        return
    if _offer_of(shown):
        additions.propose(shown, _offer_of(shown), by=_of(shown))
    if not additions.closed_to(shown, AdditionKind.SITE):
        back = additions.propose(shown, FURTHER_SITE, by=_of(shown))
        additions.send_back(back, RETURNED, by=lead.actor)
    for other in _others(shown):
        additions.propose(other, FURTHER_SITE, by=_of(other))


def _of(provider: Provider) -> audit.Actor:
    """Somebody of a provider, under its name."""
    return audit.Actor(None, provider.name)


def _others(shown: Provider) -> list[Provider]:
    """One further provider that has been approved."""
    found = select(Provider).where(
        Provider.state == AdmissionState.APPROVED,
        Provider.id != shown.id,
        select(Offer.id).where(Offer.provider_id == Provider.id).exists(),
    )
    return list(db.session.scalars(found.order_by(Provider.id).limit(1)))


def _offer_of(provider: Provider) -> ProposedOffer | None:
    """An offer a little under the cap of a service that a provider does not give yet."""
    if additions.closed_to(provider, AdditionKind.OFFER):
        return None
    room = additions.room_for(provider)
    given = {offer.service_id for offer in provider.offers}
    further = [service for service in room.services if service.id not in given]
    service = (further or list(room.services))[0]
    cap = cap_on(caps_in_force(today()), service.code, today())
    return a_proposed_offer(
        number=NEW,
        service=service.code,
        site=room.sites[0].number,
        hours_free=15,
        places_free=3,
        group_size=1,
        price_pence=(cap.pence if cap else 5_000) - 150,
    )

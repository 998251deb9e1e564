"""Further sites and offers: bringing a proposal in, and what is shown of one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.kernel.audit import Actor
from app.kernel.clock import today
from app.kernel.money import pounds
from app.web.drafts import ITEM_FORMS
from app.web.formats import hours, miles, plural
from app.web.forms.applications import PutOffer, PutSite
from app.web.forms.entries import refuse
from app.web.places import postcode_in_words
from providers import additions
from providers.applications.proposals import NEW, ProposedOffer
from providers.applications.sections import Section
from providers.facts import service_name
from providers.models.addition import Addition, AdditionKind
from providers.models.change import ChangeState
from providers.models.provider import Provider
from providers.pricing import CapBasis, cap_on
from providers.queries import caps_in_force

SECTIONS = {AdditionKind.SITE: Section.SITES, AdditionKind.OFFER: Section.OFFERS}
DECISIONS_SHOWN = 10


@dataclass(frozen=True)
class Told:
    """A proposal in words. name: of the site, or of the offer's service."""

    addition: Addition
    name: str
    terms: str


def bring_in(
    provider: Provider, kind: AdditionKind, earlier: Addition | None = None, *, by: Actor
) -> tuple[PutSite | PutOffer, Addition | None]:
    """The form of a proposal, and the proposal once what was entered in it may be proposed.

    earlier: the one whose values the form starts from, and whose place the proposal takes.
    """
    room = additions.room_for(provider)
    form = ITEM_FORMS[SECTIONS[kind]].about(room, earlier.wanted if earlier else None)
    if not form.validate_on_submit():
        return form, None
    proposed = form.proposed(NEW)
    if refuse(form, additions.faults(provider, proposed, earlier)):
        return form, None
    return form, additions.propose(provider, proposed, by=by, instead=earlier)


def of_provider(provider: Provider, found: Sequence[Addition]) -> dict[str, list[Told]]:
    """A provider's proposals: those that wait, and those decided lately."""
    decided = [row for row in found if row.state in (ChangeState.ACCEPTED, ChangeState.RETURNED)]
    waits = [row for row in found if row.state is ChangeState.WAITING]
    taken = {row.instead_of_id for row in found if row.state is not ChangeState.WITHDRAWN}
    latest = [row for row in decided if row.id not in taken]
    return {
        "additions_waiting": [_told(row) for row in waits],
        "additions_decided": [_told(row) for row in latest[:DECISIONS_SHOWN]],
    }


def in_words(found: Sequence[Addition]) -> list[Told]:
    """Proposals as people read them."""
    return [_told(row) for row in found]


def _told(addition: Addition) -> Told:
    proposed = addition.proposed
    if not isinstance(proposed, ProposedOffer):
        return Told(addition, proposed.name, postcode_in_words(proposed.postcode))
    terms = f"{proposed.price}, ages {proposed.min_age} to {proposed.max_age}"
    return Told(addition, service_name(proposed.service), terms)


def facts(addition: Addition) -> list[tuple[str, str]]:
    """What is proposed, fact by fact, for the one who decides."""
    return list(_facts(addition))


def _facts(addition: Addition) -> Iterator[tuple[str, str]]:
    proposed = addition.proposed
    if not isinstance(proposed, ProposedOffer):
        yield "Name of the site", proposed.name
        yield "Postcode", postcode_in_words(proposed.postcode)
        return
    site = next((s for s in addition.provider.sites if s.id == proposed.site), None)
    net = proposed.price.per_hour(CapBasis.NET)
    yield "Service", service_name(proposed.service)
    yield "Site", f"{site.name}, {postcode_in_words(site.postcode)}" if site else "Not known"
    hourly = f"{pounds(round(net))} an hour"
    quoted = str(proposed.price)
    yield "Price", f"{hourly} net of VAT" + ("" if quoted == hourly else f", quoted as {quoted}")
    cap = cap_on(caps_in_force(today()), proposed.service, today())
    yield "Price cap", f"{pounds(cap.pence)} an hour net of VAT" if cap else "None for this service"
    yield "Needs", "; ".join(need.label for need in proposed.need_types)
    yield "Ages", f"{proposed.min_age} to {proposed.max_age}"
    yield "Where it is given", "; ".join(way.label for way in proposed.ways)
    if proposed.travel_radius_km is not None:
        yield "Staff travel up to", miles(proposed.travel_radius_km)
    yield "Open", proposed.days
    yield "Free", f"{hours(proposed.hours_free)} a week, {plural(proposed.places_free, 'place')}"
    yield "Largest group", str(proposed.group_size)
    yield "Least hours a week", str(proposed.min_hours)

"""A search as an officer sees it: the offers that fit and why, the others and why not.

`providers.search` finds; here each offer that is shown is judged once more by every rule in
words, so that what the database let through and what the page says cannot drift apart unseen.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.children.models import Referral
from app.commissioning.company import NOBODY, Company
from app.commissioning.suitability import closed_to, company_for, opinion, rules_in_force
from providers import search as directory
from providers.capacity import Free
from providers.compliance import Freshness, freshness
from providers.models.framework import Service
from providers.models.offer import Offer
from providers.pricing import Cap, cap_on
from providers.queries import Closure, caps_in_force, closed_reasons
from providers.search_criteria import SearchCriteria
from providers.search_words import terms_against, why_it_fits


@dataclass(frozen=True)
class Result:
    """One offer as a search judges it. why: short facts. against: each in a sentence, empty
    where it is suitable. km: from the home, None where it is not known or does not matter.
    """

    offer: Offer
    why: tuple[str, ...]
    against: tuple[str, ...]
    km: float | None
    cap: Cap | None
    free: Free
    freshness: Freshness

    @property
    def suitable(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.against


@dataclass(frozen=True)
class Search:
    """A search that was made: what was found, and what is needed to judge any of it.

    looked_at: how many offers were considered. referral: of the child it is for, if any.
    services: every service, held so that each offer that is judged finds its own at hand.
    rules: of the matching policy in force. company: who is at which provider.
    """

    criteria: SearchCriteria
    referral: Referral | None
    on: date
    caps: tuple[Cap, ...]
    found: directory.Found
    looked_at: int
    rules: Any
    services: tuple[Service, ...] = ()
    company: Company = NOBODY

    @property
    def suitable(self) -> tuple[int, ...]:
        """Ids of the offers that fit, in order."""
        return self.found.offers

    @property
    def unsuitable(self) -> tuple[int, ...]:
        """Ids of the others, the nearest first."""
        return directory.unsuitable(self.found)

    @property
    def unsuitable_count(self) -> int:
        """How many were looked at and do not fit."""
        return self.looked_at - len(self.suitable)

    def judged(self, offer_ids: Collection[int]) -> Iterator[Result]:
        """These offers, each with why it fits or what speaks against it, in the order given."""
        ids = list(offer_ids)
        for start in range(0, len(ids), directory.BATCH):
            offers = list(directory.whole(ids[start : start + directory.BATCH]))
            free = self.found.free(offers, self.on)
            for offer in offers:
                yield self._judge(offer, free[offer.id])

    def _judge(self, offer: Offer, free: Free) -> Result:
        criteria, on = self.criteria, self.on
        km = self.found.km.get(offer.id)
        said = opinion(criteria, self.referral, offer, free, km, self.company, rules=self.rules)
        cap = cap_on(self.caps, offer.service.code, on)
        closed = (
            reason.text
            for reason in closed_reasons(offer, on, self.caps)
            if criteria.free or reason.code is not Closure.CAPACITY
        )
        against = (*closed, *said.against, *terms_against(criteria, offer, free, on))
        km = self.found.km.get(offer.id, said.km)
        return Result(
            offer,
            why_it_fits(criteria, offer, km, cap, free, on),
            against,
            km,
            cap,
            free,
            freshness(offer.confirmed_on, on),
        )


def search(
    criteria: SearchCriteria,
    on: date,
    referral: Referral | None = None,
    on_offer: Mapping[Service, int] | None = None,
    others: bool = False,
    *,
    rules: Any = None,
) -> Search:
    """Search the directory as it stands on a date, for a child or for nobody in particular.

    on_offer: every service with the number of its offers, where that has been read already.
    others: whether what does not fit is to be looked at too. rules: of the matching policy in
    force, where they have been read already.
    """
    known = directory.services_on_offer() if on_offer is None else on_offer
    caps = caps_in_force(on)
    rooms = directory.rooms(criteria, on) if others else None
    rules = rules or rules_in_force()
    company = company_for(criteria, referral, on, rules)
    shut = closed_to(criteria, referral, company, rules)
    found = directory.find(criteria, on, tuple(known), caps, rooms, shut)
    looked_at = sum(
        number for each, number in known.items() if criteria.service_id in (None, each.id)
    )
    return Search(criteria, referral, on, caps, found, looked_at, rules, tuple(known), company)


def judge(
    criteria: SearchCriteria,
    referral: Referral,
    on: date,
    offer_ids: Collection[int],
    *,
    rules: Any = None,
) -> Iterator[Result]:
    """Offers that are known already, judged for a child without a search."""
    nothing = directory.Found(criteria, (), {})
    rules = rules or rules_in_force()
    company = company_for(criteria, referral, on, rules)
    made = Search(criteria, referral, on, caps_in_force(on), nothing, 0, rules, company=company)
    return made.judged(offer_ids)

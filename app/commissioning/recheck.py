"""Recommendations checked again as things stand now, before anybody acts on them."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.children.lifecycle import ReferralState
from app.children.models import Referral
from app.commissioning import inputs, policies, queries
from app.commissioning.bridge import Judge
from app.commissioning.models.match import MatchOutcome, MatchRun, Recommendation
from app.kernel.clock import today
from app.kernel.reach import current, whole
from app.kernel.words import in_sentence, listed


@dataclass(frozen=True)
class Doubt:
    """A child whose recommended place would not be given now, and every reason."""

    outcome: MatchOutcome
    reasons: tuple[str, ...]


def doubts(run: MatchRun, on: date | None = None) -> list[Doubt]:
    """The recommendations of a match that do not hold on a date (today), one a child.

    Each is held against every rule by itself, and all together against the room that is free,
    also those of children whom whoever asks may not see; these are left out of the answer.
    """
    with whole():
        recommended = select(MatchOutcome.referral_id).where(
            MatchOutcome.run_id == run.id, MatchOutcome.placed
        )
        waiting = queries.waiting_referrals(Referral.id.in_(recommended))
        checker = _Checker(on or today(), waiting)
        placed = queries.whole_outcomes(run, MatchOutcome.placed)
        found = [(outcome, checker.reasons_against(outcome)) for outcome in placed]
    doubted = [Doubt(outcome, reasons) for outcome, reasons in found if reasons]
    if current().is_all or not doubted:
        return doubted
    own = set(queries.whole_outcomes(run, MatchOutcome.placed))
    return [doubt for doubt in doubted if doubt.outcome in own]


def reasons_against(outcome: MatchOutcome, on: date | None = None) -> tuple[str, ...]:
    """Why a child's recommended place would not be given on a date; empty where it would."""
    waiting = [outcome.referral] if outcome.referral.state is ReferralState.WAITING else []
    return _Checker(on or today(), waiting).reasons_against(outcome)


class _Checker:
    """Things as they stand on a date, against which recommendations are held one by one."""

    def __init__(self, on: date, waiting: list[Referral]) -> None:
        policy = policies.in_force()
        gathered = inputs.gather(on, policy=policy, referrals=waiting)
        self._judge = Judge(gathered.problem)
        self._standing = gathered.standing
        self._waiting = {referral.id: referral for referral in waiting}
        self._closed = {offer.id: reasons for offer, reasons in gathered.book.closed}
        self._offers = {offer.id: offer for offer in gathered.problem.offers}
        self._providers = {each.id: each for each in gathered.problem.providers}
        self._heads: dict[int, set[int]] = defaultdict(set)
        self._hours: Counter[int] = Counter()
        self._places: Counter[int] = Counter()

    def reasons_against(self, outcome: MatchOutcome) -> tuple[str, ...]:
        """Why this place would not be given, after all that were asked about before."""
        referral = self._waiting.get(outcome.referral_id)
        if referral is None:
            if outcome.referral.state is ReferralState.PLACED:
                return ("The child has a place since.",)
            return (f"The referral is {outcome.referral.state.value} now.",)
        reasons = [
            reason for found in outcome.recommendations for reason in self._against(referral, found)
        ]
        chosen = {found.component_id for found in outcome.recommendations}
        added = [
            in_sentence(part.service.name)
            for part in self._standing.to_place(referral)
            if part.id not in chosen
        ]
        if added:
            reasons.append(f"The child now also asks for {listed(added)}.")
        return tuple(reasons)

    def _against(self, referral: Referral, found: Recommendation) -> list[str]:
        provider, service = found.offer.provider.name, in_sentence(found.offer.service.name)
        part = next((each for each in referral.components if each.id == found.component_id), None)
        if part is None:
            return [f"The child no longer asks for {service}."]
        if part.id in self._standing.held:
            return [f"The child has a place for {service} already."]
        if found.offer_id not in self._offers:
            reasons = self._closed.get(found.offer_id, ())
            return [f"{provider}: {reason.text}" for reason in reasons]
        against, _ = self._judge.objections(referral.id, part.id, found.offer_id)
        reasons = [f"{provider}: {text}." for text in against]
        if part.hours != found.hours:
            reasons.append(
                f"The child now asks for {part.hours} hours of {service} a week, not {found.hours}."
            )
        return reasons or self._overfilled(found, referral.id, part.hours)

    def _overfilled(self, found: Recommendation, referral_id: int, hours: int) -> list[str]:
        offer = self._offers[found.offer_id]
        provider = self._providers[offer.provider_id]
        self._hours[offer.id] += hours
        self._places[offer.id] += 1
        if referral_id not in provider.hours_by_child:  # a child there already takes no new place
            self._heads[provider.id].add(referral_id)
        if (
            self._hours[offer.id] <= offer.hours_free
            and self._places[offer.id] <= offer.places_free
            and (
                provider.places_free is None
                or len(self._heads[provider.id]) <= provider.places_free
            )
        ):
            return []
        return [f"{found.offer.provider.name} has too little room for all who were to go there."]

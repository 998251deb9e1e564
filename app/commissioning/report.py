"""What a match found, written down: figures, recommendations, and every reason in words."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.children.models import Component, Referral
from app.commissioning.bridge import Answer, refusals_of
from app.commissioning.inputs import Gathered
from app.commissioning.models.match import MatchOutcome, MatchRun, Recommendation
from app.commissioning.packing import squeeze
from app.kernel.database import db
from app.kernel.words import in_words
from providers.models.offer import Offer
from providers.needs import Delivery
from providers.queries import Closure, OfferBook

MOST_LISTED = 50
"""Of the providers that could not take a component, how many nearest ones are kept by name."""

_CLOSED = {
    Closure.STANDING: "suspended, or not approved",
    Closure.LOT: "of lots that the provider was not admitted to",
    Closure.STOP: "stopped for new placements",
    Closure.JUDGEMENT: "stopped by a quality visit that was judged red",
    Closure.EVIDENCE: "without current evidence",
    Closure.CAP: "above the price cap",
    Closure.CAPACITY: "yet to confirm the hours that are free",
}


def keep(run: MatchRun, answer: Answer, gathered: Gathered) -> None:
    """Write a match's figures and, for every referral, its outcome."""
    keep_figures(run, answer)
    book = gathered.book
    closed = Counter(reason.code for _, reasons in book.closed for reason in reasons[:1])
    run.summary = run.summary | {
        "open_offers": len(book.open),
        "closed_offers": len(book.closed),
        "closed": [f"{count} {_CLOSED[code]}" for code, count in sorted(closed.items())],
        "rulings_not_kept": [str(each) for each in gathered.rulings_not_kept],
    }
    offers = {offer.id: offer for offer in book.open}
    for referral in gathered.referrals:
        db.session.add(_outcome(run, answer, referral, offers, book))


def keep_figures(run: MatchRun, answer: Answer) -> None:
    """Write down what the matcher answered: its sums, its proof, and the whole result."""
    result, children = answer.result, answer.problem.children
    distances = [p.distance_km for p in result.placements if p.distance_km is not None]
    run.children = len(children)
    run.placed = result.totals.placed
    run.hours_asked = sum(child.hours for child in children)
    run.hours_placed = result.totals.hours
    run.weekly_cost_pence = result.totals.cost_pence
    run.weekly_transport_pence = result.totals.transport_pence
    run.mean_distance_km = sum(distances) / len(distances) if distances else None
    run.hours_gap = result.hours_gap.ratio
    run.cost_gap = result.cost_gap.ratio
    run.seconds = round(result.seconds, 2)
    run.result = squeeze(answer.packed_result())
    run.summary = {
        "status": result.status.value,
        "engine": result.engine_version,
        "on": in_words(date_of(run)),
    }


def _outcome(
    run: MatchRun,
    answer: Answer,
    referral: Referral,
    offers: Mapping[int, Offer],
    book: OfferBook,
) -> MatchOutcome:
    told = answer.told(referral.id)
    parts = {part.component_id: part for part in told.components}
    asked = [component for component in referral.components if component.id in parts]
    outcome = MatchOutcome(
        run=run,
        referral=referral,
        child=referral.child,
        placed=told.placed,
        hours=sum(component.hours for component in asked),
    )
    if told.placed:
        outcome.recommendations = [
            _recommendation(parts[component.id], component, offers, date_of(run))
            for component in asked
        ]
        found = outcome.recommendations
        outcome.weekly_cost_pence = sum(each.weekly_cost_pence for each in found)
        outcome.weekly_transport_pence = sum(each.weekly_transport_pence for each in found)
        outcome.furthest_km = max(
            (each.distance_km for each in found if each.distance_km is not None), default=None
        )
        return outcome
    components = [
        _unplaced_part(answer, referral, component, parts[component.id], offers, book)
        for component in asked
    ]
    outcome.reasons = {
        "headline": _headline(told.summary),
        "summary": [told.summary],
        "components": components,
    }
    return outcome


def date_of(run: MatchRun) -> date:
    """The day as on which a run reads everything."""
    return date.fromisoformat(run.parameters["on"])


def _recommendation(
    part, component: Component, offers: Mapping[int, Offer], on: date
) -> Recommendation:
    placement = part.placement
    offer = offers[placement.offer_id]
    return Recommendation(
        component=component,
        offer=offer,
        delivery=Delivery(placement.delivery.value),
        hours=placement.hours,
        pence_per_hour=offer.price.net_per_hour(),
        weekly_cost_pence=placement.weekly_cost_pence,
        weekly_transport_pence=placement.weekly_transport_pence,
        distance_km=placement.distance_km,
        starts_on=on + timedelta(days=placement.starts_in),
        why=[_sentence(reason) for reason in part.why],
        drawbacks=[_sentence(reason) for reason in part.drawbacks],
        next_best=[_option(option, offers[option.offer_id]) for option in part.next_best],
    )


def _option(option, offer: Offer) -> dict[str, Any]:
    return {
        "provider": offer.provider.name,
        "provider_id": offer.provider_id,
        "offer_id": offer.id,
        "distance_km": option.distance_km,
        "weekly_cost_pence": option.score.cost_pence,
        "differs": _sentence(option.text),
    }


def _unplaced_part(
    answer: Answer,
    referral: Referral,
    component: Component,
    part,
    offers: Mapping[int, Offer],
    book: OfferBook,
) -> dict[str, Any]:
    """Why one component has no place: in groups, provider by provider, and what would help."""
    closed = [entry for entry in book.closed if entry[0].service_id == component.service_id]
    refused = [offer_id for group in refusals_of(part) for offer_id in group.offer_ids]
    listed = []
    for offer_id in refused:
        reasons, km = answer.judge.objections(referral.id, component.id, offer_id)
        listed.append((km if km is not None else float("inf"), offers[offer_id], reasons))
    listed.sort(key=lambda entry: entry[0])
    named = [(offer, reasons) for _, offer, reasons in listed]
    named += [(offer, tuple(reason.text for reason in reasons)) for offer, reasons in closed]
    return {
        "component_id": component.id,
        "service": component.service.name,
        "hours": component.hours,
        "groups": [_sentence(text) for text in _groups(part, closed)],
        "help": [_sentence(text) for text in part.changes],
        "options": [_option(option, offers[option.offer_id]) for option in part.next_best],
        "offers": [
            {
                "provider": offer.provider.name,
                "provider_id": offer.provider_id,
                "reasons": [reason.rstrip(".") for reason in reasons],
            }
            for offer, reasons in named[:MOST_LISTED]
        ],
    }


def _groups(part, closed) -> list[str]:
    """The grouped reasons of a component without a place, closed offers last."""
    never = {group.text for group in part.refusals} - {group.text for group in refusals_of(part)}
    considered = part.refusals or part.next_best
    told = () if part.placement or (closed and not considered) else part.why
    groups = [text for text in told if text not in never]
    counts = Counter(reasons[0].code for _, reasons in closed)
    groups += [
        f"{count} {'is' if count == 1 else 'are'} {_CLOSED[code]}"
        for code, count in sorted(counts.items())
    ]
    if part.placement:
        groups.insert(0, "A place was free for this part, but not for the whole package")
    return groups


def _headline(summary: str) -> str:
    """The summary without what the page says already."""
    words = summary.removeprefix("Not placed: ")
    return words[:1].upper() + words[1:]


def _sentence(text: str) -> str:
    """A phrase as a sentence."""
    return text if text.endswith(".") else f"{text}."

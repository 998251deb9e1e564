"""Matches, asked for and run as people do; the county they are run on is small and invented."""

from dataclasses import dataclass

from app import jobs
from app.children.models import Referral
from app.commissioning import service
from app.commissioning.models.match import MatchRun
from app.kernel.database import db
from providers.models.offer import Offer
from providers.needs import NeedType
from tests.factories.children import make_child, make_referral
from tests.factories.providers import make_offer, make_provider


@dataclass(frozen=True)
class County:
    """Two children of whom one can be placed, and three offers of which one is open to them."""

    placed: Referral
    unplaced: Referral
    offer: Offer
    dearer: Offer
    full: Offer


def make_county() -> County:
    """A child with SEMH whom two offers could take, and one with a visual impairment for nobody."""
    placed = make_referral(make_child(forename="Amara", surname="Able"))
    unplaced = make_referral(make_child((NeedType.VI,), forename="Bo", surname="Baker"))
    return County(
        placed,
        unplaced,
        offer=make_offer(provider=make_provider(name="Oak Farm")),
        dearer=make_offer(provider=make_provider(name="Elm House"), price_pence=5_000),
        full=make_offer(provider=make_provider(name="Ash Yard"), hours_free=0),
    )


def ask_for_match(**values) -> MatchRun:
    """A match that waits to be run."""
    run = service.request_match(None, **{"seconds": 10} | values)
    db.session.commit()
    return run


def run_match(**values) -> MatchRun:
    """A match that was run to its end."""
    run = ask_for_match(**values)
    jobs.run("match", run.id)
    return db.session.get_one(MatchRun, run.id, populate_existing=True)

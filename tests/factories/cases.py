"""A child's whole case: at least one row in every table that belongs to a child."""

from app.children.models import Child
from app.children.ties import ChildTie, TieKind
from app.commissioning.agreements.lifecycle import AgreementState
from app.commissioning.agreements.models import Agreement
from app.commissioning.budgets.models import PlacementCost
from app.commissioning.lifecycle import RulingState
from app.commissioning.models.ruling import PairRuling, RulingKind
from app.commissioning.models.search import FrozenSearch, SavedSearch, ShortlistEntry
from app.commissioning.panels.models import PanelItem, PanelMeeting
from app.commissioning.placements.models import Disclosure
from app.commissioning.progress.models import (
    Ending,
    ObjectiveOutcome,
    ObjectiveProgress,
    Outcome,
    Progress,
)
from app.kernel.clock import now, today
from app.kernel.database import db
from app.visits.concerns.models import ConcernChild
from tests.factories.attendance import make_mark
from tests.factories.children import make_child, make_referral, make_wish
from tests.factories.concerns import make_concern
from tests.factories.enquiries import make_enquiry
from tests.factories.outcomes import make_outcome, make_run
from tests.factories.placements import make_placement
from tests.factories.progress import hold_review, make_plan
from tests.factories.providers import make_offer

SIGNED = {"made_by": "Olive", "made_at": now()}


def a_whole_case(officer, **values) -> Child:
    """A child with at least one row in every table that belongs to a child."""
    child, offer = make_child(**values), make_offer()
    referral = make_referral(child, hours={offer.service: 10}, officer=officer)
    make_wish(referral, offer.provider)
    sibling = make_child(postcode=f"{child.postcode[:-1]}A")
    make_referral(sibling, officer=officer)
    sibling = make_child(postcode=f"{child.postcode[:-1]}A")
    make_referral(sibling, officer=officer)
    placement = make_placement(offer=offer, referral=referral)
    make_mark(placement)
    plan = make_plan(placement, objectives=1)
    review = hold_review(placement)
    run = make_run(
        summary={
            "engine": "cp-sat",
            "on": f"{today()}",
            "open_offers": 2,
            "closed_offers": 0,
            "closed": {},
            "rulings_not_kept": [],
        },
        parameters={"seed": 1, "on": f"{today()}", "seconds": 10, "changes": []},
    )
    make_outcome(run, referral, offer)
    make_enquiry(offer, referral=referral)
    meeting = PanelMeeting(held_on=today(), called_by="Alex")
    concern = make_concern()
    ending = Ending(
        placement=placement, reason="Back at school.", waits_again=False, recorded_by="Olive",
        recorded_at=now(), delivered_minutes=0, delivered_pence=0, agreed_pence=0,
    )  # fmt: skip
    asked = {"query": "", "referral": referral}
    db.session.add_all([
        meeting,
        ending,
        PanelItem(meeting=meeting, proposal=placement.proposal),
        ChildTie(first=child, second=sibling, kind=TieKind.SIBLING, **SIGNED),
        ConcernChild(concern=concern, child=child),
        Disclosure(
            child_id=child.id, provider_id=offer.provider_id, placement_id=placement.id,
            ground="Award", told_by="Olive", told_at=now(),
        ),
        Agreement(
            placement=placement, number=1, state=AgreementState.OFFERED, effective_on=today(),
            ends_on=placement.ends_on, hours=10, pence_per_hour=1, pence_a_week=10, text="Text",
            proposed_by="Olive", proposed_at=now(),
        ),
        PlacementCost(placement=placement, year=2026, pence=1),
        PairRuling(
            referral=referral, offer=offer, kind=RulingKind.FIXED, state=RulingState.IN_FORCE,
            reason="Near", **SIGNED,
        ),
        SavedSearch(user=officer, name=f"{child.reference}", saved_at=now(), **asked),
        FrozenSearch(
            frozen_at=now(), frozen_by="Olive", reason="Evidence", criteria={}, asked=[],
            suitable=0, looked_at=0, results=[], digest="0" * 64, **asked,
        ),
        ShortlistEntry(referral=referral, offer=offer, added_by="Olive", added_at=now()),
    ])  # fmt: skip
    db.session.flush()
    if not review.objectives:
        review.objectives = [
            ObjectiveProgress(objective=plan.objectives[0], progress=Progress.ON_TRACK)
        ]
    ending.outcomes = [ObjectiveOutcome(objective=plan.objectives[0], outcome=list(Outcome)[0])]
    db.session.flush()
    return child

"""Figures for those who oversee: what the last match says of a child, and how much is held."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.children.lifecycle import ReferralState
from app.children.models import Child, Referral
from app.commissioning.lifecycle import RunState
from app.commissioning.models.match import (
    MatchOutcome,
    MatchRun,
    Recommendation,
    RunKind,
)
from app.kernel.database import db
from providers.models.offer import Offer
from providers.models.place import Accuracy, Postcode
from providers.models.provider import Provider


def last_outcomes(child: Child) -> dict[int, MatchOutcome]:
    """For each of a child's referrals, by id, what the last finished match that had it found."""
    latest = (
        select(func.max(MatchOutcome.id))
        .join(MatchOutcome.run)
        .where(MatchOutcome.child_id == child.id, MatchRun.state == RunState.FINISHED)
        .group_by(MatchOutcome.referral_id)
    )
    outcomes = db.session.scalars(
        select(MatchOutcome)
        .where(MatchOutcome.id.in_(latest))
        .options(
            joinedload(MatchOutcome.run),
            selectinload(MatchOutcome.recommendations)
            .joinedload(Recommendation.offer)
            .options(joinedload(Offer.provider), joinedload(Offer.service)),
        )
    )
    return {outcome.referral_id: outcome for outcome in outcomes}


def record_counts() -> list[tuple[str, int]]:
    """How many records of each kind are held, each with its name."""
    counts = {
        "Children": select(func.count(Child.id)),
        "Referrals waiting": select(func.count(Referral.id)).where(
            Referral.state == ReferralState.WAITING
        ),
        "Providers": select(func.count(Provider.id)),
        "Offers": select(func.count(Offer.id)),
        "Matches run": select(func.count(MatchRun.id)).where(MatchRun.kind == RunKind.MATCH),
        "Full postcodes": select(func.count(Postcode.code)).where(
            Postcode.accuracy == Accuracy.POSTCODE
        ),
        "Postcode sectors": select(func.count(Postcode.code)).where(
            Postcode.accuracy == Accuracy.SECTOR
        ),
    }
    row = db.session.execute(select(*(query.scalar_subquery() for query in counts.values()))).one()
    return list(zip(counts, row, strict=True))

"""What commissioning shows: match runs, and what each found."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from app.children.lifecycle import ReferralState
from app.children.models import Child, Component, Referral
from app.commissioning.models.match import MatchOutcome, MatchRun, Recommendation
from app.kernel.database import db
from providers.models.offer import Offer


def waiting_referrals() -> list[Referral]:
    """Every referral that waits for provision, with all that matching needs, oldest first."""
    return list(
        db.session.scalars(
            select(Referral)
            .where(Referral.state == ReferralState.WAITING)
            .options(
                joinedload(Referral.child).selectinload(Child.needs),
                selectinload(Referral.components).joinedload(Component.service),
                selectinload(Referral.wishes),
            )
            .order_by(Referral.id)
        )
    )


def runs() -> Select:
    """Match runs, the newest first."""
    return select(MatchRun).order_by(MatchRun.id.desc())


def outcomes(run: MatchRun) -> Select:
    """A run's outcomes with all that a list of them shows."""
    return (
        select(MatchOutcome)
        .where(MatchOutcome.run_id == run.id)
        .options(
            joinedload(MatchOutcome.child).selectinload(Child.needs),
            joinedload(MatchOutcome.referral).selectinload(Referral.components).joinedload(
                Component.service
            ),
            selectinload(MatchOutcome.recommendations)
            .joinedload(Recommendation.offer)
            .options(joinedload(Offer.provider), joinedload(Offer.service)),
        )
    )

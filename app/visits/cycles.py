"""The visit cycle in force, and a new version of it when the AP lead changes it."""

from typing import Any

from sqlalchemy import select

from app.kernel.audit import Actor
from app.kernel.clock import now
from app.kernel.database import db
from app.visits.schedule import Cycle
from app.visits.settings_models import VisitCycle


def cycle_in_force() -> Cycle:
    """How often visits are due now."""
    row = db.session.scalar(select(VisitCycle).order_by(VisitCycle.id.desc()).limit(1))
    return Cycle(**row.content) if row else Cycle()


def change_cycle(values: dict[str, Any], *, by: Actor) -> Cycle:
    """Put a cycle in force from now on. Raises RuleBroken for a value out of its range."""
    cycle = Cycle(**values)
    db.session.add(VisitCycle(content=cycle.kept(), made_by=by.name, made_at=now()))
    db.session.flush()
    return cycle

"""Planning visits: to whom, by whom, when; moving and cancelling them."""

from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel.audit import Actor
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import require
from app.visits import days, interests, telling
from app.visits.cycles import cycle_in_force
from app.visits.lifecycle import VISIT, VisitState
from app.visits.models import Visit, VisitPart
from app.visits.terms import Part, VisitKind
from app.visits.versions import to_plan_with
from providers.admission import AdmissionState
from providers.models.provider import Provider, Site

VISITORS = (Role.QUALITY_ADVISER, Role.AP_LEAD)


def advisers() -> list[User]:
    """Who may be asked to visit, by name."""
    return list(
        db.session.scalars(
            select(User).where(User.role.in_(VISITORS), User.active).order_by(User.name, User.id)
        )
    )


def plan(
    provider: Provider,
    kind: VisitKind,
    adviser: User,
    planned_on: date,
    *,
    by: Actor,
    site: Site | None = None,
    minutes: int | None = None,
    why: str = "",
) -> Visit:
    """Plan a visit with the template that is in use now.

    minutes: how long it takes; the usual for its kind unless given. Raises RuleBroken with every
    reason: a day that is past or closed, an adviser with an interest, a provider that has left.
    """
    require(
        day_fault(planned_on),
        _not_a_visitor(adviser),
        interests.objection(adviser.id, adviser.name, provider),
        _gone(provider),
        _not_its_site(site, provider),
    )
    visit = Visit(
        kind=kind,
        state=VISIT.initial,
        provider=provider,
        site=site or (provider.sites[0] if provider.sites else None),
        adviser=adviser,
        template=to_plan_with(kind, by=by),
        planned_on=planned_on,
        minutes=minutes or cycle_in_force().minutes(kind),
        why=why.strip()[:2000],
        parts=[VisitPart(part=part, content={}) for part in Part],
    )
    db.session.add(visit)
    db.session.flush()
    if adviser.id != by.user_id:
        telling.of_plan(visit)
    telling.of_visit_to_come(visit)
    return visit


def move(visit: Visit, adviser: User, planned_on: date, minutes: int) -> None:
    """Give a planned visit another day, adviser or length. Raises RuleBroken.

    Each change of the day is told of, also one back to a day that was planned before.
    """
    require(
        None if visit.state is VisitState.PLANNED else "Only a planned visit can be moved.",
        day_fault(planned_on),
        _not_a_visitor(adviser),
        interests.objection(adviser.id, adviser.name, visit.provider),
    )
    another_day = visit.planned_on != planned_on
    another_adviser = visit.adviser_id != adviser.id
    visit.adviser, visit.planned_on, visit.minutes = adviser, planned_on, minutes
    visit.starts_minute = None
    at = now()
    if another_day or another_adviser:
        telling.of_plan(visit, at)
    if another_day:
        telling.of_visit_to_come(visit, at)


def cancel(visit: Visit, reason: str) -> None:
    """Cancel a visit that has not been carried out. Raises RuleBroken without a reason."""
    visit.cancel_reason = reason.strip() or None
    VISIT.fire(visit, "cancel")
    telling.of_visit_to_come(visit)


def faults(provider: Provider, adviser: User, planned_on: date) -> dict[str, str]:
    """What stands against a day and an adviser, by field, for a form to show beside them."""
    found = {
        "planned_on": day_fault(planned_on),
        "adviser": interests.objection(adviser.id, adviser.name, provider),
    }
    return {field: fault for field, fault in found.items() if fault}


def day_fault(day: date) -> str | None:
    """Why no visit can be planned for a day; None where one can."""
    if day < today():
        return "A visit cannot be planned for a day that has passed. Enter today or a later day."
    why = days.closed(day)
    return f"{why} Enter a working day." if why else None


def _not_a_visitor(adviser: User) -> str | None:
    if adviser.active and adviser.role in VISITORS:
        return None
    return f"{adviser.name} cannot make visits. Choose a quality adviser."


def _gone(provider: Provider) -> str | None:
    if provider.state in (AdmissionState.REMOVED, AdmissionState.LEFT):
        return f"{provider.name} is {provider.state.value} and is not visited."
    return None


def _not_its_site(site: Site | None, provider: Provider) -> str | None:
    if site is None or site.provider_id == provider.id:
        return None
    return f"Choose one of the sites of {provider.name}."

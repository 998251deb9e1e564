"""Teams of the authority: who is in them, what their area is, and whom they limit."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.accounts.models import User
from app.accounts.queries import colleagues
from app.accounts.roles import Role
from app.children.lifecycle import ReferralState
from app.children.models import Referral
from app.children.reach.models import Team, TeamDistrict, TeamMember, TeamRule
from app.children.reach.reaching import TeamChildren
from app.kernel.database import db
from app.kernel.rules import require

LIMITED = (Role.SEND_OFFICER, Role.COMMISSIONER)
NOBODY_LEFT = (
    "Teams limit whom officers reach, and no other team has people in it. Each of them would reach "
    "only their own cases. Add people to another team first, or let everybody reach every child."
)
OFF = {"officers": False, "commissioners": False, "by_officer": True, "by_district": False}


def rule() -> TeamRule:
    """Whom teams limit now; nobody until the authority has set it."""
    return db.session.get(TeamRule, 1) or TeamRule(id=1, **OFF)


def set_rule(*, officers: bool, commissioners: bool, by_officer: bool, by_district: bool) -> None:
    """Set whom teams limit and which children are a team's. Raises RuleBroken where a limit would
    leave nobody a child."""
    limits = officers or commissioners
    require(
        "Select which children belong to a team, or let everybody reach every child."
        if limits and not (by_officer or by_district)
        else None,
        "Add a team first: without one, each officer would reach only their own cases."
        if limits and not teams()
        else None,
        "Add people to a team first: without them, each officer would reach only their own cases."
        if limits and teams() and not _people_outside(None)
        else None,
    )
    row = rule()
    row.officers, row.commissioners = officers, commissioners
    row.by_officer, row.by_district = by_officer, by_district
    db.session.add(row)
    db.session.flush()


def teams() -> Sequence[Team]:
    """Every team by name, with its people and districts."""
    parts = selectinload(Team.members).joinedload(TeamMember.user), selectinload(Team.districts)
    return db.session.scalars(select(Team).options(*parts).order_by(Team.name)).all()


def people_for_teams() -> list[User]:
    """Who may be in a team: SEND officers and commissioners."""
    return colleagues(*LIMITED)


def save_team(
    team: Team | None, *, name: str, user_ids: Iterable[int], districts: Iterable[str]
) -> Team:
    """Write a team down, or a new one. Raises RuleBroken where its name is another's, or where
    teams limit and it is the last that has people and would have none."""
    namesake = db.session.scalar(select(Team).where(func.lower(Team.name) == name.strip().lower()))
    require(
        f"There is a team called {namesake.name} already."
        if namesake is not None and namesake is not team
        else None
    )
    user_ids = list(user_ids)
    require(NOBODY_LEFT if team and not user_ids and _is_last_with_people(team) else None)
    team = team or Team()
    team.name = name.strip()
    known = {member.user_id: member for member in team.members}
    team.members = [known.get(number) or TeamMember(user_id=number) for number in user_ids]
    here = {row.district: row for row in team.districts}
    team.districts = [here.get(d) or TeamDistrict(district=d) for d in sorted(set(districts))]
    db.session.add(team)
    db.session.flush()
    return team


def remove_team(team: Team) -> None:
    """Remove a team; its people keep their own cases and what their other teams reach.

    Raises RuleBroken while teams limit and no other has people in it.
    """
    require(NOBODY_LEFT if _is_last_with_people(team) else None)
    db.session.delete(team)
    db.session.flush()


def _is_last_with_people(team: Team) -> bool:
    """Whether teams limit and only this one still lets somebody reach more than their own cases.

    The rule is held, so that of two last teams only one goes.
    """
    held = db.session.get(TeamRule, 1, with_for_update=True, populate_existing=True)
    limits = held is not None and (held.officers or held.commissioners)
    return limits and not _people_outside(team)


def _people_outside(team: Team | None) -> bool:
    """Whether anybody is in a team other than this one."""
    others = select(TeamMember.id)
    if team is not None:
        others = others.where(TeamMember.team_id != team.id)
    return db.session.scalar(others.limit(1)) is not None


def waiting_in_no_team() -> int:
    """How many children wait whom no team reaches, by what belongs to a team now."""
    now = rule()
    mates = db.session.scalars(select(TeamMember.user_id)) if now.by_officer else ()
    areas = db.session.scalars(select(TeamDistrict.district)) if now.by_district else ()
    reached = TeamChildren(0, frozenset(mates), frozenset(areas)).clause(Referral.child_id)
    waiting = select(func.count(Referral.child_id.distinct())).where(
        Referral.state == ReferralState.WAITING, ~reached
    )
    return db.session.scalar(waiting) or 0

"""Teams, and records restricted to named people."""

from itertools import count

from app.accounts.models import User
from app.children.models import Child
from app.children.reach.models import (
    Reader,
    Restriction,
    Team,
    TeamDistrict,
    TeamMember,
    TeamRule,
)
from app.kernel.clock import now
from app.kernel.database import db

_numbers = count(1)


def make_team(*people: User, districts: tuple[str, ...] = ()) -> Team:
    """A team of these people, with postcode districts as its area."""
    team = Team(name=f"Team {next(_numbers)}")
    team.members = [TeamMember(user_id=person.id) for person in people]
    team.districts = [TeamDistrict(district=district) for district in districts]
    db.session.add(team)
    db.session.flush()
    return team


def limit_by_teams(**values: bool) -> TeamRule:
    """Officers reach only their teams' children, by case officer, unless said otherwise."""
    defaults = {"officers": True, "commissioners": True, "by_officer": True, "by_district": False}
    rule = TeamRule(id=1, **defaults | values)
    db.session.add(rule)
    db.session.flush()
    return rule


def make_restriction(child: Child, *readers: User) -> Restriction:
    """A child's record that is restricted to these people."""
    restriction = Restriction(
        child=child, reason="Adopted.", restricted_by="Alex Lead", restricted_at=now()
    )
    restriction.readers = [Reader(user_id=reader.id) for reader in readers]
    db.session.add(restriction)
    db.session.flush()
    return restriction

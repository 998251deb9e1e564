"""Each address with a row in it, asked for by each role that may open it: own row, other's, none.

Whose a row is, is said here by how it was made (of which child, by the foreign keys), and not by
the scope that is tried: everything of the first case belongs to the officers' team and to the
provider who signs in, everything of the second to another team and another provider. Each request
is undone, so that every address finds the county as it was made.
"""

import io
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app import transaction
from app.access import POLICY, PUBLIC, declaration_of
from app.accounts.models import User
from app.accounts.roles import Role
from app.commissioning.models.match import MatchOutcome
from app.commissioning.placements.lifecycle import Destination
from app.commissioning.placements.models import Placement
from app.kernel import audit, reach
from app.kernel.database import db
from app.kernel.reach import chains
from app.policy import Scope
from app.visits.lifecycle import VisitState
from app.visits.models import Action
from providers.models.file import StoredFile
from tests.app.web.test_who_may_see_what import value_for
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories import owned
from tests.factories.accounts import make_user
from tests.factories.cases import a_whole_case
from tests.factories.children import make_child
from tests.factories.providers import make_provider
from tests.factories.reach import limit_by_teams, make_restriction, make_team

MISSING = 999_999
NOT_FOUND_FOR_ANOTHER_REASON = {
    "rulings.make": "asks in the address for an offer that suits the child",
    "trials.export_comparison": "the row is a match, and only a trial is compared with one",
}
"""Endpoints at which a row in reach is not found all the same."""
ONE_PERSONS = {"saved_search": "the view itself asks whose search it is"}
"""Tables whose rows are one person's, although the permission is for every row."""
NO_ADDRESS = {
    "approval_limit": "set on one page, for everybody",
    "council_identity": "connected from one's own page, without a number",
    "invitation": "opened by its signed link alone",
    "notice_choice": "chosen on one's own page, without a number",
    "profile": "edited as part of the provider, without a number",
    "record_look": "read in the list of a child's looks",
    "restricted_reader": "named on the page of the restricted record",
    "sign_in_hold": "kept for the sign-in, shown nowhere",
    "team_member": "named on the page of the team",
    "uplift_proposal": "decided on the page of its round",
    "urgent_access": "read in the list of restricted records",
}
"""Tables whose rows are somebody's, and that no address names a row of."""
WAYS = ("offer", "application", "visit", "invoice")
"""By which a row leads to the provider that it was made for."""
SECURITY = Path(__file__).parents[3] / "docs" / "security.md"
COUNT = re.compile(r"at least ([\d,]+) answers at\s+([\d,]+) addresses")
"""How that page tells of this test; what it tells may not be more than what is asked."""


class County:
    """Two of everything, for a person in each role. mine, theirs: a row's id by table."""

    def __init__(self, people: dict[Role, User]):
        self.people = people
        mate, stranger = make_user(), make_user()
        make_team(self.people[Role.SEND_OFFICER], self.people[Role.COMMISSIONER], mate)
        make_team(stranger)
        limit_by_teams()
        self.mine, first = self._case(mate)
        self.theirs, second = self._case(stranger)
        people[Role.PROVIDER].provider = first.offer.provider
        self._of_people(stranger)
        owned.all_that_the_authority_owns(db.session.scalars(select(MatchOutcome)).first().run)
        self._of_nobody(first.offer.provider_id, second.offer.provider_id)
        self.hidden = self._drafts(first.offer.provider)
        db.session.flush()

    def _case(self, officer):
        child = a_whole_case(officer)
        rows = {}
        for model in models():
            if model.__tablename__ in chains() and hasattr(model, "id"):
                found = (row for row in db.session.scalars(select(model)))
                ids = [row.id for row in found if child.id in reach.children_of(row)]
                rows |= {model.__tablename__: ids[-1]} if ids else {}
        placement = db.session.get(Placement, rows["placement"])
        placement.destination = Destination.REINTEGRATED  # the case has its ending already
        owned.all_that_a_provider_owns(placement)
        make_restriction(make_child(), officer)
        return rows, placement

    def _of_people(self, stranger):
        """Rows of one person: `own[role]` and, of somebody else, `strange`."""
        owned.all_that_a_person_owns(stranger)
        self.strange = newest("passkey", "sign_in_session", "notice", "saved_search", "concern")
        self.own = {}
        for role, person in self.people.items():
            owned.all_that_a_person_owns(person)
            self.own[role] = newest(*self.strange)
        party = make_provider()
        for role in (Role.AP_LEAD, Role.QUALITY_ADVISER):
            owned.make_interest(self.people[role], party)
        self.conflict = owned.make_followed_up(provider=party, by=stranger).id
        free = owned.make_followed_up(by=stranger)
        self.free, self.parts = free.id, {"concerns.finish_action": free.actions[0].id}

    def _of_nobody(self, first: int, second: int):
        """The rest: a provider's rows by the provider they were made for, or any row."""
        for model in models():
            name = model.__tablename__
            if name in self.mine or not hasattr(model, "id"):
                continue
            for row in db.session.scalars(select(model)):
                owner = _provider_of(row)
                if owner == second:
                    self.theirs[name] = row.id
                elif owner in (first, None):
                    self.mine[name] = row.id
                else:
                    self.mine.setdefault(name, row.id)  # of a third: for who reaches every row

    def _drafts(self, provider) -> dict[str, int]:
        """What a provider, and readers of final reports, do not see yet: a draft of their own."""
        visit = owned.make_report(provider, VisitState.DRAFT)
        action = db.session.scalar(select(Action.id).where(Action.visit_id == visit.id))
        return {"visit": visit.id, "visit_action": action}

    def rows(self, role: Role, table: str, scope: Scope) -> tuple[int, list[int]]:
        """The id of a row in reach of this person, and ids of rows out of reach."""
        if table in ONE_PERSONS or scope is Scope.SELF:
            return self.own[role][table], [self.strange[table]]
        if scope is Scope.DISINTERESTED:
            return self.free, [self.conflict]
        if scope is Scope.SELF_OR_DISINTERESTED:
            return self.own[role][table], [self.conflict]
        if scope is Scope.PUBLISHED:
            return self.mine[table], [self.hidden[table]]
        if scope is Scope.OWN_PROVIDER:
            drafts = [self.hidden[table]] if table in self.hidden else []
            return self.mine[table], [self.theirs[table], *drafts]
        if scope is Scope.TEAM and table in chains():
            return self.mine[table], [self.theirs[table]]
        return self.mine[table], []


def models():
    """Every model with a table of its own."""
    return [mapper.class_ for mapper in db.Model.registry.mappers]


def newest(*tables: str) -> dict[str, int]:
    """The id of the row that was made last in each of these tables."""
    by_name = {model.__tablename__: model for model in models()}
    return {name: max(db.session.scalars(select(by_name[name].id))) for name in tables}


def _provider_of(row) -> int | None:
    """The provider that a row was made for, by its columns alone."""
    if row.__tablename__ == "provider":
        return row.id
    if row.__tablename__ == "user_account" and row.provider_id is None:
        return MISSING  # a person of the authority belongs to no provider
    ways = (row, *(getattr(row, way, None) for way in WAYS))
    return next((each.provider_id for each in ways if hasattr(each, "provider_id")), None)


@pytest.fixture
def county(sqlite_app, monkeypatch):
    """The county, a browser for each role, and requests that leave nothing behind."""
    browsers = {role: signed_in(sqlite_app, role) for role in Role}
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        county = County({person.role: person for person in db.session.scalars(select(User))})
        for file in db.session.scalars(select(StoredFile)):
            sqlite_app.extensions["files"].put(file.key, io.BytesIO(b"content"))
        db.session.commit()
    monkeypatch.setitem(sqlite_app.config, "PROPAGATE_EXCEPTIONS", False)  # all faults at once
    undo = db.session.rollback
    monkeypatch.setattr(
        transaction, "db", SimpleNamespace(session=SimpleNamespace(commit=undo, rollback=undo))
    )
    return county, browsers


def with_rows(app):
    """Each guarded address with a row: its method, rule, permission and model."""
    for rule in app.url_map.iter_rules():
        declared = declaration_of(app.view_functions[rule.endpoint])
        if declared != PUBLIC and declared[1] is not None:
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule, *declared


def spelled(app, method, rule, table, number, part=1) -> str:
    """The address with a row's number, and the number of a part within the row."""
    values = {}
    for name in rule.arguments:
        other = part if name == "number" else value_for(rule._converters[name])
        values[name] = number if name == f"{table}_id" else other
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=method)


def asked_of(county, rule, table, role, scope):
    """What is asked of an address in a role: which row, its number, which answers are right."""
    own, others = county.rows(role, table, scope)
    if rule.endpoint not in NOT_FOUND_FOR_ANOTHER_REASON:
        yield "own", own, is_answered
    yield from (("other's", number, is_not_found) for number in others)
    yield "missing", MISSING, is_not_found


def is_not_found(status: int) -> bool:
    """The answer that never tells whether a row exists."""
    return status == 404


def is_answered(status: int) -> bool:
    """Any answer but those that keep a row from somebody, and no fault of ours."""
    return status < 500 and status not in (403, 404)


def test_own_other_s_and_missing_row_at_every_address_in_every_role(sqlite_app, county):
    county, browsers = county
    asked, wrong = Counter(), []
    for method, rule, permission, model in with_rows(sqlite_app):
        table, part = model.__tablename__, county.parts.get(rule.endpoint, 1)
        asked["addresses"] += 1
        for role, scope in POLICY[permission].items():
            for what, number, is_right in asked_of(county, rule, table, role, scope):
                address = spelled(sqlite_app, method, rule, table, number, part)
                status = browsers[role].open(address, method=method).status_code
                asked[what] += 1
                if not is_right(status):
                    wrong.append(f"{status} to {role.value} for {method} {address}: {what}")
    answers = asked.total() - asked["addresses"]
    assert not wrong, "\n".join(wrong)
    told = COUNT.search(SECURITY.read_text())
    assert told, "docs/security.md says how many answers are looked at"
    at_least = [int(number.replace(",", "")) for number in told.groups()]
    assert answers >= at_least[0] and asked["addresses"] >= at_least[1], dict(asked)


def test_every_address_that_names_a_row_says_of_which_table(sqlite_app):
    for rule in sqlite_app.url_map.iter_rules():
        declared = declaration_of(sqlite_app.view_functions[rule.endpoint])
        if declared != PUBLIC and any(name.endswith("_id") for name in rule.arguments):
            assert declared[1] is not None, rule.rule


def test_every_table_of_somebody_s_rows_is_asked_for_or_says_why_not(sqlite_app):
    asked = {model.__tablename__ for _, _, _, model in with_rows(sqlite_app)}
    somebody_s = {
        model.__tablename__
        for model in models()
        if hasattr(model, "owner_provider_id") or hasattr(model, "user_id")
    }
    assert somebody_s - asked == set(NO_ADDRESS)

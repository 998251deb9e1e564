"""What officers reach by their teams, and what is restricted: one by one, and in every list."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.access import Permission, may, visible
from app.accounts.roles import Role
from app.children.models import Referral
from app.children.reach.reaching import reach_of
from app.commissioning.models.search import SavedSearch
from app.commissioning.placements.models import Placement
from app.commissioning.progress import overview
from app.kernel import reach
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.reach import chains
from app.reporting import tallies
from tests.factories.accounts import make_user
from tests.factories.cases import a_whole_case
from tests.factories.children import make_child, make_referral
from tests.factories.placements import make_placement
from tests.factories.reach import limit_by_teams, make_restriction, make_team


def guarded():
    """Every model that belongs to a child and that a team limits."""
    models = {m.class_.__tablename__: m.class_ for m in db.Model.registry.mappers}
    return [models[name] for name in sorted(chains()) if name != "invoice_line"]


def of(child, model):
    """The rows of a model that are about a child."""
    return {row for row in db.session.scalars(select(model)) if child.id in reach.children_of(row)}


def read_as(user):
    reach.read_as(lambda: reach_of(user))


@pytest.fixture(autouse=True)
def nobody_reads_afterwards():
    yield
    reach.forget_reader()


def agree(user, seen, unseen):
    """In each table: a row by itself, a list that asks, and a list that does not even ask."""
    for model in guarded():
        mine, theirs = of(seen, model), of(unseen, model)
        assert mine and theirs, f"the case lacks a row of {model.__tablename__}"
        every = set(db.session.scalars(select(model)))
        one_by_one = {row for row in every if may(user, Permission.VIEW_CHILD, row)}
        listed = visible(select(model), model, Permission.VIEW_CHILD, user)
        assert mine <= one_by_one and not theirs & one_by_one, model.__tablename__
        assert set(db.session.scalars(listed)) == one_by_one, model.__tablename__
        read_as(user)
        assert set(db.session.scalars(select(model))) == one_by_one, model.__tablename__
        assert db.paginate(select(model), page=1).total == len(one_by_one), model.__tablename__
        reach.forget_reader()


@pytest.mark.parametrize("role", [Role.SEND_OFFICER, Role.COMMISSIONER])
def test_a_team_reaches_the_cases_of_its_officers_in_every_table(context, role):
    user, mate, stranger = make_user(role), make_user(), make_user()
    make_team(user, mate)
    make_team(stranger)
    seen, unseen = a_whole_case(mate), a_whole_case(stranger)
    limit_by_teams()
    agree(user, seen, unseen)


def test_a_team_reaches_the_homes_in_its_districts_in_every_table(context):
    user, stranger = make_user(), make_user()
    make_team(user, districts=("SO23",))
    make_team(stranger, districts=("SO2", "PO1"))
    seen = a_whole_case(stranger, postcode="SO23 8UJ")
    unseen = a_whole_case(stranger, postcode="SO21AA")
    limit_by_teams(by_officer=False, by_district=True)
    agree(user, seen, unseen)


@pytest.mark.parametrize("role", [Role.SEND_OFFICER, Role.COMMISSIONER, Role.AP_LEAD])
def test_a_restricted_record_is_seen_by_those_who_are_named(context, role):
    user, named = make_user(role), make_user(role)
    seen, unseen = a_whole_case(user), a_whole_case(user)
    make_restriction(unseen, named)
    agree(user, seen, unseen)
    assert may(named, Permission.VIEW_CHILD, unseen)


def test_nobody_is_limited_until_the_authority_sets_it(context):
    user = make_user()
    make_team(user)
    case = a_whole_case(make_user())
    assert reach_of(user).is_all
    limit_by_teams(officers=False, commissioners=True)
    assert reach_of(user).is_all
    assert may(user, Permission.VIEW_CHILD, case)


def test_whoever_is_in_no_team_reaches_their_own_cases(context):
    user = make_user()
    limit_by_teams()
    mine, theirs = make_referral(officer=user), make_referral(officer=make_user())
    assert may(user, Permission.WRITE_REFERRAL, mine)
    assert not may(user, Permission.WRITE_REFERRAL, theirs)
    assert not may(user, Permission.WRITE_REFERRAL, make_referral())


def test_the_ap_lead_is_in_no_team_and_reaches_every_child(context):
    limit_by_teams()
    assert may(make_user(Role.AP_LEAD), Permission.VIEW_CHILD, make_child())


def test_a_saved_search_about_no_child_is_in_reach(context):
    user = make_user()
    limit_by_teams()
    row = SavedSearch(user=user, name="Mentoring", query="", saved_at=now())
    db.session.add(row)
    db.session.flush()
    read_as(user)
    assert list(db.session.scalars(select(SavedSearch))) == [row]


def test_sums_over_the_authority_stay_whole_and_a_rule_reads_the_whole(context):
    user = make_user()
    limit_by_teams()
    make_placement()
    read_as(user)
    assert db.session.scalar(select(func.count(Placement.id))) == 1
    assert not db.session.scalars(select(Placement)).all()
    with reach.whole():
        assert len(db.session.scalars(select(Placement)).all()) == 1
    assert not db.session.scalars(select(Referral)).all()


def test_every_table_that_leads_to_a_child_is_guarded_or_says_that_it_is_open():
    keys = {
        table.name
        for table in db.metadata.tables.values()
        if any(key.column.table.name in chains() for key in table.foreign_keys)
    }
    open_tables = {name for name in keys if db.metadata.tables[name].info.get("open")}
    assert open_tables == {"restricted_record"}
    assert keys - open_tables <= set(chains())


@time_machine.travel("2026-11-23 10:00", tick=False)
def test_figures_of_the_authority_are_the_same_whoever_asks(context):
    first = today() - timedelta(days=70)
    placement = make_placement(starts_on=first, ends_on=today() + timedelta(days=90))
    outsider = make_user()
    make_team(outsider)
    limit_by_teams()
    read_as(outsider)
    assert not db.session.scalars(select(Placement)).all()
    reviews = tallies.reviews_in_time(today() - timedelta(days=365), today())
    assert reviews == {placement.offer.provider_id: (0, 1)}
    found = overview.of(today(), 1)
    assert (found.children, found.placements, found.overdue) == (1, 1, 1)

"""Who may do what: by role, by row, and the same in a list as for a single row."""

import pytest
from sqlalchemy import select

from app.access import POLICY, Permission, Scope, may, visible
from app.accounts.roles import Role
from app.kernel.database import db
from providers.models.offer import Offer
from providers.models.provider import Provider
from tests.factories.accounts import make_user
from tests.factories.providers import make_offer, make_provider


@pytest.mark.parametrize("role", list(Role))
def test_a_list_holds_exactly_the_rows_that_may_be_seen_one_by_one(sqlite_app_context, role):
    own = make_offer()
    make_offer()
    user = make_user(role=role, provider=own.provider if role is Role.PROVIDER else None)
    for model in (Provider, Offer):
        every = set(db.session.scalars(select(model)))
        for permission in Permission:
            if POLICY[permission].get(role) not in (None, Scope.ALL, Scope.OWN_PROVIDER):
                continue  # of rows that say more of themselves; their tests stand beside them
            listed = set(db.session.scalars(visible(select(model), model, permission, user)))
            assert listed == {row for row in every if may(user, permission, row)}, permission


def test_a_provider_sees_itself_and_no_other(context):
    own, other = make_provider(), make_provider()
    user = make_user(role=Role.PROVIDER, provider=own)
    assert may(user, Permission.VIEW_PROVIDER, own)
    assert not may(user, Permission.VIEW_PROVIDER, other)


def test_a_provider_sees_no_child():
    assert Role.PROVIDER not in POLICY[Permission.VIEW_CHILD]
    assert Role.FINANCE not in POLICY[Permission.VIEW_CHILD]


def test_a_visitor_may_do_nothing(app):
    from_nobody = app.login_manager.anonymous_user()
    assert not any(may(from_nobody, permission) for permission in Permission)


def test_every_scope_is_used():
    assert {scope for grants in POLICY.values() for scope in grants.values()} == set(Scope)

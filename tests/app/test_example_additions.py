"""The example county shows what providers want to add, and what came back."""

from sqlalchemy import select

from app.accounts.roles import Role
from app.demonstration import PROVIDER_REFERENCE
from app.example import additions
from app.kernel.database import db
from providers.additions import waiting
from providers.models.addition import Addition, AdditionKind
from providers.models.change import ChangeState
from tests.factories.accounts import make_user
from tests.factories.providers import make_cap, make_lot, make_offer, make_provider, make_service


def test_an_offer_and_a_site_wait_and_one_site_came_back_with_the_reason(sqlite_app_context):
    make_user(Role.AP_LEAD)
    service = make_service(lot=make_lot())
    make_cap(service)
    make_offer(provider=make_provider(reference=PROVIDER_REFERENCE), service=service)
    make_offer(service=service)
    additions.load()
    kinds = [row.kind for row in db.session.scalars(waiting())]
    assert sorted(kinds) == [AdditionKind.OFFER, AdditionKind.SITE]
    found = select(Addition).where(Addition.state == ChangeState.RETURNED)
    assert db.session.scalars(found).one().comment == additions.RETURNED
    additions.load()
    assert len(db.session.scalars(select(Addition)).all()) == 3


def test_without_its_people_the_example_adds_nothing(sqlite_app_context):
    additions.load()
    assert db.session.scalars(select(Addition)).all() == []

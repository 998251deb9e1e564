"""The example county shows an application in review, a round of prices and saved searches."""

from sqlalchemy import func, select

from app.accounts.roles import Role
from app.commissioning.models.search import SavedSearch, ShortlistEntry
from app.example import joining
from app.kernel.database import db
from providers.applications.lifecycle import ApplicationState
from providers.models.application import Application
from providers.models.place import Accuracy, Postcode
from providers.models.uplift import UpliftProposal
from tests.factories.accounts import make_user
from tests.factories.applications import make_capped_service
from tests.factories.children import make_referral
from tests.factories.providers import make_offer, make_service


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_joining_prices_and_searches_have_life_in_them(sqlite_app_context):
    make_user(Role.AP_LEAD), make_user(Role.SEND_OFFICER)
    db.session.add(
        Postcode(code="SO238", sector="SO238", accuracy=Accuracy.SECTOR, latitude=51.06,
                 longitude=-1.31)
    )  # fmt: skip
    make_offer(service=make_capped_service())
    make_offer(service=make_service("tutoring_qts"))
    make_referral()
    joining.load()
    states = db.session.scalars(select(Application.state)).all()
    assert sorted(states) == [ApplicationState.CLARIFYING, ApplicationState.DRAFT]
    assert count(UpliftProposal) == 2
    assert count(SavedSearch) == 1
    joining.load()
    assert count(Application) == 2


def test_without_its_people_the_example_has_none_of_it(sqlite_app_context):
    joining.load()
    assert count(Application) == count(SavedSearch) == count(ShortlistEntry) == 0

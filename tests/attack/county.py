"""A small county with a row of nearly every kind, so that addresses lead somewhere."""

from flask import Flask
from flask.testing import FlaskClient

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.database import db
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.applications import make_application
from tests.factories.commitments import make_commitment
from tests.factories.evidence import make_document
from tests.factories.intakes import make_intake
from tests.factories.outcomes import make_outcome, make_run
from tests.factories.placements import make_placement
from tests.factories.providers import make_provider
from tests.factories.stops import make_stop
from tests.factories.visits import make_action, make_finding, make_visit

SUMMARY = {"engine": "1", "on": "2026-11-23", "open_offers": 1, "closed_offers": 0}
PARAMETERS = {"on": "2026-11-23", "seconds": 5, "seed": 0, "confirmed_within_days": None}


def fill() -> int:
    """Make the rows; returns the id of the provider that the provider's account is for."""
    placement = make_placement()
    provider = placement.offer.provider
    make_commitment()
    make_application()
    make_document(provider)
    make_intake()
    make_outcome(
        make_run(parameters=PARAMETERS, summary=SUMMARY), placement.referral, placement.offer
    )
    make_stop(make_provider())
    make_action(make_finding(make_visit()))
    return provider.id


def everybody(app: Flask) -> dict[Role, FlaskClient]:
    """A signed-in browser for each role, in a county that has been filled."""
    with app.app_context(), audit.acting(TESTER, "test"):
        provider_id = fill()
        db.session.commit()
    return {
        role: signed_in(
            app, role, **({"provider_id": provider_id} if role is Role.PROVIDER else {})
        )
        for role in Role
    }

"""Commands that a clock runs: what each says, and that one failure stops no other."""

from datetime import timedelta

import pytest

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from app.mail import MailFailed
from providers.models.ask import CapacityAsk
from providers.models.commitment import Commitment, CommitmentState
from tests.conftest import TESTER
from tests.factories.accounts import make_user
from tests.factories.commitments import make_commitment
from tests.factories.providers import make_offer, make_provider

OLD = timedelta(days=40)


@pytest.fixture
def run(sqlite_app):
    return lambda *arguments: sqlite_app.test_cli_runner().invoke(args=arguments)


@pytest.fixture
def written(sqlite_app):
    """An open session whose rows the commands can see once they are committed."""
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        yield
        db.session.rollback()


def test_commitments_follow_their_dates(written, run):
    make_commitment(state=CommitmentState.PROMISED, starts_on=today())
    make_commitment(ends_on=today() - timedelta(days=1))
    db.session.commit()
    result = run("commitments", "settle")
    assert result.output == "1 commitment started, 1 commitment ended.\n"
    db.session.expire_all()
    states = {row.state for row in db.session.query(Commitment)}
    assert states == {CommitmentState.LIVE, CommitmentState.ENDED}


def test_a_provider_that_cannot_be_reached_does_not_stop_the_others(
    written, run, sqlite_app, monkeypatch
):
    class Mailer:
        def send(self, message, _mark):
            if message["To"] == "a@oak.example":
                raise MailFailed("The mail server did not take the message.")

    monkeypatch.setitem(sqlite_app.extensions, "mailer", Mailer())
    for name in ("a", "b"):
        provider = make_provider(name=name)
        make_offer(provider=provider, confirmed_on=today() - OLD)
        make_user(Role.PROVIDER, provider=provider, email=f"{name}@oak.example")
    db.session.commit()
    result = run("capacity", "ask")
    assert "could not be asked" in result.output
    assert "1 provider asked." in result.output
    assert db.session.query(CapacityAsk).count() == 1

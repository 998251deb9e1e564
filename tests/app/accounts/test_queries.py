"""What an administrator asks of the accounts and the audit trail."""

from datetime import timedelta

from app.accounts.queries import accounts_by_role, deeds_since
from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.clock import now
from app.kernel.database import db
from tests.factories.accounts import make_user
from tests.factories.providers import make_provider, make_service


def test_accounts_are_counted_by_role_open_and_closed(context):
    make_user(Role.FINANCE)
    make_user(Role.FINANCE, active=False)
    counts = {role: (open_, closed) for role, open_, closed in accounts_by_role()}
    assert counts[Role.FINANCE] == (1, 1)
    assert counts[Role.COMMISSIONER] == (0, 0)
    assert list(counts) == list(Role)


def test_what_was_done_is_counted_by_person_action_and_record(context):
    make_provider()
    second = make_provider()
    with audit.acting(audit.Actor(None, "Amara Lead"), "provider:suspend"):
        for note in ("one", "two"):
            second.notes = note
            db.session.flush()
    found = {(d.who, d.action, d.subject, d.kind): d.records for d in deeds_since(an_hour_ago())}
    assert found["Test", "test", "provider", "created"] == 2
    assert found["Amara Lead", "provider:suspend", "provider", "changed"] == 1


def test_what_was_done_before_the_moment_is_left_out(context):
    make_service()
    assert deeds_since(now() + timedelta(seconds=1)) == []


def test_the_latest_deed_stands_first(context):
    make_service()
    with audit.acting(audit.Actor(None, "Amara Lead"), "later"):
        make_service("vocational")
    assert [deed.who for deed in deeds_since(an_hour_ago())] == ["Amara Lead", "Test"]


def an_hour_ago():
    return now() - timedelta(hours=1)

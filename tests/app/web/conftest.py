"""What tests of pages share: rows that are saved, people who are signed in, queries counted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.database import db
from tests.app.web.visitors import signed_in

TESTER = audit.Actor(None, "Test")


@pytest.fixture
def given(app) -> Callable:
    """Opens a block in which rows are made; they are saved at its end, before any request.

    A request must not run inside it: it would share the block's session.
    """

    @contextmanager
    def block() -> Iterator[None]:
        with app.app_context(), audit.acting(TESTER, "test"):
            yield
            db.session.commit()

    return block


@pytest.fixture
def sign_in(app) -> Callable[..., FlaskClient]:
    """Opens an account in a role and signs in: `sign_in(Role.FINANCE)` is their browser.

    provider_id: for a provider's account, the provider it belongs to.
    """

    def enter(role: Role = Role.SEND_OFFICER, provider_id: int | None = None) -> FlaskClient:
        values = {} if provider_id is None else {"provider_id": provider_id}
        return signed_in(app, role, **values)

    return enter


@pytest.fixture
def count_queries(app) -> Callable:
    """Counts what is asked of the database inside a block: `with count_queries() as asked:`."""

    @contextmanager
    def block() -> Iterator[list[str]]:
        asked: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            asked.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return block

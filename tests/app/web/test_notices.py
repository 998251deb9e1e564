"""Pages of notices: a person's own, what they lead to, and how they are written to."""

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.database import db
from app.notices import service
from app.notices.models import Manner
from app.notices.topics import Topic
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.providers import make_provider


def tell(app, role: Role, count: int = 1) -> None:
    people = list(db.session.scalars(select(User).where(User.role == role)))
    for number in range(count):
        service.tell(people, Topic.REVIEW_DUE, page="/providers/", key=f"review:{number}")


def test_a_notice_stands_on_the_home_page_until_it_is_opened(app, sign_in, given):
    officer = sign_in(Role.SEND_OFFICER)
    assert "unread notice" not in officer.get("/").text
    with given():
        tell(app, Role.SEND_OFFICER)
    assert "You have 1 unread notice" in officer.get("/").text
    assert Topic.REVIEW_DUE.subject in officer.get("/notices/").text
    assert officer.get("/notices/1").location == "/providers/"
    assert "unread notice" not in officer.get("/").text
    assert "No unread notices" in officer.get("/notices/?show=unread").text


def test_nobody_opens_somebody_elses_notice(app, sign_in, given):
    sign_in(Role.SEND_OFFICER)
    with given():
        tell(app, Role.SEND_OFFICER)
    lead = sign_in(Role.AP_LEAD)
    assert lead.get("/notices/1").status_code == 404
    assert Topic.REVIEW_DUE.subject not in lead.get("/notices/").text


def test_all_are_marked_as_read_at_once(app, sign_in, given):
    officer = sign_in(Role.SEND_OFFICER)
    with given():
        tell(app, Role.SEND_OFFICER, 3)
    answer = officer.post("/notices/read", follow_redirects=True)
    assert "Every notice is marked as read" in answer.text
    assert "unread notice" not in officer.get("/").text


def test_a_person_chooses_a_daily_letter(app, sign_in, given):
    officer = sign_in(Role.SEND_OFFICER)
    assert "Select how you want to be told" in officer.post("/notices/choose", data={}).text
    answer = officer.post("/notices/choose", data={"manner": "daily"}, follow_redirects=True)
    assert "You get one email a day" in answer.text
    with given():
        user = db.session.scalar(select(User).where(User.role == Role.SEND_OFFICER))
        assert service.manner_of(user) is Manner.DAILY


def test_the_list_asks_no_more_for_many_notices(app, sign_in, given, count_queries):
    officer = sign_in(Role.SEND_OFFICER)
    with given():
        tell(app, Role.SEND_OFFICER, 2)
    with count_queries() as few:
        officer.get("/notices/")
    with given():
        tell(app, Role.SEND_OFFICER, 15)
    with count_queries() as many:
        officer.get("/notices/")
    assert len(many) == len(few)


def test_letters_in_the_folder_can_be_read_while_developing(sqlite_app):
    app = sqlite_app
    from_page = _told(app, Role.ADMINISTRATOR)
    (path,) = app.extensions["mailer"].folder.glob("*.eml")
    assert Topic.REVIEW_DUE.subject in from_page.get("/mail/").text
    assert Topic.REVIEW_DUE.changed in from_page.get(f"/mail/{path.name}").text
    assert from_page.get("/mail/secret-key").status_code == 404
    app.config["PRODUCTION"] = True
    assert from_page.get("/mail/").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_reads_letters(sqlite_app, role):
    """A letter may hold the link that sets somebody's password."""
    app = sqlite_app
    values = {}
    if role is Role.PROVIDER:
        with app.app_context(), audit.acting(TESTER, "test"):
            values = {"provider_id": make_provider().id}
            db.session.commit()
    from_page = _told(app, role, **values)
    (path,) = app.extensions["mailer"].folder.glob("*.eml")
    assert from_page.get("/mail/").status_code == 403
    assert from_page.get(f"/mail/{path.name}").status_code == 403


def _told(app, role, **values):
    browser = signed_in(app, role, **values)
    with app.app_context():
        tell(app, role)
        db.session.commit()
    return browser

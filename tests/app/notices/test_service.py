"""Telling people: once each, in the transaction of what they learn, with nothing about a person."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app import post
from app.accounts.roles import Role
from app.kernel.database import db
from app.notices import service
from app.notices.letters import subject_of, text_of
from app.notices.models import Manner, Notice, NoticeState
from app.notices.outbox import Claim
from app.notices.topics import Topic
from tests.factories.accounts import make_user
from tests.factories.providers import make_provider

TOLD = {"topic": Topic.REVIEW_DUE, "page": "/placements/1", "key": "placement:1:review"}


def notices() -> list[Notice]:
    return list(db.session.scalars(select(Notice).order_by(Notice.id)))


def letters(app) -> list[str]:
    return [path.read_text() for path in app.extensions["mailer"].folder.glob("*.eml")]


@pytest.fixture(autouse=True)
def empty_folder(request):
    """The application on PostgreSQL lives for many tests, and so does its folder."""
    if "context" in request.fixturenames:
        for path in request.getfixturevalue("context").extensions["mailer"].folder.glob("*"):
            path.unlink()


def test_whoever_is_told_gets_one_letter_once_the_change_is_saved(context):
    people = [make_user(), make_user()]
    assert service.tell(people, **TOLD) == 2
    assert letters(context) == []
    db.session.commit()
    assert [row.state for row in notices()] == [NoticeState.SENT] * 2
    assert len(letters(context)) == 2


def test_nobody_is_told_twice_under_one_key(context):
    first, second = make_user(), make_user()
    service.tell([first, first], **TOLD)
    service.tell([first, second], **TOLD)
    db.session.commit()
    service.tell([first], **TOLD)
    db.session.commit()
    assert [row.user_id for row in notices()] == [first.id, second.id]
    assert len(letters(context)) == 2


def test_what_is_undone_is_told_to_nobody(context):
    person = make_user()
    db.session.commit()
    service.tell([person], **TOLD)
    db.session.rollback()
    db.session.commit()
    assert post.deliver() == 0
    assert notices() == []
    assert letters(context) == []


def test_a_page_outside_the_site_is_refused(sqlite_app_context):
    for page in ("https://elsewhere.example/", "//elsewhere.example", "placements/1"):
        with pytest.raises(ValueError, match="path of this site"):
            service.tell([make_user()], Topic.REVIEW_DUE, page=page, key="x")


def test_people_are_found_by_role_and_by_provider_and_only_with_open_accounts(sqlite_app_context):
    provider = make_provider()
    theirs = make_user(Role.PROVIDER, provider=provider)
    make_user(Role.PROVIDER, provider=provider, active=False)
    make_user(Role.PROVIDER)
    finance, lead = make_user(Role.FINANCE), make_user(Role.AP_LEAD)
    make_user(Role.FINANCE, active=False)
    assert service.people_of(provider) == [theirs]
    assert service.people_in(Role.FINANCE, Role.AP_LEAD) == [finance, lead]
    assert service.person(None) == []
    assert service.person(lead.id) == [lead]


def test_a_daily_letter_holds_everything_since_the_last(context, time_machine):
    time_machine.move_to(datetime(2026, 11, 23, 15, 0, tzinfo=UTC), tick=False)
    person = make_user()
    service.choose(person, Manner.DAILY)
    for number in (1, 2, 3):
        service.tell([person], Topic.REVIEW_DUE, page=f"/placements/{number}", key=f"p:{number}")
        db.session.commit()
    assert letters(context) == []
    time_machine.move_to(datetime(2026, 11, 24, 7, 1, tzinfo=UTC), tick=False)
    assert post.deliver() == 1
    (letter,) = letters(context)
    assert "3 notices in Fairplace" in letter
    assert all(f"/placements/{number}" in letter for number in (1, 2, 3))


def test_who_wants_no_email_gets_none_and_reads_here(context):
    person = make_user()
    service.choose(person, Manner.SITE)
    service.tell([person], **TOLD)
    db.session.commit()
    assert letters(context) == []
    assert service.count_unread(person) == 1
    service.read(notices()[0])
    assert service.count_unread(person) == 0


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (datetime(2026, 11, 23, 6, 59, tzinfo=UTC), datetime(2026, 11, 23, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 23, 7, 0, tzinfo=UTC), datetime(2026, 11, 24, 7, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 5, 59, tzinfo=UTC), datetime(2026, 7, 1, 6, 0, tzinfo=UTC)),
    ],
)
def test_daily_letters_leave_at_seven_in_england(after, due):
    assert service.next_digest(after) == due


@pytest.mark.parametrize("topic", list(Topic))
def test_every_topic_says_what_changed_and_what_to_do(topic):
    claim = Claim("mark", "a@example.org", ((topic, "/placements/1"),))
    text = text_of(claim, "https://fairplace.example")
    assert subject_of(claim) == topic.subject
    assert topic.changed in text and topic.to_do in text
    assert "https://fairplace.example/placements/1" in text
    assert topic.changed.endswith(".") and topic.to_do.endswith(".")

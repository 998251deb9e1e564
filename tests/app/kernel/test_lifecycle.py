"""A lifecycle is one table: it refuses, offers and constrains from the same rows."""

from enum import StrEnum
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kernel.database import db
from app.kernel.lifecycle import Lifecycle, move
from app.kernel.rules import RuleBroken
from providers.admission import ADMISSION, AdmissionState
from tests.factories.providers import make_provider


class S(StrEnum):
    DRAFT = "draft"
    SENT = "sent"


def has_words(row) -> str | None:
    return None if row.words else "Write something before you send it."


def has_name(row) -> str | None:
    return None if row.name else "Enter your name."


LETTER = Lifecycle(
    "letter", S.DRAFT, move("send", S.DRAFT, to=S.SENT, requires=[has_words, has_name])
)


def letter(**values):
    return SimpleNamespace(**{"state": S.DRAFT, "words": "Hello", "name": "Ada"} | values)


def test_a_move_that_is_allowed_changes_the_state():
    row = letter()
    LETTER.fire(row, "send")
    assert row.state is S.SENT


def test_a_refused_move_gives_every_reason_and_changes_nothing():
    row = letter(words="", name="")
    with pytest.raises(RuleBroken) as refusal:
        LETTER.fire(row, "send")
    assert refusal.value.reasons == ("Write something before you send it.", "Enter your name.")
    assert row.state is S.DRAFT


def test_a_move_from_the_wrong_state_says_what_state_it_is_in():
    with pytest.raises(RuleBroken, match="You cannot send this letter: it is sent."):
        LETTER.fire(letter(state=S.SENT), "send")


def test_only_moves_that_would_succeed_are_offered():
    assert [step.name for step in LETTER.offered(letter())] == ["send"]
    assert LETTER.offered(letter(words="")) == ()
    assert LETTER.offered(letter(state=S.SENT)) == ()


def test_a_state_that_no_move_reaches_is_a_mistake_in_the_table():
    with pytest.raises(ValueError, match="never reaches"):
        Lifecycle("letter", S.DRAFT)


def test_a_name_used_twice_is_a_mistake_in_the_table():
    with pytest.raises(ValueError, match="twice"):
        Lifecycle(
            "letter", S.DRAFT, move("send", S.DRAFT, to=S.SENT), move("send", S.SENT, to=S.SENT)
        )


def test_a_row_starts_in_the_first_state_of_its_table(context):
    assert make_provider(state=None).state is ADMISSION.initial is AdmissionState.PENDING


def test_the_database_holds_no_state_that_the_table_lacks(context):
    provider = make_provider()
    with pytest.raises(IntegrityError):
        db.session.execute(
            text("UPDATE provider SET state = 'limbo' WHERE id = :id"), {"id": provider.id}
        )

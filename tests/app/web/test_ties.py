"""Ties between children on their pages: added, refused in words, taken out."""

import pytest

from app.accounts.roles import Role
from app.children.ties import ChildTie
from app.kernel.database import db
from tests.factories.children import make_child


@pytest.fixture
def two(given):
    """Two children on record: the first one's id, the other's reference."""
    with given():
        first = make_child(forename="Amara", surname="Able")
        other = make_child(forename="Bo", surname="Baker")
        return first.id, other.reference


def test_an_officer_keeps_two_children_apart_and_lets_them_together_again(app, sign_in, two):
    first, reference = two
    officer = sign_in(Role.SEND_OFFICER)
    assert "Brothers, sisters, and children to keep apart" in officer.get(f"/children/{first}").text
    page = officer.get(f"/ties/{first}").text
    assert "No tie is recorded" in page
    entered = {"reference": reference, "kind": "apart", "reason": "They have fought"}
    assert officer.post(f"/ties/{first}", data=entered).location == f"/ties/{first}"
    page = officer.get(f"/ties/{first}").text
    assert "Bo Baker" in page and "They have fought" in page and "To be kept apart" in page
    with app.app_context():
        tie = db.session.query(ChildTie).one().id
    officer.post(f"/ties/{tie}/remove")
    assert "No tie is recorded" in officer.get(f"/ties/{first}").text


def test_what_is_missing_is_asked_for_and_what_was_entered_stays(sign_in, two):
    first, reference = two
    officer = sign_in(Role.SEND_OFFICER)
    page = officer.post(f"/ties/{first}", data={}).text
    assert "Enter the reference of the other child" in page
    assert "Select whether they are brothers or sisters" in page
    entered = {"reference": reference, "kind": "apart", "reason": ""}
    page = officer.post(f"/ties/{first}", data=entered).text
    assert "Enter why they are to be kept apart" in page and f'value="{reference}"' in page

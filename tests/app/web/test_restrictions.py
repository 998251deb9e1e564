"""Restricted records: named people alone see one, and who opens one at once is known."""

from datetime import timedelta

import pytest
import time_machine

from app.accounts.models import User
from app.accounts.roles import Role
from app.children.models import Child
from app.children.reach.models import Restriction, UrgentAccess
from app.kernel.clock import now
from app.kernel.database import db
from app.notices.models import Notice
from tests.app.web.visitors import signed_in
from tests.factories.children import make_child, make_referral
from tests.factories.reach import make_restriction


def entering(app, role=Role.SEND_OFFICER, **values):
    """Somebody's browser and their id."""
    client = signed_in(app, role, **values)
    with app.app_context():
        return client, db.session.scalar(db.select(db.func.max(User.id)))


@pytest.fixture
def child_id(given) -> int:
    """A child who waits."""
    with given():
        return make_referral(make_child(reference="C-HIDDEN", forename="Hedy")).child_id


def test_the_ap_lead_restricts_a_record_to_named_people_and_lifts_it(app, child_id):
    lead, _ = entering(app, Role.AP_LEAD)
    named, named_id = entering(app)
    other, _ = entering(app)
    page = lead.get(f"/restricted-records/children/{child_id}").text
    assert "Why is the record restricted?" in page
    empty = lead.post(f"/restricted-records/children/{child_id}", data={"reason": "", "x": "x"})
    assert "Enter why the record is restricted" in empty.text
    data = {"reason": "Adopted by a family in town.", "people": [str(named_id)]}
    assert lead.post(f"/restricted-records/children/{child_id}", data=data).status_code == 302
    assert named.get(f"/children/{child_id}").status_code == 200
    assert "Hedy" in named.get("/children/").text
    for client in (other, lead):  # the AP lead did not name themselves
        assert client.get(f"/children/{child_id}").status_code == 404
        assert "Hedy" not in client.get("/children/").text
    listed = lead.get("/restricted-records/").text
    assert "C-HIDDEN" in listed and "Adopted by" not in listed
    assert "Adopted by" in named.get("/restricted-records/").text
    assert "C-HIDDEN" not in other.get("/restricted-records/").text
    with app.app_context():
        kept = db.session.execute(db.text("SELECT reason FROM restricted_record")).scalar()
        assert "Adopted" not in kept
    assert lead.post("/restricted-records/1/lift").status_code == 302
    assert other.get(f"/children/{child_id}").status_code == 200
    assert lead.post("/restricted-records/1/lift").status_code == 409


def test_a_record_is_restricted_once(app, given, child_id):
    lead, lead_id = entering(app, Role.AP_LEAD)
    with given():
        make_restriction(db.session.get(Child, child_id), db.session.get(User, lead_id))
    data = {"reason": "Again", "people": [str(lead_id)]}
    again = lead.post(f"/restricted-records/children/{child_id}", data=data)
    assert again.status_code == 409 and "restricted already" in again.text


def test_those_named_before_are_told_when_others_are_named(app, given, child_id):
    lead, lead_id = entering(app, Role.AP_LEAD)
    _, before = entering(app)
    with given():
        make_restriction(db.session.get(Child, child_id), db.session.get(User, before))
    data = {"people": [str(lead_id)]}
    assert lead.post("/restricted-records/1/people", data=data).status_code == 302
    assert lead.get(f"/children/{child_id}").status_code == 200
    with app.app_context():
        told = set(db.session.scalars(db.select(Notice.user_id)))
    assert told == {lead_id, before}


def test_a_record_is_opened_at_once_with_a_reason_for_a_limited_time(app, given, child_id):
    lead, lead_id = entering(app, Role.AP_LEAD)
    named, named_id = entering(app)
    officer, officer_id = entering(app)
    with given():
        make_restriction(db.session.get(Child, child_id), db.session.get(User, named_id))
    wrong = officer.post("/restricted-records/open", data={"reference": "C-NONE", "reason": "x"})
    assert "No restricted record has this reference" in wrong.text
    silent = officer.post("/restricted-records/open", data={"reference": "C-HIDDEN"})
    assert "Enter why you need the record at once" in silent.text
    data = {"reference": " c-hidden ", "reason": "Missing since noon."}
    opened = officer.post("/restricted-records/open", data=data, follow_redirects=True)
    assert opened.status_code == 200 and "Hedy" in opened.text
    assert "open to you until" in opened.text
    again = officer.post("/restricted-records/open", data=data)
    assert "open to you already" in again.text
    assert "Missing since noon." in named.get("/restricted-records/").text
    with app.app_context():
        notices = db.session.scalars(db.select(Notice)).all()
        assert {notice.user_id for notice in notices} == {lead_id, named_id}
        assert {notice.page for notice in notices} == {"/restricted-records/"}
        kept = db.session.execute(db.text("SELECT reason FROM urgent_access")).scalar()
        assert "noon" not in kept
    assert "Opened a restricted record at once" in lead.get("/audit-trail/").text
    assert "Missing since noon." not in lead.get("/audit-trail/").text
    with given():
        row = db.session.scalar(db.select(Restriction))
        row.readers = [*row.readers, type(row.readers[0])(user_id=lead_id)]
    looks = lead.get(f"/children/{child_id}/looks").text
    assert "Restrictions: open at once" in looks
    with time_machine.travel(now() + timedelta(hours=4, minutes=1)):
        with given():
            assert db.session.scalar(db.select(UrgentAccess)).user_id == officer_id
        late = signed_again(app, officer_id)
        assert late.get(f"/children/{child_id}").status_code == 404


def signed_again(app, user_id):
    """A new sign-in of somebody, after the old one rested too long."""
    with app.app_context():
        email = db.session.get(User, user_id).email
    client = app.test_client()
    client.post("/sign-in", data={"email": email, "password": "a long password for tests"})
    return client

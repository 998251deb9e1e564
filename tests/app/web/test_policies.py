"""The pages of the matching policy: read by all, changed by the AP lead, effect first."""

import pytest

from app.accounts.roles import Role
from app.commissioning.policies import rules_of
from app.commissioning.policy_rules import RULES
from app.kernel import audit
from app.web.forms.policies import field_name, filled_in
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.matches import make_county, run_match


@pytest.fixture
def lead(sqlite_app):
    """The AP lead's browser."""
    return signed_in(sqlite_app, Role.AP_LEAD)


@pytest.fixture
def match(sqlite_app):
    """A match of the small county, run to its end."""
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        make_county()
        return run_match().id


def entered(app, **changes) -> dict:
    """The form as it is filled in when it opens, with some answers changed."""
    with app.test_request_context():
        form = filled_in(None)
        data = {
            field.name: field._value() if hasattr(field, "_value") else field.data
            for field in form
            if field.name != "csrf_token"
        }
    return {key: value or "" for key, value in (data | {"note": "To try it."} | changes).items()}


def test_every_rule_is_shown_in_words_with_its_value(lead):
    page = lead.get("/policies/").text
    assert all(rule.label.replace("’", "’") in page for rule in RULES.values())
    assert "£0.60 a week for each kilometre from home" in page
    assert "Nobody has changed the rules yet" in page


def test_every_rule_has_a_field_with_its_name(lead):
    page = lead.get("/policies/change").text
    assert all(page.count(rule.label) for rule in RULES.values())


def test_only_the_lead_is_offered_to_change_it(lead, sqlite_app):
    assert "Change the policy" in lead.get("/policies/").text
    officer = signed_in(sqlite_app, Role.SEND_OFFICER)
    assert "Change the policy" not in officer.get("/policies/").text
    assert officer.get("/policies/change").status_code == 403


def test_a_change_is_drafted_tried_shown_beside_the_last_match_and_adopted(lead, match, sqlite_app):
    answer = lead.post("/policies/change", data=entered(sqlite_app, full_time_hours="9"))
    assert answer.location == "/policies/1"
    page = lead.get("/policies/1").text
    assert "Draft" in page and "Full-time, in hours a week" in page
    assert "1 child loses a place" in page and "Under this policy" in page and "10 less" in page
    trial = lead.get("/trials/2").text
    assert "1 child loses a place" in trial and "Amara Able" in trial and "Oak Farm" in trial
    assert "in force" in lead.post("/policies/1/adopt", follow_redirects=True).text
    assert "Policy 1" in lead.get("/policies/").text


def test_a_draft_can_be_discarded(lead, sqlite_app):
    lead.post("/policies/change", data=entered(sqlite_app, weights__distance="2.50"))
    assert "discarded" in lead.post("/policies/1/discard", follow_redirects=True).text
    assert lead.post("/policies/1/adopt").status_code == 409


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("weights__distance", "a lot", "Distance: enter a value from £0 to £10,000"),
        ("weights__distance", "", "Distance: enter a value from £0 to £10,000"),
        ("weights__distance", "-1", "Distance: enter a value from £0 to £10,000"),
        ("road_factor", "nan", "Road distance: enter a value from 1 to 3"),
        ("full_time_hours", "18.5", "enter a value from 1 to 40"),
        ("hours_tolerance", "30", "enter a value from 0% to 20%"),
        ("registered_first", "", "Not a valid choice"),
        ("confirmed_within_days", "0", "enter days from 1 to 365"),
        ("note", "", "Enter why the policy should change"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(lead, sqlite_app, field, value, words):
    answer = lead.post("/policies/change", data=entered(sqlite_app, **{field: value}))
    assert "There is a problem" in answer.text and words in answer.text


def test_a_form_sent_unchanged_is_refused_beside_it_and_what_was_typed_stays(lead, sqlite_app):
    typed = entered(sqlite_app, note="Nearer places for the youngest.")
    answer = lead.post("/policies/change", data=typed)
    assert answer.status_code == 200 and "There is a problem" in answer.text
    assert answer.text.count("Nothing differs from the policy in force. Change a rule first.") == 2
    assert "Nearer places for the youngest." in answer.text
    assert lead.get("/policies/1").status_code == 404
    typed |= {"full_time_hours": "9"}
    assert lead.post("/policies/change", data=typed).location == "/policies/1"


def test_the_form_reads_back_what_it_shows(sqlite_app):
    with sqlite_app.test_request_context():
        form = filled_in(None)
        assert form.rules() == rules_of(None)
        assert set(RULES) == {key for key in RULES if field_name(key) in form}

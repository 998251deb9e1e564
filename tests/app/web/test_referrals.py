"""Pages of the referral form: drafts saved as they grow, duplicates shown, bad input kept."""

import re
from datetime import date

import pytest
import time_machine
from sqlalchemy import func, select

from app.accounts.roles import Role
from app.children.lifecycle import ReferralState
from app.children.models import Child, Referral
from app.kernel.database import db
from providers.models.place import Accuracy, Postcode
from providers.needs import LegalBasis, NeedType
from tests.factories.children import make_child, make_referral
from tests.factories.providers import make_provider, make_service

UPN = "B801200005001"
CHILD = {
    "upn": UPN,
    "forename": "Robin",
    "surname": "Example",
    "born_on": ["1", "3", "2013"],
    "sex": "U",
    "postcode": "so23 8uj",
    "sen_provision": "E",
    "looked_after": "no",
}
CASE = {
    "reason": "suspension",
    "legal_basis": "s19",
    "tier": "2",
    "out_of_education_since": ["2", "11", "2026"],
}


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    with time_machine.travel("2026-11-23 09:00", tick=False):
        yield app_on_sqlite


@pytest.fixture
def county(given):
    with given():
        home = {"latitude": 51.06, "longitude": -1.31, "accuracy": Accuracy.POSTCODE}
        db.session.add(Postcode(code="SO238UJ", sector="SO238", **home))
        make_provider(reference="SUP1", name="Oak Farm")
        make_provider(reference="SUP2", name="Elm Tutors")
        return make_service().id


def only(app, model):
    with app.app_context():
        return db.session.scalars(select(model)).one()


def of_officer(page: str) -> str:
    chooser = page.partition('name="officer"')[2].partition("</select>")[0]
    return re.search(r'value="(\d+)"[^>]*selected|selected[^>]*value="(\d+)"', chooser).expand(
        r"\1\2"
    )


def test_a_new_child_is_referred_a_page_at_a_time_and_then_waits(app, sign_in, county):
    officer = sign_in()
    answer = officer.post("/referrals/new", data=CHILD)
    child = only(app, Child)
    assert answer.location == f"/referrals/children/{child.id}/begin"
    assert (child.upn, child.postcode, child.latitude is not None) == (UPN, "SO23 8UJ", True)
    me = of_officer(officer.get(answer.location).text)
    draft = officer.post(answer.location, data=CASE | {"officer": me}).location
    assert only(app, Referral).state is ReferralState.DRAFT
    assert "Add the child’s primary need" in officer.get(draft).text
    parts = {
        "needs": {"need_1": "SEMH", "need_2": "ASD"},
        "support": {f"service_{county}": "12"},
        "views": {"risks": "None known", "child_view": "Wants to cook", "parents_view": "Agree"},
        "wishes": {
            "wanted": "Oak Farm",
            "unwanted": "SUP2",
            "preferred_delivery": "at_base",
            "max_travel_km": "10",
            "transport": "taxi",
        },
    }
    for name, values in parts.items():
        assert officer.post(f"{draft}/{name}", data=values).location == draft, name
    assert officer.post(f"{draft}/submit").status_code == 302
    with app.app_context():
        row = db.session.scalars(select(Referral)).one()
        assert row.state is ReferralState.WAITING
        assert row.legal_basis is LegalBasis.SECTION_19
        assert row.child.need_types == (NeedType.SEMH, NeedType.ASD)
        assert row.hours_a_week == 12
        assert {(w.provider_reference, w.rank) for w in row.wishes} == {("SUP1", 1), ("SUP2", 0)}
        assert row.provision_due_on == date(2026, 11, 9)
        assert row.risks == "None known"
    page = officer.get(f"/children/{child.id}").text
    assert "Wants to cook" in page
    assert "Change or withdraw this referral" in page


@pytest.mark.parametrize(
    ("known", "why", "may_be_another"),
    [
        ({"upn": UPN, "forename": "Kim"}, "The same UPN", False),
        ({"forename": "ROBIN"}, "The same name and date of birth", True),
    ],
)
def test_a_child_on_record_is_offered_before_anything_is_saved(
    app, given, sign_in, county, known, why, may_be_another
):
    with given():
        before = make_child(surname="Example", born_on=date(2013, 3, 1), **known).id
    officer = sign_in()
    answer = officer.post("/referrals/new", data=CHILD)
    assert why in answer.text
    assert f"/referrals/children/{before}/begin" in answer.text
    assert 'value="so23 8uj"' in answer.text or 'value="SO23 8UJ"' in answer.text
    assert only(app, Child).id == before
    officer.post("/referrals/new", data=CHILD | {"another": "yes"})
    with app.app_context():
        assert db.session.scalar(select(func.count(Child.id))) == 1 + may_be_another


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("upn", "A801200005001", "does not fit its digits"),
        ("upn", "12", "is not a UPN"),
        ("born_on", ["31", "2", "2013"], "Enter a real date"),
        ("born_on", ["1", "1", "1950"], "aged 4 to 25"),
        ("postcode", "SO99 9ZZ", "is not a known postcode"),
        ("postcode", "nowhere", "postcode"),
        ("surname", "", "Enter the surname"),
        ("sex", "", "Select the sex"),
    ],
)
def test_bad_input_is_said_and_what_was_typed_stays(app, sign_in, county, field, value, message):
    answer = sign_in().post("/referrals/new", data=CHILD | {field: value})
    assert answer.status_code == 200
    assert message in answer.text
    assert 'value="Robin"' in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count(Child.id))) == 0


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("support", {"service_{}": "41"}, "from 1 to 40"),
        ("support", {"service_{}": "0"}, "from 1 to 40"),
        ("support", {"service_{}": "ten"}, "as a whole number"),
        ("wishes", {"wanted": "Nobody Ltd"}, "No one provider is called “Nobody Ltd”"),
        ("wishes", {"wanted": "SUP1", "unwanted": "Oak Farm"}, "on both lists"),
        ("case", {"reason": ""}, "Select the reason"),
    ],
)
def test_a_part_that_is_refused_keeps_what_was_typed(given, sign_in, county, name, values, message):
    with given():
        referral = make_referral(hours={}).id
    sent = {key.format(county): value for key, value in values.items()}
    answer = sign_in().post(f"/referrals/{referral}/{name}", data=sent)
    assert answer.status_code == 200
    assert message in answer.text
    typed = next(iter(sent.values()))
    assert typed in answer.text


def test_a_waiting_referral_is_changed_and_withdrawn_with_its_reason(app, given, sign_in, county):
    with given():
        referral = make_referral()
        address = f"/referrals/{referral.id}"
    officer = sign_in()
    for name in ("child", "case", "needs", "support", "views", "wishes"):
        assert officer.get(f"{address}/{name}").status_code == 200, name
    officer.post(f"{address}/views", data={"risks": "Runs away near roads"})
    assert "Enter why it is withdrawn" in officer.post(f"{address}/withdraw").text
    officer.post(f"{address}/withdraw", data={"reason": "Back at school"})
    row = only(app, Referral)
    assert (row.state, row.withdrawn_because) == (ReferralState.WITHDRAWN, "Back at school")
    answer = officer.post(f"{address}/views", data={"risks": "More"})
    assert "It cannot be changed" in answer.text


def test_a_draft_is_kept_among_the_drafts_and_begun_once(given, sign_in, county):
    with given():
        child = make_child(reference="C-1").id
    officer = sign_in()
    me = of_officer(officer.get(f"/referrals/children/{child}/begin").text)
    draft = officer.post(f"/referrals/children/{child}/begin", data=CASE | {"officer": me}).location
    assert "C-1" in officer.get("/referrals/drafts").text
    assert officer.get(f"/referrals/children/{child}/begin").location == draft
    assert "C-1" not in officer.get("/children/").text


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.FINANCE, Role.QUALITY_ADVISER])
def test_only_casework_roles_refer(sign_in, role):
    assert sign_in(role).get("/referrals/new").status_code == 403

"""Pages of registered schools, and the flag that an intake gets from them."""

import io

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.kernel.database import db
from app.web.views import schools
from providers import changes
from providers.gias import load_schools
from providers.models.change import ChangeItem
from providers.models.school import RegisteredSchool
from providers.needs import Registration
from tests.factories.providers import make_provider
from tests.providers.test_gias import file_of


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


def send(browser, content, name="edubasealldata20261123.csv"):
    return browser.post(
        "/schools/load", data={"file": (io.BytesIO(content), name)}, follow_redirects=True
    )


def test_the_ap_lead_loads_the_register_and_sees_what_it_changed(app, sign_in):
    lead = sign_in(Role.AP_LEAD)
    answer = send(lead, file_of({}, {"URN": "100002"}).getvalue())
    assert "The register was loaded" in answer.text
    with app.app_context():
        assert len(db.session.scalars(select(RegisteredSchool)).all()) == 2
    listed = lead.get("/schools/?authority=850&kind=pru&text=clifford").text
    assert "The Clifford Centre" in listed and "2 schools" in listed
    assert "edubasealldata20261123.csv" in lead.get("/schools/load").text


def test_a_file_of_another_sort_is_refused_and_nothing_is_kept(app, sign_in):
    answer = send(sign_in(Role.AP_LEAD), b"name\nOak\n")
    assert answer.status_code == 409
    assert "not the register" in answer.text


def test_the_register_may_be_larger_than_other_files_but_not_by_any_amount(
    app, sign_in, monkeypatch
):
    monkeypatch.setattr(schools, "LARGEST", 20_000)
    app.config["MAX_CONTENT_LENGTH"] = 1_000
    lead = sign_in(Role.AP_LEAD)
    assert send(lead, file_of(*({} for _ in range(50))).getvalue()).status_code == 200
    assert send(lead, file_of(*({} for _ in range(90))).getvalue()).status_code == 413


def test_a_claim_that_the_register_does_not_bear_out_is_flagged(given, sign_in):
    with given():
        load_schools(file_of({}), "register.csv")
        make_provider(registration=Registration.SPECIAL, urn="100001")
    page = sign_in(Role.AP_LEAD).get("/schools/claims").text
    assert "Does not agree" in page
    assert "pupil referral unit, not maintained or academy special school" in page


def test_the_ap_lead_sees_what_the_register_says_before_accepting_a_registration(given, sign_in):
    with given():
        load_schools(file_of({}), "register.csv")
        provider = make_provider()
        base = changes.draft_of(provider)
        claim = {"kind": "special", "urn": "100001"}
        changes.submit(provider, base, base | {"registration": claim})
        number = db.session.scalars(select(ChangeItem)).one().provider_id
    page = sign_in(Role.AP_LEAD).get(f"/changes/providers/{number}").text
    assert "Does not agree" in page


def test_the_command_loads_the_register_and_names_claims_in_doubt(app, given, tmp_path):
    with given():
        make_provider(reference="SUP0001", registration=Registration.SPECIAL, urn="100001")
    path = tmp_path / "edubasealldata.csv"
    path.write_bytes(file_of({}).getvalue())
    result = app.test_cli_runner().invoke(args=["schools", "load", str(path)])
    assert "1 new, 0 changed, 0 closed" in result.output
    assert "SUP0001" in result.output

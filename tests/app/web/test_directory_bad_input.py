"""Bad input to the directory, item by item, in real requests: refused in words, nothing lost.

Elsewhere: prices, ages and postcodes of an application (`test_applications`), of a changed offer
(`test_portal`) and of a search (`test_search`); documents (`test_evidence`); links that expired,
were used or tampered with (`test_capacity`, `test_people`, `test_enquiries`); the register of
schools (`test_schools`). Here stand the items that those leave, and what was typed beside them.
"""

import io
import re

import pytest
from sqlalchemy import func, select

from app.accounts.roles import Role
from app.kernel.database import db
from providers.admission import AdmissionState
from providers.models.addition import Addition
from providers.models.evidence import EvidenceDocument
from providers.models.intake import Intake, IntakeRow
from providers.models.offer import Offer
from providers.models.place import Accuracy, Postcode
from providers.models.provider import Provider
from tests.app.web.test_applications import OFFER
from tests.app.web.test_evidence import a_form
from tests.factories.evidence import PDF, an_archive
from tests.factories.providers import make_offer, make_provider
from tests.providers.test_additions import admitted

FAR_TOO_MUCH = bytes(70 * 1024 * 1024)
BOMB = an_archive(xl__workbook_xml="<workbook/>", xl__sharedStrings_xml=FAR_TOO_MUCH)
TUTORING = OFFER | {"service": "tutoring_qts", "site": "1"}


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture
def ids(given):
    """A provider that may add tutoring at up to £55 an hour, and another; their ids."""
    with given():
        db.session.add(
            Postcode(code="SO238", sector="SO238", accuracy=Accuracy.SECTOR, latitude=51.06,
                     longitude=-1.31)
        )  # fmt: skip
        own, other = admitted(), make_provider(name="Elm Hill")
        make_offer(provider=other)
        return own.id, other.id


@pytest.fixture
def ann(sign_in, ids):
    return sign_in(Role.PROVIDER, provider_id=ids[0])


@pytest.fixture
def officer(sign_in, ids):
    return sign_in(Role.SEND_OFFICER)


def count(app, model):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def send_spreadsheet(client, content, name):
    data = {"kind": "supplier_tool", "file": (io.BytesIO(content), name)}
    return client.post("/spreadsheets/send", data=data, follow_redirects=True)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (PDF, "suppliers.xlsx", "not a spreadsheet"),
        (b"MZ\x90\0 a program", "suppliers.csv", "not a spreadsheet"),
        (BOMB, "suppliers.xlsx", "unpacks to far more"),
    ],
    ids=["a PDF", "a program", "a zip bomb"],
)
def test_what_is_no_spreadsheet_is_refused_with_what_to_do_and_changes_nothing(
    app, officer, content, name, words
):
    answer = send_spreadsheet(officer, content, name)
    assert answer.status_code == 200
    assert words in answer.text
    assert name in answer.text
    assert count(app, IntakeRow) == 0
    assert count(app, Offer) == 2


def test_a_spreadsheet_of_two_hundred_megabytes_is_refused_before_it_is_read(app, officer):
    answer = officer.post(
        "/spreadsheets/send",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "That file is too large" in answer.text
    assert count(app, Intake) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (an_archive(xl__workbook_xml="<workbook/>"), "an archive, not a document"),
        (an_archive(word__document_xml=FAR_TOO_MUCH), "unpacks to far too much"),
        (b"MZ\x90\0 a program", "not a document"),
    ],
    ids=["a workbook", "a zip bomb", "a program"],
)
def test_a_document_that_is_none_is_refused_and_its_dates_stay(app, ann, ids, content, words):
    dates = {"issued_on": ["2", "3", "2026"], "expires_on": ["1", "3", "2031"]}
    form = a_form(content, "insurance.docx", **dates)
    answer = ann.post(f"/evidence/send/{ids[0]}", data=form)
    assert answer.status_code == 200
    assert words in answer.text
    assert 'value="2031"' in answer.text
    assert count(app, EvidenceDocument) == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"min_age": "16", "max_age": "11"}, "Enter an age from 16"),
        ({"price_pence": "0"}, "Enter a price of more than £0"),
        ({"price_pence": "-5"}, "price"),
        ({"price_pence": "POA"}, "“POA” is not a price"),
        ({"price_pence": "1000"}, "£945.00 above the cap of £55.00 an hour"),
    ],
    ids=str,
)
def test_a_further_offer_that_cannot_be_is_refused_and_stays_as_typed(app, ann, changed, words):
    sent = TUTORING | changed
    answer = ann.post("/additions/offer", data=sent)
    assert answer.status_code == 200
    assert "Error:" in answer.text and words in answer.text
    for field in ("min_age", "max_age", "price_pence", "hours_free"):
        assert re.search(rf'name="{field}"[^>]*value="{sent[field]}"', answer.text), field
    assert re.search(r'value="ASD"[^>]*checked', answer.text)
    assert count(app, Addition) == 0


@pytest.mark.parametrize(
    ("postcode", "words"),
    [("SO23", "only part of a postcode"), ("ZZ99 9ZZ", "not a postcode in use"), ("", "Enter")],
)
def test_a_site_at_no_postcode_is_refused_and_its_name_stays(app, ann, postcode, words):
    answer = ann.post("/additions/site", data={"name": "The Old Mill", "postcode": postcode})
    assert answer.status_code == 200
    assert words in answer.text
    assert 'value="The Old Mill"' in answer.text
    assert count(app, Addition) == 0


def suspend(given, provider_id):
    with given():
        db.session.get_one(Provider, provider_id).state = AdmissionState.SUSPENDED


@pytest.mark.parametrize("path", ["/additions/offer", "/additions/site"])
def test_a_suspended_provider_s_bookmark_says_why_it_leads_nowhere(given, ann, ids, path):
    assert ann.get(path).status_code == 200
    suspend(given, ids[0])
    answer = ann.get(path)
    assert answer.status_code == 409
    assert "Only a provider that is approved can add sites and offers." in answer.text
    assert ann.post(path, data=TUTORING).status_code == 409
    assert "Suspended" in ann.get("/portal/").text


def test_bookmarks_of_a_suspended_provider_say_so_to_officers_and_are_gone_for_the_public(
    given, officer, client, ids
):
    suspend(given, ids[1])
    assert "It is suspended." in officer.get(f"/providers/{ids[1]}").text
    found = officer.get("/search/?age=age-12").text
    assert "Elm Hill" not in found
    assert "It is suspended." in officer.get("/search/?age=age-12&show=unsuitable").text
    compared = officer.get("/search/compare?age=age-12&offer=2")
    assert "It is suspended." in compared.text
    assert client.get(f"/directory/{ids[1]}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/providers/{}", "/evidence/send/{}", "/changes/history/{}", "/portal/offers/2",
        "/portal/offers/2/edit", "/capacity/offers/2", "/scorecards/{}",
    ],
)  # fmt: skip
def test_a_provider_that_asks_for_another_s_page_finds_nothing(ann, ids, path):
    answer = ann.get(path.format(ids[1]))
    assert answer.status_code == 404
    assert "Elm Hill" not in answer.text
    assert "Page not found" in answer.text

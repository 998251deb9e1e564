"""The audit trail's own page, its download, and who looked at a child's record."""

import csv
import io

import pytest
from sqlalchemy import select

from app.accounts.looks import RecordLook
from app.accounts.roles import Role
from app.kernel.belongings import belongings
from app.kernel.database import db
from tests.factories.children import make_referral
from tests.factories.providers import make_offer


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine."""
    return app_on_sqlite


@pytest.fixture
def county(given):
    """Two children, one of them called Zebedee, and a provider; their references and ids."""
    with given():
        one, other = make_referral(), make_referral()
        one.child.forename = "Zebedee"
        provider = make_offer().provider
        return {
            "child": (one.child.reference, one.child.id),
            "other": (other.child.reference, other.child.id),
            "provider": (provider.reference, provider.id),
        }


def test_a_childs_entries_include_all_that_belongs_to_the_child_and_nobody_elses(
    app, county, sign_in
):
    lead = sign_in(Role.AP_LEAD)
    reference, _ = county["child"]
    shown = lead.get(f"/audit-trail/?child={reference}").text
    assert "Zebedee" in shown
    assert "Referral" in shown
    rows = list(
        csv.DictReader(
            io.StringIO(lead.get(f"/audit-trail/download.csv?child={reference}").text[1:])
        )
    )
    assert {row["Record"] for row in rows} >= {"Child", "Referral", "Component", "Need"}
    assert not any(county["other"][0] in row["What changed"] for row in rows)


def test_an_administrator_sees_that_a_child_was_changed_but_not_the_values(county, sign_in):
    shown = sign_in(Role.ADMINISTRATOR).get(f"/audit-trail/?child={county['child'][0]}").text
    assert "Zebedee" not in shown
    assert "Forename (value not shown)" in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("record=provider", True),
        ("who=999", True),
        ("child=C-NONE", False),
        ("first=1&first=1&first=2000&last=2&last=1&last=2000", False),
        ("first=1&first=1&first=2000", True),
        ("first=99&first=1&first=2000", True),
        ("action=test", True),
    ],
)
def test_filters_narrow_the_trail_and_a_strange_one_refuses_nothing(county, sign_in, query, found):
    answer = sign_in(Role.AP_LEAD).get(f"/audit-trail/?{query}")
    assert answer.status_code == 200
    assert ("No entry fits" in answer.text) is not found


def test_the_trail_asks_a_fixed_number_of_queries(county, sign_in, count_queries):
    lead = sign_in(Role.AP_LEAD)
    with count_queries() as asked:
        lead.get("/audit-trail/")
    assert len(asked) <= 8


def test_everyone_who_opens_a_childs_page_is_noted_and_a_refusal_is_not(app, county, sign_in):
    _, number = county["child"]
    sign_in(Role.SEND_OFFICER).get(f"/children/{number}")
    sign_in(Role.FINANCE).get(f"/children/{number}")
    with app.app_context():
        [look] = db.session.scalars(select(RecordLook)).all()
        assert (look.child_id, look.view, look.user.role) == (
            number, "children.show", Role.SEND_OFFICER,
        )  # fmt: skip
    shown = sign_in(Role.AP_LEAD).get(f"/children/{number}/looks").text
    assert "SEND officer" in shown


def test_what_belongs_to_a_child_is_found_by_the_foreign_keys(app, county):
    with app.app_context():
        owned = belongings("child", county["child"][1])
        assert {"child", "child_need", "referral", "component"} <= owned.keys()
        assert "offer" not in owned
        assert owned["child"] == [county["child"][1]]

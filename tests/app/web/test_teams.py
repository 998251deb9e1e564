"""Teams by the page that sets them, and what an officer then finds."""

import pytest

from app.accounts.models import User
from app.accounts.roles import Role
from app.children.models import Child, Referral
from app.kernel.database import db
from app.notices.models import Notice
from app.web.placement_notices import tell_deciders
from providers.models.place import Accuracy, Postcode
from tests.app.web.test_referrals import CHILD as FACTS
from tests.app.web.visitors import signed_in
from tests.factories.accounts import make_user
from tests.factories.children import make_child, make_referral
from tests.factories.placements import make_proposal
from tests.factories.reach import limit_by_teams, make_team


@pytest.fixture
def two_cases(given):
    """Two officers' children: (ids of officers, of children, of referrals)."""
    with given():
        officers = [make_user(name="Nora North"), make_user(name="Sol South")]
        referrals = [
            make_referral(make_child(forename=name, surname="Case"), officer=officer)
            for name, officer in zip(("Norbert", "Solveig"), officers, strict=True)
        ]
        return [o.id for o in officers], [r.child_id for r in referrals], [r.id for r in referrals]


@pytest.mark.parametrize("role", [Role.AP_LEAD, Role.ADMINISTRATOR])
def test_a_team_is_added_limited_changed_and_removed(given, sign_in, two_cases, role):
    (north, south), _, _ = two_cases
    lead = sign_in(role)
    assert "No team yet" in lead.get("/teams/").text
    early = lead.post("/teams/", data={"limited": "officers", "belongs": "by_officer"})
    assert "Add a team first" in early.text
    added = lead.post(
        "/teams/new", data={"name": "North", "people": [str(north)], "districts": "so23, SO22"}
    )
    assert added.status_code == 302
    page = lead.get("/teams/").text
    assert "Nora North" in page and "SO22, SO23" in page and "Teams limit nobody" in page
    nothing = lead.post("/teams/", data={"limited": "officers"})
    assert "Select which children belong to a team" in nothing.text
    lead.post("/teams/", data={"limited": "officers", "belongs": "by_officer"})
    assert "1 child waits" in lead.get("/teams/").text
    lead.post("/teams/1", data={"name": "All", "people": [str(north), str(south)], "districts": ""})
    page = lead.get("/teams/").text
    assert "Sol South" in page and "0 children wait" in page and "SO22" not in page
    assert lead.post("/teams/1/remove").status_code == 409
    lead.post("/teams/", data={"belongs": "by_officer"})
    lead.post("/teams/1/remove")
    assert "No team yet" in lead.get("/teams/").text


@pytest.fixture
def last_team(given):
    """The only team with people, while teams limit; beside it one without."""
    with given():
        make_team(make_user()).name = "North"
        make_team()
        limit_by_teams()


def test_the_last_team_with_people_stays_while_teams_limit(sign_in, last_team, given):
    lead = sign_in(Role.AP_LEAD)
    refused = lead.post("/teams/1/remove")
    assert refused.status_code == 409
    assert "no other team has people in it" in refused.text
    emptied = lead.post("/teams/1", data={"name": "North", "people": [], "districts": ""})
    assert "no other team has people in it" in emptied.text
    assert "North" in lead.get("/teams/").text
    assert lead.post("/teams/2/remove").status_code == 302
    lead.post("/teams/", data={"belongs": "by_officer"})
    assert lead.post("/teams/1/remove").status_code == 302


def test_a_team_may_go_where_another_has_people(sign_in, last_team, given):
    with given():
        make_team(make_user())
    assert sign_in(Role.AP_LEAD).post("/teams/1/remove").status_code == 302


def test_teams_without_people_limit_nobody(sign_in, given):
    with given():
        make_team()
    answer = sign_in(Role.AP_LEAD).post(
        "/teams/", data={"limited": "officers", "belongs": "by_officer"}
    )
    assert "Add people to a team first" in answer.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": ""}, "Enter the name of the team"),
        ({"name": "South", "districts": "Winchester"}, "WINCHESTER is not a postcode district"),
        ({"name": "north"}, "There is a team called North already"),
    ],
)
def test_what_is_no_team_is_refused_beside_its_field(given, sign_in, data, words):
    with given():
        make_team().name = "North"
    assert words in sign_in(Role.AP_LEAD).post("/teams/new", data=data).text


def test_an_officer_finds_the_children_of_the_team_and_no_other(app, given, two_cases):
    (mate, _), (north_child, south_child), (north, south) = two_cases
    officer = signed_in(app, Role.SEND_OFFICER, name="Me")
    page = officer.get("/children/").text
    assert "Norbert" in page and "Solveig" in page  # off until it is set
    with given():
        me = db.session.scalar(db.select(User).where(User.name == "Me"))
        make_team(me, db.session.get(User, mate))
        limit_by_teams()
    page = officer.get("/children/").text
    assert "Norbert" in page and "Solveig" not in page
    assert "Solveig" not in officer.get("/children/download.csv").text
    assert officer.get(f"/children/{north_child}").status_code == 200
    assert officer.get(f"/children/{south_child}").status_code == 404
    assert officer.get(f"/referrals/{north}").status_code == 200
    assert officer.get(f"/referrals/{south}").status_code == 404
    assert officer.post(f"/referrals/{south}/withdraw", data={"reason": "x"}).status_code == 404
    with app.app_context():
        assert db.session.get(Referral, south).withdrawn_because is None


def test_a_child_put_on_record_by_an_officer_in_no_team_stays_theirs(app, given, sign_in):
    officer = sign_in(Role.SEND_OFFICER)
    with given():
        home = {"latitude": 51.06, "longitude": -1.31, "accuracy": Accuracy.POSTCODE}
        db.session.add(Postcode(code="SO238UJ", sector="SO238", **home))
        limit_by_teams()
    facts = FACTS | {"forename": "Nell"}
    answer = officer.post("/referrals/new", data=facts)
    assert answer.status_code == 302, answer.text
    assert officer.get(answer.location).status_code == 200
    with app.app_context():
        child = db.session.scalar(db.select(Child.id).where(Child.forename == "Nell"))
    assert sign_in(Role.SEND_OFFICER).get(f"/children/{child}").status_code == 404


def test_a_commissioner_of_another_team_is_not_told_that_a_proposal_waits(context):
    officer = make_user()
    here, there = make_user(Role.COMMISSIONER), make_user(Role.COMMISSIONER)
    make_team(officer, here)
    limit_by_teams()
    tell_deciders(make_proposal(make_referral(officer=officer)))
    assert db.session.scalars(db.select(Notice.user_id)).all() == [here.id] != [there.id]

"""The pages of what-ifs, costs of choices, sufficiency and the equality check."""

import pytest

from app.accounts.roles import Role
from app.commissioning import equality
from app.commissioning.equality import Dimension, Group
from app.kernel import audit
from app.kernel.database import db
from app.web import trials
from providers.models.offer import Offer
from providers.models.place import Accuracy, Postcode
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.matches import make_county, run_match
from tests.factories.reach import limit_by_teams

NOTHING = dict.fromkeys(
    ("travel", "radius", "registered_first", "distance", "cap_service", "cap", "budget_1",
     "budget_2", "budget_3", "provider", "more_hours", "more_places", "postcode", "new_service",
     "new_hours", "new_places", "new_price", "new_min_age", "new_max_age"), ""
) | {"new_registered": "no"}  # fmt: skip
NEW = {
    "postcode": "so23 8uj", "new_service": "Mentoring", "new_needs": ["Vision impairment"],
    "new_hours": "20", "new_places": "2", "new_price": "40",
}  # fmt: skip


@pytest.fixture
def officer(sqlite_app):
    """An officer's browser."""
    return signed_in(sqlite_app, Role.SEND_OFFICER)


@pytest.fixture
def match(sqlite_app):
    """A match of the small county, run to its end; Winchester's postcode is known."""
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        make_county()
        db.session.add(
            Postcode(
                code="SO238UJ", sector="SO238", accuracy=Accuracy.POSTCODE,
                latitude=51.0632, longitude=-1.308,
            )
        )  # fmt: skip
        return run_match().id


def test_a_new_provider_is_tried_and_whom_it_serves_is_named(officer, match):
    answer = officer.post(f"/what-ifs/{match}", data=NOTHING | NEW)
    assert answer.location == "/trials/2"
    page = officer.get("/trials/2").text
    assert "Children who gain a place" in page and "Bo Baker" in page
    assert "The new provider would serve 1 child:" in page and "1 child gains a place" in page


def test_every_child_for_whom_a_trial_differs_is_in_its_spreadsheet(officer, match, monkeypatch):
    officer.post(f"/what-ifs/{match}", data=NOTHING | NEW)
    monkeypatch.setattr(trials, "MOST_LISTED", 0)
    page = officer.get("/trials/2").text
    assert "And 1 other child: download the list" in page and "Able" not in page
    rows = officer.get("/trials/2/download.csv").text
    assert "Bo Baker,Gains a place,Not placed,The new provider" in rows
    assert officer.get(f"/trials/{match}/download.csv").status_code == 404


def test_a_rule_is_tried_and_told_with_both_of_its_values(officer, match):
    officer.post(f"/what-ifs/{match}", data=NOTHING | {"distance": "0.10"})
    page = officer.get("/trials/2").text
    words = "Distance: £0.10 a week for each kilometre from home, instead of £0.60 a week"
    assert words in page


def test_less_room_is_tried_and_who_goes_elsewhere_is_named(officer, match):
    form = officer.get(f"/what-ifs/{match}").text
    assert "Oak Farm" in form and "Needs that it can meet" in form
    data = NOTHING | {"provider": "1", "more_hours": "-20"}
    officer.post(f"/what-ifs/{match}", data=data)
    page = officer.get("/trials/2").text
    assert "Children who go elsewhere" in page and "Elm House" in page
    assert "Oak Farm has 20 fewer hours a week at each of its offers" in page


def test_a_cap_and_a_budget_are_tried(officer, match):
    data = NOTHING | {"cap_service": "Mentoring", "cap": "40", "budget_2": "1,000"}
    officer.post(f"/what-ifs/{match}", data=data)
    page = officer.get("/trials/2").text
    assert "Children who lose a place" in page and "price cap on mentoring is £40.00" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"travel": "far"}, "enter miles from -100 to 100"),
        ({"cap": "40"}, "Choose the service and enter its new price cap"),
        ({"cap_service": "Mentoring"}, "Choose the service and enter its new price cap"),
        ({"provider": "1"}, "Choose the provider and enter how much more room it has"),
        ({"more_hours": "5"}, "Choose the provider and enter how much more room it has"),
        ({"budget_1": "a lot"}, "enter an amount in pounds"),
        (NEW | {"postcode": "ZZ99 9ZZ"}, "Enter a postcode that is known"),
        (NEW | {"postcode": ""}, "Enter the postcode of the new provider"),
        (NEW | {"new_price": "", "new_needs": []}, "price an hour, net of VAT"),
        ({"new_price": "40"}, "Enter the postcode of the new provider"),
        ({"new_needs": ["Vision impairment"]}, "Enter the postcode of the new provider"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(officer, match, data, words):
    page = officer.post(f"/what-ifs/{match}", data=NOTHING | data).text
    assert "There is a problem" in page and words in page


def test_nothing_changed_is_refused_in_words(officer, match):
    answer = officer.post(f"/what-ifs/{match}", data=NOTHING)
    assert answer.status_code == 200 and "Change at least one thing" in answer.text


def test_less_room_than_is_fixed_is_refused_with_the_ruling_and_all_that_was_typed(officer, match):
    data = {"kind": "fixed", "reason": "They know them."}
    officer.post("/rulings/make/1?offer=1", data=data)
    officer.post("/matches/start", data={"seconds": "10"})
    data = NOTHING | {"provider": "1", "more_hours": "-20", "budget_3": "1,234"}
    answer = officer.post("/what-ifs/2", data=data)
    assert answer.status_code == 200 and "There is a problem" in answer.text
    assert "with Oak Farm (Mentoring) could not be kept: " in answer.text
    assert "Change less, or withdraw the ruling" in answer.text
    assert 'value="-20"' in answer.text and 'value="1,234"' in answer.text
    assert officer.get("/trials/3").status_code == 404


def test_a_new_provider_that_could_be_none_is_refused_in_words(officer, match):
    data = NOTHING | NEW | {"new_min_age": "16", "new_max_age": "5"}
    answer = officer.post(f"/what-ifs/{match}", data=data)
    assert "Oldest age: enter an age that is not below the youngest age" in answer.text
    assert 'value="40' in answer.text  # nothing that was entered is lost


def test_the_true_cost_of_each_next_best_is_worked_out_on_demand(officer, match):
    page = officer.get("/matches/outcomes/1").text
    assert "Not worked out yet" in page and "Work out what each choice would cost" in page
    officer.post("/what-ifs/choices/1")
    page = officer.get("/matches/outcomes/1").text
    assert "If this is chosen, the county would spend £50 a week more." in page
    assert "Work out what each choice would cost" not in page
    assert "Cost of a choice 2" not in officer.get("/trials/").text


def test_the_shortfall_is_shown_by_service_need_age_and_district(officer, match):
    page = officer.get(f"/matches/{match}/sufficiency").text
    assert "10 of 20 hours a week were not placed" in page
    assert "Hours not placed by primary need" in page and "Vision impairment" in page


def test_who_sees_only_some_children_is_told_of_no_few_that_are_short(officer, match, sqlite_app):
    assert "Withheld" not in officer.get(f"/matches/{match}/sufficiency.csv").text
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        limit_by_teams()
        db.session.commit()
    page = officer.get(f"/matches/{match}/sufficiency").text
    assert "nothing here tells of fewer than 5 children" in page
    assert "Hours not placed by primary need" not in page and "Withheld: Mentoring." in page
    lines = officer.get(f"/matches/{match}/sufficiency.csv").text.splitlines()
    assert lines[1:] and all(line.count("Withheld") == 5 for line in lines[1:])


@pytest.fixture
def limited(sqlite_app, match):
    """Officers reach their own cases alone, so this one none of the children of the match."""
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        limit_by_teams()
        db.session.commit()


def test_a_match_tells_who_sees_only_some_children_of_no_few_others(officer, match, limited):
    page = officer.get(f"/matches/{match}").text
    assert "None of the children you work with was matched" in page
    assert "Services with fewer than 5 components placed are withheld" in page
    assert "Components placed" in page and "£450" not in page.split("Cost by service")[1]
    assert "Able" not in page
    page = officer.get(f"/matches/{match}/check").text
    assert "Every recommendation for the children you work with holds" in page


def test_a_trial_tells_who_sees_only_some_children_of_those_alone(officer, match, sqlite_app):
    officer.post(f"/what-ifs/{match}", data=NOTHING | NEW)
    officer.post("/what-ifs/choices/1")
    assert "C00" in officer.get("/trials/3").text
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        limit_by_teams()
        db.session.commit()
    page = officer.get("/trials/2").text
    assert "For none of the children you work with anything changes" in page
    assert "The same result" not in page and "For 1 child nothing changes" not in page
    page = officer.get("/trials/3").text
    assert "Another child goes to Elm House." in page and "C00" not in page


def test_a_ruling_that_was_not_kept_names_no_child_beyond_reach(officer, match, sqlite_app):
    officer.post("/rulings/make/1?offer=2", data={"kind": "fixed", "reason": "They know them."})
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        db.session.get_one(Offer, 2).max_age = 6
        db.session.commit()
    officer.post("/matches/start", data={"seconds": "10"})
    words = " with Elm House (Mentoring): "
    assert "C00" in officer.get("/matches/2").text.split(words)[0][-12:]
    with sqlite_app.app_context(), audit.acting(TESTER, "test"):
        limit_by_teams()
        db.session.commit()
    assert officer.get("/matches/2").text.split(words)[0].endswith("Another child")


def test_small_groups_are_withheld_in_the_equality_check(officer, match):
    page = officer.get(f"/matches/{match}/equality").text
    assert "Nothing here tells of fewer than 5 children" in page
    assert "Withheld: Social, emotional and mental health and Vision impairment." in page


def test_a_match_leads_to_all_of_them(officer, match):
    page = officer.get(f"/matches/{match}").text
    for address in (f"/matches/{match}/sufficiency", f"/matches/{match}/equality",
                    f"/what-ifs/{match}", f"/trials/again/{match}"):  # fmt: skip
        assert address in page


def test_of_many_districts_the_smaller_are_folded_away(officer, match, monkeypatch):
    groups = tuple(Group(f"SO{number}", 10, 0.5) for number in range(1, 19))
    asked = (Group("All children", 180, 0.5), [Dimension("Home district", groups)])
    monkeypatch.setattr(equality, "check", lambda *_given: asked)
    page = officer.get(f"/matches/{match}/equality").text
    assert "See the other 3" in page and page.index("SO15") < page.index("See the other 3")
    assert page.index("See the other 3") < page.index("SO16")

"""Pages of progress: reviews due, recording one, ending a placement, moving on, oversight."""

from datetime import date

import pytest

from app.accounts.roles import Role
from app.commissioning.placements.models import Placement
from app.commissioning.progress import reviews
from app.kernel.database import db
from tests.factories.placements import make_placement
from tests.factories.progress import make_plan

OVERDUE = {"starts_on": date(2026, 9, 2), "ends_on": date(2027, 3, 1)}


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture(autouse=True)
def on_a_wednesday(time_machine):
    time_machine.move_to("2026-11-25T12:00:00+00:00", tick=False)


@pytest.fixture
def placed(given):
    """A live placement whose review is overdue, with a plan of one objective: their ids."""
    with given():
        placement = make_placement(**OVERDUE)
        plan = make_plan(placement, 1)
        return placement.id, plan.objectives[0].id


def review_of(objective, **values):
    told = {
        "held_on": ["25", "11", "2026"],
        "present": "Everyone",
        "child_voice": "I like it.",
        "parents_voice": "Calmer at home.",
        "summary": "Going well.",
        "next_step": "continue",
        f"objective_{objective}": "on_track",
        f"note_{objective}": "Four days a week",
    }
    return told | values


def ending_of(objective, **values):
    told = {
        "last_day": ["25", "11", "2026"],
        "destination": "reintegrated",
        "where": "Oak School",
        "reason": "The aims were met.",
        f"objective_{objective}": "met",
    }
    return told | values


def test_an_overdue_review_is_recorded_and_leaves_the_worklist(sign_in, placed):
    placement, objective = placed
    officer = sign_in(Role.SEND_OFFICER)
    listed = officer.get("/progress/").text
    assert "Overdue" in listed
    assert "With the AP lead" in listed
    assert "Aim 1" in officer.get(f"/progress/placements/{placement}/review").text
    page = f"/progress/placements/{placement}/review"
    answer = officer.post(page, data=review_of(objective), follow_redirects=True)
    assert "The review was recorded" in answer.text
    assert "No review is due" in officer.get("/progress/").text
    assert "Later" in officer.get("/progress/?when=all").text
    assert "I like it." in officer.get("/progress/reviews/1").text


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"held_on": []}, "Enter the day on which the review was held"),
        ({"child_voice": ""}, "Enter what the child said"),
        ({"next_step": ""}, "Select the next step"),
        ({"new_hours": "many"}, "Enter hours a week as a whole number"),
    ],
)
def test_what_is_missing_from_a_review_is_said_beside_its_field(sign_in, placed, values, message):
    placement, objective = placed
    page = f"/progress/placements/{placement}/review"
    answer = sign_in(Role.SEND_OFFICER).post(page, data=review_of(objective, **values))
    assert answer.status_code == 200
    assert message in answer.text
    assert "Calmer at home." in answer.text


def test_an_objective_without_progress_is_asked_for(sign_in, placed):
    placement, objective = placed
    data = review_of(objective)
    del data[f"objective_{objective}"]
    answer = sign_in(Role.SEND_OFFICER).post(f"/progress/placements/{placement}/review", data=data)
    assert "Select the progress of “Aim 1”" in answer.text


def test_a_placement_is_ended_with_its_destination(app, sign_in, placed):
    placement, objective = placed
    officer = sign_in(Role.SEND_OFFICER)
    page = f"/progress/placements/{placement}/end"
    assert "Delivered to today" in officer.get(page).text
    answer = officer.post(page, data=ending_of(objective), follow_redirects=True)
    assert "has ended" in answer.text
    assert "Back in a mainstream school: Oak School" in answer.text
    assert officer.post(page, data=ending_of(objective)).status_code == 409


def test_an_end_before_the_start_is_refused(app, sign_in, placed):
    placement, objective = placed
    data = ending_of(objective, last_day=["1", "9", "2026"])
    answer = sign_in(Role.SEND_OFFICER).post(f"/progress/placements/{placement}/end", data=data)
    assert answer.status_code == 409
    assert "It began on 2 September 2026" in answer.text
    with app.app_context():
        assert db.session.get(Placement, placement).ended_on is None


def test_an_urgent_review_says_why_and_leads_the_list(given, sign_in, placed):
    placement, _objective = placed
    with given():
        provider = db.session.get(Placement, placement).offer.provider_id
        reviews.open_urgent_reviews(provider, "New placements were stopped.")
    officer = sign_in(Role.SEND_OFFICER)
    assert "Urgent" in officer.get("/progress/").text
    page = officer.get(f"/progress/placements/{placement}").text
    assert "New placements were stopped." in page


def test_the_ap_lead_sees_who_may_move_on_and_the_whole(sign_in, placed):
    lead = sign_in(Role.AP_LEAD)
    page = lead.get("/progress/ready-to-move-on").text
    assert "No placement stands out" in page or "would save" in page
    whole = lead.get("/progress/oversight").text
    assert "Fewer than 5, or withheld" in whole
    assert "Back in a mainstream school" in whole
    assert "PL-" in lead.get("/progress/download.csv?when=all").text
    assert lead.get("/progress/ready-to-move-on.xlsx").status_code == 200


def test_the_worklist_asks_the_database_a_fixed_number_of_times(given, sign_in, count_queries):
    officer = sign_in(Role.SEND_OFFICER)
    counts = []
    for size in (2, 6):
        with given():
            for _ in range(size):
                make_plan(make_placement(**OVERDUE))
        with count_queries() as asked:
            officer.get("/progress/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 14


def test_the_daily_commands_tell_who_must_act(app, placed):
    runner = app.test_cli_runner()
    assert "0 reviews due, 1 overdue" in runner.invoke(args=["reviews", "remind"]).output
    assert "1 provider told" in runner.invoke(args=["attendance", "remind"]).output

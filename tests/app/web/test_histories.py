"""Histories of casework: in words, of a thing and its parts, no more than a reader may know."""

from datetime import timedelta

from app.accounts.roles import Role
from app.commissioning.attendance.models import AttendanceMark
from app.commissioning.budgets import limits, lines
from app.commissioning.panels import service as panels
from app.commissioning.placements.lifecycle import PlacementState
from app.kernel.clock import today
from app.kernel.database import db
from providers.needs import Tier
from tests.factories.accounts import make_user
from tests.factories.attendance import make_mark
from tests.factories.enquiries import make_enquiry
from tests.factories.placements import make_placement, make_proposal
from tests.factories.providers import make_offer


def history_in(answer) -> str:
    assert answer.status_code == 200, answer.text[:500]
    return answer.text.split('id="history"')[1]


def test_an_enquiry_tells_what_each_provider_was_asked_by_its_name(given, sign_in):
    with given():
        enquiry = make_enquiry(make_offer())
        number, name = enquiry.id, enquiry.asks[0].offer.provider.name
    told = history_in(sign_in(Role.SEND_OFFICER).get(f"/enquiries/{number}"))
    assert "Enquiry added" in told
    assert f"Question to a provider ({name}) added" in told


def test_a_meeting_tells_what_was_taken_off_its_agenda(given, sign_in):
    with given():
        officer = make_user(Role.COMMISSIONER)
        meeting = panels.call(today() + timedelta(days=3), "Winchester", officer)
        proposal = make_proposal()
        make_placement(PlacementState.PROPOSED, proposal=proposal)
        panels.put_on_agenda(meeting, proposal)
        number = meeting.id
    with given():
        (meeting,) = panels.coming()
        (item,) = panels.items_of(meeting)
        panels.take_off(item)
    told = history_in(sign_in(Role.COMMISSIONER).get(f"/panels/{number}"))
    assert "Item of an agenda taken out" in told
    assert "Meeting of a panel added" in told


def test_a_budget_and_the_limits_tell_who_set_what(given, sign_in):
    with given():
        lines.set_budget(2026, {Tier.ONE: 100_00})
        limits.set_for_role(Role.COMMISSIONER, 500_00)
    with given():
        lines.set_budget(2026, {Tier.ONE: 250_00})
    client = sign_in(Role.AP_LEAD)
    told = history_in(client.get("/budgets/?year=2026"))
    assert "Budget line (2026/27, tier 1): sum changed from £100.00 to £250.00" in told
    assert "Financial limit (Commissioner) added" in history_in(client.get("/budgets/limits"))


def test_a_session_tells_what_it_was_before_it_was_corrected(given, sign_in):
    with given():
        mark = make_mark()
        mark_id, number = mark.id, mark.placement_id
    with given():
        again = db.session.get_one(AttendanceMark, mark_id)
        again.code, again.note = "L", "Came at ten"
    told = history_in(sign_in(Role.SEND_OFFICER).get(f"/attendance/placements/{number}"))
    assert "code changed from K to L" in told
    assert "Came at ten" not in told  # the trail holds no text about a child


def test_a_provider_reads_of_its_placement_and_nothing_of_how_it_was_decided(given, sign_in):
    with given():
        placement = make_placement(PlacementState.APPROVED)
        number, provider_id = placement.id, placement.offer.provider_id
    told = history_in(sign_in(Role.PROVIDER, provider_id).get(f"/placements/{number}"))
    assert "Proposal" not in told
    assert "Proposal drafted" in history_in(sign_in(Role.COMMISSIONER).get(f"/placements/{number}"))


def test_a_page_about_a_child_ends_with_its_history_and_begins_with_its_placements(given, sign_in):
    with given():
        placement = make_placement()
        number, reference = placement.child_id, placement.reference
    page = sign_in(Role.SEND_OFFICER).get(f"/children/{number}").text
    assert page.index(reference) < page.index("About the child") < page.index('id="history"')

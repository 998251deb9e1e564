"""The pages about placements."""

import pytest

from app.accounts.roles import Role
from app.commissioning.placements.lifecycle import PlacementState
from app.kernel.clock import now
from tests.factories.placements import make_placement


def test_an_officer_sees_the_child_and_finance_only_the_reference(given, sign_in):
    with given():
        placement = make_placement()
        name, reference = placement.child.full_name, placement.child.reference
    assert name in sign_in(Role.SEND_OFFICER).get("/placements/").text
    shown = sign_in(Role.FINANCE).get("/placements/1").text
    assert reference in shown
    assert name not in shown


@pytest.mark.parametrize("state", [PlacementState.PROPOSED, PlacementState.CANCELLED])
def test_finance_sees_what_a_proposal_costs_and_no_word_about_the_child(given, sign_in, state):
    texts = ("Self-harm since June", "Is the clinic told?", "Yes, by letter", "A risk to others")
    with given():
        placement = make_placement(state, cancelled_reason="Taken into hospital")
        proposal = placement.proposal
        proposal.why, proposal.question, proposal.answer, proposal.decision_reason = texts
        proposal.decided_at, proposal.decided_by = now(), "Cora"
        proposal.reasons = {"unsuitable": "Allergic to animals"}
        pages = f"/placement-proposals/{proposal.id}", f"/placements/{placement.id}"
    told = (*texts, "Allergic to animals", "Taken into hospital")
    officer, finance = sign_in(), sign_in(Role.FINANCE)
    in_full = "".join(officer.get(page).text for page in pages)
    assert all(text in in_full for text in told)
    for page in pages:
        shown = finance.get(page)
        assert shown.status_code == 200
        assert "Whole cost, with transport" in shown.text or "Cost a week" in shown.text
        hidden = (*told, "What to think about", "What stands in the way", "Why not another")
        assert not [text for text in hidden if text in shown.text]


@pytest.mark.parametrize(
    ("state", "status"), [(PlacementState.PROPOSED, 404), (PlacementState.APPROVED, 200)]
)
def test_a_provider_sees_a_placement_from_the_award_on(given, sign_in, state, status):
    with given():
        placement = make_placement(state)
        provider_id, number, name = (
            placement.offer.provider_id,
            placement.id,
            placement.child.full_name,
        )
    own, other = sign_in(Role.PROVIDER, provider_id), sign_in(Role.PROVIDER)
    assert own.get(f"/placements/{number}").status_code == status
    assert (name in own.get("/placements/").text) is (status == 200)
    assert other.get(f"/placements/{number}").status_code == 404
    assert name not in other.get("/placements/").text


def test_the_list_asks_a_bounded_number_of_questions(given, sign_in, count_queries):
    with given():
        for _ in range(12):
            make_placement()
    client = sign_in(Role.COMMISSIONER)
    with count_queries() as asked:
        assert client.get("/placements/").status_code == 200
    assert len(asked) <= 12


def test_the_list_exports_as_its_filters_leave_it(given, sign_in):
    with given():
        make_placement()
        ended = make_placement(PlacementState.ENDED).reference
    answer = sign_in(Role.FINANCE).get("/placements/download.csv?state=ended")
    assert answer.text.count("PL-") == 1
    assert ended in answer.text


def test_a_provider_takes_away_its_own_placements_alone(given, sign_in):
    with given():
        mine, other = make_placement(), make_placement()
        provider_id, number = mine.offer.provider_id, mine.reference
        theirs, tier = other.reference, mine.tier.label
    own = sign_in(Role.PROVIDER, provider_id)
    assert "/placements/download.csv" in own.get("/placements/").text
    text = own.get("/placements/download.csv").get_data(as_text=True)
    assert number in text and theirs not in text and tier not in text
    assert own.get("/placements/download.xlsx").status_code == 200

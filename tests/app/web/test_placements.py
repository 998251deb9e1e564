"""The pages about placements."""

import pytest

from app.accounts.roles import Role
from app.commissioning.placements.lifecycle import PlacementState
from tests.factories.placements import make_placement


def test_an_officer_sees_the_child_and_finance_only_the_reference(given, sign_in):
    with given():
        placement = make_placement()
        name, reference = placement.child.full_name, placement.child.reference
    assert name in sign_in(Role.SEND_OFFICER).get("/placements/").text
    shown = sign_in(Role.FINANCE).get("/placements/1").text
    assert reference in shown
    assert name not in shown


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

"""What placements there are, and who sees them."""

import pytest

from app.commissioning.placements import queries
from app.commissioning.placements.lifecycle import PlacementState
from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import PlacementCriteria
from app.kernel.database import db
from tests.factories.placements import make_placement


@pytest.mark.parametrize("state", list(PlacementState))
def test_a_placement_can_stand_in_any_state(context, state):
    placement = make_placement(state)
    assert placement.reference == f"PL-{placement.id:05}"
    assert list(queries.of_child(placement.child_id)) == [placement]


def test_live_at_counts_only_the_live_ones_of_that_provider(context):
    live = make_placement()
    make_placement()
    make_placement(PlacementState.ENDED, offer=live.offer)
    assert list(queries.live_at(live.offer.provider_id)) == [live]


def test_open_placements_hold_room(context):
    made = {state: make_placement(state) for state in PlacementState}
    opened = db.session.scalars(queries.open_placements()).unique().all()
    assert {each.state for each in opened} == {
        PlacementState.APPROVED,
        PlacementState.AGREED,
        PlacementState.LIVE,
    }
    assert made[PlacementState.LIVE] in opened


@pytest.mark.parametrize("state", list(PlacementState))
def test_a_placement_belongs_to_its_provider_from_the_award_on_in_python_and_sql(context, state):
    placement = make_placement(state)
    owner = placement.offer.provider_id if placement.awarded_at else None
    assert placement.owner_provider_id == owner
    found = db.session.scalar(
        db.select(Placement.owner_provider_id).where(Placement.id == placement.id)
    )
    assert found == owner


@pytest.mark.parametrize(
    ("text", "found"), [("PL-00001", 1), ("pl-1", 1), ("PL-", 0), ("Robin", 1), ("Zebedee", 0)]
)
def test_a_placement_is_found_by_reference_and_by_name(sqlite_app_context, text, found):
    make_placement()
    listed = db.session.scalars(queries.placements(PlacementCriteria(text=text))).all()
    assert len(listed) == found

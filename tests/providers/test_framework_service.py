"""The scheme opens and closes as a whole, its frameworks follow one another, reasons are kept."""

from datetime import timedelta

import pytest

from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from providers import framework_service
from providers.models.commitment import Commitment
from tests.factories.evidence import CHECKER
from tests.factories.providers import make_framework, make_lot, make_offer, make_service

YEAR = timedelta(days=365)


def test_a_scheme_is_open_while_a_window_is_and_a_framework_runs(context):
    framework = make_framework()
    scheme = framework.scheme
    assert scheme.is_open(today())
    assert not scheme.is_open(framework.starts_on - timedelta(days=1))
    assert not scheme.is_open(framework.ends_on + timedelta(days=1))
    assert framework_service.open_scheme(today()) is scheme

    (window,) = scheme.windows
    framework_service.close_window(window, today(), "The panel is full.", by=CHECKER)
    assert scheme.is_open(today())
    assert not scheme.is_open(today() + timedelta(days=1))
    assert (scheme.decisions[0].reason, scheme.decisions[0].decided_by) == (
        "The panel is full.",
        CHECKER.name,
    )


def test_windows_do_not_meet_and_their_history_stays(context):
    scheme = make_framework().scheme
    opens, closes = today() + timedelta(days=30), today() + timedelta(days=60)
    with pytest.raises(RuleBroken, match="is open from"):
        framework_service.open_window(scheme, opens, closes, "Again.", by=CHECKER)
    framework_service.close_window(scheme.windows[0], today(), "Pause.", by=CHECKER)
    framework_service.open_window(scheme, opens, closes, "Again.", by=CHECKER)
    assert len(scheme.windows) == 2
    assert scheme.is_open(closes)
    with pytest.raises(RuleBroken, match="must close after it opens"):
        later = closes + timedelta(days=9)
        framework_service.open_window(scheme, later, later - timedelta(days=1), "x", by=CHECKER)


def test_terms_change_with_a_reason_and_say_from_what_to_what(context):
    framework = make_framework()
    dates = (framework.starts_on, framework.ends_on)
    with pytest.raises(RuleBroken, match="Enter the reason"):
        framework_service.change_terms(framework, *dates, 100_00, " ", by=CHECKER)
    with pytest.raises(RuleBroken, match="Nothing was changed"):
        framework_service.change_terms(framework, *dates, None, "Why.", by=CHECKER)
    with pytest.raises(RuleBroken, match="must end after it starts"):
        framework_service.change_terms(framework, *reversed(dates), None, "Why.", by=CHECKER)
    framework_service.change_terms(framework, *dates, 100_00, "Cabinet.", by=CHECKER)
    assert framework.scheme.decisions[0].what.endswith("maximum value from none to £100.00")


def test_the_next_framework_takes_over_lots_and_services_the_day_after(context):
    lot = make_lot()
    service = make_service()
    service.lot = lot
    framework = lot.framework
    starts = today() + YEAR
    following = framework_service.start_next(
        framework.scheme,
        reference="NEXT",
        name="The next framework",
        starts_on=starts,
        ends_on=starts + YEAR,
        max_value_pence=None,
        reason="The scheme goes on.",
        by=CHECKER,
    )
    db.session.flush()
    assert framework.ends_on == starts - timedelta(days=1)
    assert service.lot.framework is following
    assert framework.scheme.framework_on(starts) is following
    with pytest.raises(RuleBroken, match="Frameworks of a scheme follow one another"):
        framework_service.change_terms(
            framework, framework.starts_on, starts + YEAR, None, "Longer.", by=CHECKER
        )


def test_spend_is_counted_by_the_day_inside_the_framework(context):
    lot = make_lot()
    service = make_service()
    service.lot = lot
    offer = make_offer(service=service)
    framework = lot.framework
    past = today() - timedelta(days=13)

    def commit(starts_on, ends_on, state="live"):
        db.session.add(
            Commitment(offer=offer, reference="CO1", hours=5, pence_a_week=70_000, state=state,
                       starts_on=starts_on, ends_on=ends_on, source="test", recorded_by="Test",
                       recorded_at=now())
        )  # fmt: skip
        db.session.flush()

    commit(past, today() + timedelta(days=14))
    commit(past, today(), state="released")
    commit(framework.starts_on - YEAR, framework.starts_on - timedelta(days=1), state="ended")
    spend = framework_service.spend_of(framework, today())
    assert (spend.so_far, spend.in_all) == (140_000, 280_000)

    commit(framework.ends_on - timedelta(days=6), None)
    assert framework_service.spend_of(framework, today()).in_all == 350_000

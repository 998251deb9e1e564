"""A provider's register of a day on a phone, and with scripts switched off."""

import pytest
from sqlalchemy import select

from app.accounts.roles import Role
from app.commissioning.attendance.models import AttendanceMark
from app.kernel import audit
from app.kernel.clock import today
from app.kernel.database import db
from providers.needs import DAYS, sessions_to_mask
from tests.browser.axe import assert_accessible, overflow
from tests.conftest import TESTER
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.children import make_child, make_referral
from tests.factories.placements import make_placement
from tests.factories.providers import make_offer

pytestmark = pytest.mark.browser
CHILDREN = ("Ada", "Ben", "Cleo", "Dev")


@pytest.fixture
def site(live_server, time_machine):
    """A provider with four children every morning, on a Wednesday of term."""
    time_machine.move_to("2026-11-25T10:00:00+00:00", tick=True)
    mornings = sessions_to_mask(f"{day}_am" for day in DAYS)
    with live_server.app.app_context(), audit.acting(TESTER, "test"):
        offer = make_offer()
        for name in CHILDREN:
            referral = make_referral(make_child(forename=name, surname="Example"))
            make_placement(offer=offer, hours=15, sessions=mornings, referral=referral)
        make_user(Role.PROVIDER, provider=offer.provider, email="priya@oak.example")
        db.session.commit()
    return live_server


def recorded(site) -> list[str]:
    with site.app.app_context():
        marks = select(AttendanceMark).where(AttendanceMark.day == today())
        found = db.session.scalars(marks.order_by(AttendanceMark.placement_id))
        return [mark.code for mark in found]


def test_a_day_is_recorded_on_a_phone_in_a_few_taps(site, phone, screenshot):
    page = phone.new_page()
    site.sign_in(page, "priya@oak.example", PASSWORD)
    page.goto(f"{site.address}/attendance/register")
    page.get_by_label("Everyone was present").check()
    ben = page.get_by_role("group", name="Ben Example")
    ben.get_by_label("No reason yet").check()
    assert_accessible(page)
    assert overflow(page) == 0
    screenshot(page, "register-phone")
    with page.expect_navigation():
        page.get_by_role("button", name="Save the register").click()
    assert recorded(site) == ["K", "N", "K", "K"]
    assert "4 sessions were saved" in page.content()


def test_a_correction_is_made_without_scripts(site, no_javascript, screenshot):
    page = no_javascript.new_page()
    site.sign_in(page, "priya@oak.example", PASSWORD)
    page.goto(f"{site.address}/attendance/register")
    ada = page.get_by_role("group", name="Ada Example")
    ada.get_by_label("Ill").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save the register").click()
    page.get_by_role("group", name="Ada Example").get_by_label("Present").check()
    screenshot(page, "register-desktop")
    with page.expect_navigation():
        page.get_by_role("button", name="Save the register").click()
    assert recorded(site) == ["K"]

"""The menu: few sections, and every page that a person may reach one step below them."""

from html import unescape

import pytest

from app.access import POLICY
from app.accounts.roles import Role
from app.web.navigation import MENU, PROVIDERS_MENU
from tests.factories.providers import make_offer

MOST_SECTIONS = 11
"""As many as fit into one line at 1280 pixels."""


@pytest.fixture
def app(app_on_sqlite):
    """The menu reads no rows: one engine is enough."""
    return app_on_sqlite


@pytest.fixture
def person(sign_in, given):
    """The browser of a person in a role."""

    def enter(role):
        if role is not Role.PROVIDER:
            return sign_in(role)
        with given():
            provider_id = make_offer().provider_id
        return sign_in(role, provider_id=provider_id)

    return enter


def menu_of(text):
    """The part of a page that holds the menu and the pages of the present section."""
    return unescape(text.partition("govuk-service-navigation")[2].partition("<main")[0])


@pytest.mark.parametrize("role", list(Role))
def test_each_page_of_the_menu_is_at_most_one_step_below_its_section(app, person, role):
    browser = person(role)
    own = PROVIDERS_MENU if role is Role.PROVIDER else MENU
    home = menu_of(browser.get("/account/").text)
    assert home.count('<li class="govuk-service-navigation__item') <= MOST_SECTIONS
    for name, pages in own:
        reached = [page for page in pages if role in POLICY[page[2]]]
        if not reached:
            continue
        with app.test_request_context():
            paths = [app.url_for(page[1]) for page in reached]
        assert f'href="{paths[0]}"' in home
        section = menu_of(browser.get(paths[0]).text)
        for path in paths:
            assert f'href="{path}"' in section, (name, path)


def test_a_section_with_one_page_has_that_pages_name(person):
    assert "Audit trail" in menu_of(person(Role.ADMINISTRATOR).get("/").text)
    assert "Spreadsheets" in menu_of(person(Role.SEND_OFFICER).get("/").text)
    assert "Records" in menu_of(person(Role.AP_LEAD).get("/").text)


def test_a_page_below_one_of_the_menu_marks_it(person, given):
    lead = person(Role.AP_LEAD)
    page = menu_of(lead.get("/price-caps/exceptions").text)
    assert 'aria-current="page">Price caps' in page

"""Pages of scorecards: the authority compares, a provider sees its own and no other."""

import pytest

from app.accounts.roles import Role
from tests.factories.providers import make_offer


@pytest.fixture
def app(app_on_sqlite):
    """Pages are tested on one engine; the rules behind them on both."""
    return app_on_sqlite


@pytest.fixture
def ids(given):
    """Two providers."""
    with given():
        return make_offer().provider_id, make_offer().provider_id


def test_the_authority_compares_providers_and_takes_the_figures_away(sign_in, ids):
    officer = sign_in(Role.SEND_OFFICER)
    page = officer.get("/scorecards/").text
    assert page.count("/scorecards/") >= 4
    assert "£45.00" in page
    rows = officer.get("/scorecards/download.csv").text.splitlines()
    assert len(rows) == 3
    assert "Withheld: too few" in rows[1]
    assert officer.get("/scorecards/download.xlsx").status_code == 200


def test_a_provider_sees_its_own_scorecard_and_no_other(sign_in, ids):
    own, other = ids
    person = sign_in(Role.PROVIDER, provider_id=own)
    page = person.get(f"/scorecards/{own}").text
    assert "£45.00, of 1 offer" in page
    assert "Withheld: fewer than 5 similar providers" in page
    assert person.get(f"/scorecards/{other}").status_code == 404
    assert person.get("/scorecards/").status_code == 403


def test_the_list_reads_a_bounded_number_of_times(given, sign_in, count_queries):
    with given():
        for _ in range(10):
            make_offer()
    officer = sign_in(Role.COMMISSIONER)
    with count_queries() as asked:
        assert officer.get("/scorecards/").status_code == 200
    assert len(asked) <= 23

"""Addresses and queries that nobody follows by accident are answered, and break nothing."""

import pytest

from app.access import POLICY
from app.accounts.roles import Role
from app.web.addresses import LARGEST
from tests.app.web.test_who_may_see_what import guarded
from tests.app.web.visitors import signed_in

QUERIES = [
    f"page={LARGEST}",
    f"page={10**30}",
    "sort=--x",
    "text=%00",
    "text=%25%27%22%5C_",
    "text=" + "x" * 5000,
    "service=99999999999999999999&age=99999999999&need=x&show=x&year=-1",
]


@pytest.fixture
def people(app):
    """A browser for each role."""
    return {role: signed_in(app, role) for role in Role}


def test_a_number_that_no_row_can_have_is_not_found(app, people):
    for method, address, permission, model in guarded(app):
        role = next(iter(POLICY[permission]))
        if model is None:
            continue
        for number in (LARGEST, LARGEST + 1, 10**30):
            far = address.replace("/1", f"/{number}", 1)
            assert people[role].open(far, method=method).status_code in (404, 405), far


def test_a_query_that_makes_no_sense_breaks_no_list(app, people):
    for method, address, permission, model in guarded(app):
        if method == "GET" and model is None:
            person = people[next(iter(POLICY[permission]))]
            for query in QUERIES:
                answer = person.get(f"{address}?{query}")
                assert answer.status_code < 500, (address, query)


def test_text_that_no_database_takes_is_refused(people):
    answer = people[Role.SEND_OFFICER].post("/matches/start", data={"seconds": "\0"})
    assert answer.status_code == 400

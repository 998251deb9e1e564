"""Every address against every role, held to a table that people read and keep.

The policy says who may do what; this table says who may open which address. They are kept apart
on purpose: a permission that is given to one role more, or an address that asks for the wrong one,
shows here as a difference.

Where the table comes from: it was first drawn from the policy, and lines of new addresses are added
by hand. On 26 November 2026 it was read line by line against the guides of the seven roles (docs/),
asking of each address whether each role needs it for its work, and looking at the pages that show
words about children or money to somebody who does not work on the case. No line had to change; what
finance read on the page of a proposal had (test_placements.py). Which rows a role reaches is not in
this table: see test_rows.py.
"""

import csv
from pathlib import Path

import pytest

from app.access import PUBLIC, declaration_of
from app.accounts.roles import Role
from tests.app.web.test_who_may_see_what import value_for
from tests.app.web.visitors import signed_in

TABLE = Path(__file__).with_name("access_table.csv")
LETTERS = {
    "O": Role.SEND_OFFICER,
    "C": Role.COMMISSIONER,
    "L": Role.AP_LEAD,
    "Q": Role.QUALITY_ADVISER,
    "P": Role.PROVIDER,
    "F": Role.FINANCE,
    "A": Role.ADMINISTRATOR,
}
EVERYBODY = "everybody"


def table() -> dict[tuple[str, str], str]:
    """(method, address) to the letters of the roles, or "everybody"."""
    with TABLE.open(newline="") as file:
        return {(row["method"], row["address"]): row["roles"] for row in csv.DictReader(file)}


def addresses(app):
    """Each address of ours with its method, rule and declaration."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] not in ("static", "security"):
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule, declaration_of(app.view_functions[rule.endpoint])


def test_the_table_lists_every_address_and_no_other(sqlite_app):
    known = {(method, rule.rule) for method, rule, _ in addresses(sqlite_app)}
    assert known == set(table()), "add new addresses to access_table.csv, with who may open them"


@pytest.mark.parametrize("letter", LETTERS)
def test_a_role_is_let_in_exactly_where_the_table_says(sqlite_app, letter):
    client, expected = signed_in(sqlite_app, LETTERS[letter]), table()
    adapter = sqlite_app.url_map.bind("localhost")
    for method, rule, declared in addresses(sqlite_app):
        if declared == PUBLIC:
            assert expected[method, rule.rule] == EVERYBODY, rule.rule
            continue
        values = {name: value_for(rule._converters[name]) for name in rule.arguments}
        answer = client.open(adapter.build(rule.endpoint, values, method=method), method=method)
        let_in = answer.status_code != 403
        assert let_in is (letter in expected[method, rule.rule]), (method, rule.rule)

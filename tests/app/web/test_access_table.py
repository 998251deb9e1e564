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
import re
from pathlib import Path

import pytest

from app.access import PUBLIC, declaration_of
from app.accounts.roles import Role
from tests.app.web.test_who_may_see_what import value_for
from tests.app.web.visitors import signed_in

TABLE = Path(__file__).with_name("access_table.csv")
SECURITY = Path(__file__).resolve().parents[3] / "docs" / "security.md"
TOLD = re.compile(r"at\s+least\s+([\d,]+)\s+addresses\s+and\s+methods")
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


def figures() -> str:
    """How large the table is, and how much of it each role may open."""
    lines = table()
    opened = ", ".join(
        f"{role.label} {sum(letter in roles for roles in lines.values())}"
        for letter, role in LETTERS.items()
    )
    everybody = sum(roles == EVERYBODY for roles in lines.values())
    return (
        f"{len(lines)} addresses and methods × {len(LETTERS)} roles: "
        f"{len(lines) * len(LETTERS):,} answers in the table. "
        f"{everybody} are open to everybody; of the others, by role: {opened}."
    )


def addresses(app):
    """Each address of ours with its method, rule and declaration."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] not in ("static", "security"):
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule, declaration_of(app.view_functions[rule.endpoint])


def test_the_documentation_does_not_claim_more_than_the_table_holds():
    told = TOLD.search(SECURITY.read_text())
    assert told, "docs/security.md says how many addresses the table holds"
    assert len(table()) >= int(told[1].replace(",", ""))


def test_the_table_lists_every_address_and_no_other(app_on_sqlite):
    known = {(method, rule.rule) for method, rule, _ in addresses(app_on_sqlite)}
    assert known == set(table()), "add new addresses to access_table.csv, with who may open them"


@pytest.mark.parametrize("letter", LETTERS)
def test_a_role_is_let_in_exactly_where_the_table_says(app_on_sqlite, letter):
    client, expected = signed_in(app_on_sqlite, LETTERS[letter]), table()
    adapter = app_on_sqlite.url_map.bind("localhost")
    for method, rule, declared in addresses(app_on_sqlite):
        if declared == PUBLIC:
            assert expected[method, rule.rule] == EVERYBODY, rule.rule
            continue
        values = {name: value_for(rule._converters[name]) for name in rule.arguments}
        answer = client.open(adapter.build(rule.endpoint, values, method=method), method=method)
        let_in = answer.status_code != 403
        assert let_in is (letter in expected[method, rule.rule]), (method, rule.rule)

"""Every route says who may see it, in an address that reads well."""

import re

import pytest

from app.access import POLICY, Permission, declaration_of, refuse_undeclared_views
from app.accounts.roles import Role

KEBAB = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)?$")
NOT_OURS = {"static"}


def routes(app):
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in NOT_OURS and not rule.endpoint.startswith("security.")
    ]


def test_every_view_declares_who_may_see_it(sqlite_app):
    refuse_undeclared_views(sqlite_app)


def test_start_up_is_refused_where_a_view_declares_nothing(sqlite_app):
    sqlite_app.view_functions["loose"] = lambda: "anyone"
    with pytest.raises(RuntimeError, match="loose"):
        refuse_undeclared_views(sqlite_app)


def test_addresses_are_in_kebab_case(sqlite_app):
    for rule in routes(sqlite_app):
        for part in re.sub(r"<[^>]+>", "", rule.rule).strip("/").split("/"):
            part = part.rstrip(".")
            assert not part or KEBAB.match(part), rule.rule


def test_parameters_are_typed(sqlite_app):
    for rule in routes(sqlite_app):
        for parameter in re.findall(r"<([^>]+)>", rule.rule):
            assert ":" in parameter, rule.rule


def test_a_row_in_an_address_is_loaded_and_judged(sqlite_app):
    for rule in routes(sqlite_app):
        declared = declaration_of(sqlite_app.view_functions[rule.endpoint])
        ids = [name for name in rule.arguments if name.endswith("_id")]
        if ids and isinstance(declared, tuple):
            assert declared[1] is not None, f"{rule.endpoint} names a row but judges none"
            assert ids == [f"{declared[1].__tablename__}_id"], rule.rule


def test_every_permission_has_a_policy_and_the_form_resource_action():
    for permission in Permission:
        assert POLICY[permission], permission
        assert re.match(r"^[a-z-]+:[a-z-]+$", permission.value)


def test_the_policy_speaks_only_of_roles_that_exist():
    assert all(role in Role for grants in POLICY.values() for role in grants)

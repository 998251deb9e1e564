"""Every address of the site, asked for by a visitor and by each role that may not have it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter

from app.access import POLICY, PUBLIC, declaration_of
from app.accounts.roles import Role
from tests.app.web.visitors import signed_in


def value_for(converter: BaseConverter):
    """Something that an address may hold there; a row is number 999999, which does not exist."""
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return converter.to_python("999999")


def guarded(app: Flask) -> Iterator[tuple]:
    """Each guarded address with its method, its permission and the model of its row."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        declared = declaration_of(app.view_functions[rule.endpoint])
        if declared == PUBLIC:
            continue
        values = {name: value_for(rule._converters[name]) for name in rule.arguments}
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield method, adapter.build(rule.endpoint, values, method=method), *declared


def test_a_visitor_is_sent_to_sign_in_from_every_guarded_address(sqlite_app):
    visitor = sqlite_app.test_client()
    for method, address, _permission, _model in guarded(sqlite_app):
        answer = visitor.open(address, method=method)
        assert answer.status_code == 302, (method, address)
        assert answer.location.startswith("/sign-in"), (method, address)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_refused_every_address_that_its_work_does_not_need(sqlite_app, role):
    client = signed_in(sqlite_app, role)
    for method, address, permission, _model in guarded(sqlite_app):
        if role not in POLICY[permission]:
            assert client.open(address, method=method).status_code == 403, (method, address)


def test_a_row_that_does_not_exist_is_not_found(sqlite_app):
    clients = {role: signed_in(sqlite_app, role) for role in Role if role is not Role.PROVIDER}
    for method, address, permission, model in guarded(sqlite_app):
        role = next((role for role in POLICY[permission] if role in clients), None)
        if model is not None and role is not None:
            answer = clients[role].open(address, method=method)
            assert answer.status_code == 404, (method, address)

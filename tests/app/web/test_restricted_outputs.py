"""A restricted record in every output: each address is opened by each role that is not named.

Every row of every table that belongs to the child is asked for at every address that shows such a
row, and must not be found. Every other address, file and spreadsheet is read for the child's
names, pupil number, home and texts.
"""

import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import AnyConverter

from app.access import POLICY, PUBLIC, declaration_of
from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel import audit, reach
from app.kernel.database import db
from app.kernel.reach import chains
from app.kernel.secret import SecretText
from providers.models.offer import Offer
from tests.app.web.test_who_may_see_what import value_for
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.accounts import make_user
from tests.factories.cases import a_whole_case
from tests.factories.reach import make_restriction

HIDDEN = {"forename": "Zebedee", "surname": "Quxhidden", "upn": "Z999999999999"}
HOME = "SO239ZZ"
TEXT = "Markedtextofthechild"
FOR_PROVIDERS = ("enquiry", "enquiry_ask")
"""What providers see of an enquiry describes a child whom they cannot recognise; beside it stand
their own answers, in lists and files too."""


@pytest.fixture
def hidden(sqlite_app) -> tuple[Flask, dict, int]:
    """A restricted child with a row in every table: the rows by table, and the provider's id."""
    app = sqlite_app
    with app.app_context(), audit.acting(TESTER, "test"):
        officer = make_user()
        child = a_whole_case(officer, postcode=HOME, **HIDDEN)
        a_whole_case(officer)
        mark_texts()
        make_restriction(child, officer)
        rows = {}
        for mapper in db.Model.registry.mappers:
            name = mapper.class_.__tablename__
            if name in chains() and hasattr(mapper.class_, "id"):
                found = db.session.scalars(select(mapper.class_))
                rows[name] = [row.id for row in found if child.id in reach.children_of(row)]
        placement = db.session.get(mapper_of("placement"), rows["placement"][0])
        provider_id = db.session.get(Offer, placement.offer_id).provider_id
        db.session.commit()
    return app, rows, provider_id


def mapper_of(table: str):
    """The model of a table."""
    return next(m.class_ for m in db.Model.registry.mappers if m.class_.__tablename__ == table)


def mark_texts() -> None:
    """Put the marker into every encrypted text about a child, where it has one."""
    for mapper in db.Model.registry.mappers:
        name = mapper.class_.__tablename__
        if name not in chains():
            continue
        if name == "frozen_search":  # never changed: its page is among those that are opened
            continue
        secret = [
            column.name
            for column in mapper.local_table.columns
            if isinstance(column.type, SecretText) and column.name != "query"  # an address
        ]
        for row in db.session.scalars(select(mapper.class_)):
            for column in secret:
                if 1 in reach.children_of(row):
                    setattr(row, column, TEXT)
    db.session.flush()


def addresses(app: Flask, role: Role):
    """Each address that a role may open with GET: its rule and the model of its row."""
    for rule in app.url_map.iter_rules():
        declared = declaration_of(app.view_functions[rule.endpoint])
        if declared != PUBLIC and "GET" in rule.methods and role in POLICY[declared[0]]:
            yield rule, declared[1]


def spelled(app: Flask, rule, number: int, method: str = "GET") -> list[str]:
    """The address with a row's number, once for each word that it may hold besides."""
    adapter, wordings = app.url_map.bind("localhost"), [{}]
    for name in sorted(rule.arguments):
        converter = rule._converters[name]
        values = sorted(converter.items) if isinstance(converter, AnyConverter) else None
        if values is None:
            values = [number if name.endswith("_id") else value_for(converter)]
        wordings = [{**each, name: value} for each in wordings for value in values]
    return [adapter.build(rule.endpoint, each, method=method) for each in wordings]


def content(answer) -> str:
    """What an answer says, with what a spreadsheet or an archive holds inside."""
    data = answer.data
    if not data.startswith(b"PK"):
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_a_restricted_child_is_in_no_output_for_whoever_is_not_named(hidden, role):
    app, rows, provider_id = hidden
    values = {"provider_id": provider_id} if role is Role.PROVIDER else {}
    client, read, not_found = signed_in(app, role, **values), 0, 0
    for rule, model in addresses(app, role):
        table = model.__tablename__ if model is not None else None
        own_answers = table in FOR_PROVIDERS or rule.endpoint.startswith("answers.")
        open_to_them = role is Role.PROVIDER and own_answers
        guarded = table in chains() and table != "invoice_line" and not open_to_them
        for number in rows[table] if guarded else (1, 2):
            for address in spelled(app, rule, number):
                answer = client.get(address)
                assert answer.status_code < 500, address
                if guarded:
                    assert answer.status_code == 404, address
                    not_found += 1
                said = content(answer)
                for marker in (*HIDDEN.values(), HOME, "SO23 9ZZ", TEXT):
                    if marker == TEXT and (open_to_them or "concerns" in address):
                        continue  # words that an officer wrote for providers, theirs, and about one
                    assert marker not in said, (marker, address)
                read += 1
    assert read > 20 and (not_found or role in (Role.QUALITY_ADVISER,)), (read, not_found)


def test_the_administrator_reads_of_no_child(hidden):
    app, _, _ = hidden
    client = signed_in(app, Role.ADMINISTRATOR)
    for rule, _model in addresses(app, Role.ADMINISTRATOR):
        for address in spelled(app, rule, 1):
            said = content(client.get(address))
            assert not [m for m in (*HIDDEN.values(), HOME, TEXT) if m in said], address


def test_whoever_is_named_reads_the_record(hidden):
    app, rows, _ = hidden
    with app.app_context():
        email = db.session.scalar(select(User.email).order_by(User.id).limit(1))
    client = app.test_client()
    client.post("/sign-in", data={"email": email, "password": "a long password for tests"})
    page = client.get(f"/children/{rows['child'][0]}").text
    assert "Zebedee" in page and TEXT in page

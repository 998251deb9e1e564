"""Accounts."""

from itertools import count
from typing import Any

from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel.database import db
from tests.factories.providers import make_provider

_numbers = count(1)
PASSWORD = "a long password for tests"


def make_user(role: Role = Role.SEND_OFFICER, **values: Any) -> User:
    """A person who can sign in with PASSWORD; a provider's account gets a provider of its own."""
    number = next(_numbers)
    given = values.get("provider") or values.get("provider_id")
    if role is Role.PROVIDER and given is None:
        values["provider"] = make_provider()
    defaults = {
        "email": f"person{number}@example.org",
        "name": f"{role.label} {number}",
        "password": PASSWORD,
        "fs_uniquifier": f"person-{number}",
        "role": role,
    }
    user = User(**defaults | values)
    db.session.add(user)
    db.session.flush()
    return user

"""Concerns about providers; all of them invented."""

from itertools import count
from typing import Any

from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel.audit import Actor
from app.visits.concerns import service
from app.visits.concerns.models import Concern
from app.visits.concerns.terms import ConcernKind, Priority
from tests.factories.accounts import make_user
from tests.factories.providers import make_offer

_numbers = count(1)
HANDLER = Actor(None, "Alex Lead")


def make_concern(**values: Any) -> Concern:
    """A concern about staffing, as it was received from an officer."""
    provider = values.pop("provider", None) or make_offer().provider
    defaults = {
        "kind": ConcernKind.STAFFING,
        "text": f"Two adults for ten children, seen {next(_numbers)} times.",
        "by": values.pop("by", None) or make_user(Role.SEND_OFFICER),
    }
    return service.record(provider, **defaults | values)


def make_handled(handler: User | None = None, **values: Any) -> Concern:
    """A concern with priority and handler."""
    concern = make_concern(**values)
    adviser = handler or make_user(Role.QUALITY_ADVISER)
    service.triage(concern, Priority.WEEK, adviser, "A pattern.", by=HANDLER)
    return concern

"""The text of agreements: the authority's own, with fields, filled in a sandbox."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlalchemy import select

from app.accounts.models import User
from app.commissioning.agreements.models import AgreementText
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.money import pounds
from app.kernel.rules import RuleBroken, require
from app.kernel.words import in_words
from providers.needs import sessions_in_words

DEFAULT = """# Placement agreement {{ reference }}, version {{ version }}

This agreement is between {{ authority }} (the authority) and {{ provider }} (the provider).

## The placement

- Child: {{ child }}, born on {{ born_on }}
- Service: {{ service }}, {{ where }}
- Hours: {{ hours }} a week{% if half_days %}, on {{ half_days }}{% endif %}
- From {{ starts_on }} to {{ ends_on }}
- Legal basis: {{ legal_basis }}

## The price

- {{ price_an_hour }} an hour, {{ price_a_week }} a week, net of VAT
- The authority pays for hours that were delivered, on invoice.
{% if condition %}- Condition named by the provider: {{ condition }}
{% endif %}{% if changes %}
## What this version changes

{{ changes }}
{% endif %}
## What the provider does

- Follows the child's Learner Intervention Plan and takes part in its reviews.
- Records attendance at each session on the day, with the statutory codes, and follows up any \
absence that is not explained on the same day.
- Keeps every member of staff who works with the child on its single central record, with an \
enhanced DBS check, and tells the authority of any change that raises risk.
- Tells the authority at once of any safeguarding concern.
- Does not pass the placement to anybody else.

## What the authority does

- Keeps the child on the roll of the home school where there is one.
- Reviews the placement at least every half-term.
- May end the placement at once where the child is not safe.

## Ending

Either side may end the placement with ten school days' notice in writing.
"""
"""What holds until the authority saves a text of its own."""

FIELDS = {
    "reference": "PL-00012",
    "version": 1,
    "authority": "the authority",
    "provider": "Oak Farm Learning",
    "child": "Robin Example",
    "born_on": "1 March 2013",
    "service": "Mentoring",
    "where": "at the provider's site",
    "hours": 10,
    "half_days": "Monday mornings",
    "starts_on": "4 January 2027",
    "ends_on": "26 March 2027",
    "legal_basis": "Section 19, Education Act 1996",
    "price_an_hour": "£45.00",
    "price_a_week": "£450.00",
    "condition": "After a visit to the site",
    "changes": "",
}
"""The fields that a text may use, each with a value to try it out on."""

LONGEST = 20_000
_sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def fill(body: str, fields: Mapping[str, Any]) -> str:
    """A text with its fields filled in.

    Raises RuleBroken in words where it uses a field that there is none of, or is miswritten.
    """
    try:
        return _sandbox.from_string(body).render(**fields).strip()
    except TemplateError as fault:
        raise RuleBroken(
            f"The text cannot be filled in: {fault.message or fault}. Use only the fields listed, "
            "written as {{ reference }}."
        ) from fault
    except (ArithmeticError, TypeError, ValueError, MemoryError, AttributeError) as fault:
        raise RuleBroken(
            "The text cannot be filled in: it calculates with its fields. Write {{ reference }}."
        ) from fault


def in_force() -> AgreementText | None:
    """The authority's newest text; None while it has saved none."""
    return db.session.scalar(select(AgreementText).order_by(AgreementText.id.desc()).limit(1))


def body_in_force() -> str:
    """The text that new agreements are made from."""
    row = in_force()
    return row.body if row else DEFAULT


def versions() -> list[AgreementText]:
    """Every text that was saved, the newest first."""
    return list(db.session.scalars(select(AgreementText).order_by(AgreementText.id.desc())))


def save(body: str, by: User) -> AgreementText:
    """Save a new version of the text; agreements made before keep theirs.

    Raises RuleBroken where it cannot be filled in, names neither child nor price, or is too long.
    """
    require(
        None if body.strip() else "Enter the text of the agreement.",
        f"The text is too long. Use at most {LONGEST:,} characters."
        if len(body) > LONGEST
        else None,
        "The text loops. Write each thing once." if re.search(r"{%-?\s*for\b", body) else None,
    )
    filled = fill(body, FIELDS)
    require(
        *(
            f"The text must use the field {{{{ {name} }}}}, or nobody knows what is agreed."
            for name in ("reference", "child", "hours", "price_an_hour", "starts_on", "ends_on")
            if str(FIELDS[name]) not in filled
        )
    )
    row = AgreementText(body=body.replace("\r\n", "\n"), saved_by=by.name, saved_at=now())
    db.session.add(row)
    db.session.flush()
    return row


def fields_of(placement: Any, version: Any, authority: str, changes: str = "") -> dict[str, Any]:
    """The fields of one version of a placement's agreement, in words."""
    half_days = placement.sessions
    return {
        "reference": placement.reference,
        "version": version.number,
        "authority": authority,
        "provider": placement.offer.provider.name,
        "child": placement.child.full_name,
        "born_on": in_words(placement.child.born_on),
        "service": placement.service.name,
        "where": placement.delivery.label.lower(),
        "hours": version.hours,
        "half_days": half_days_in_words(half_days),
        "starts_on": in_words(version.effective_on),
        "ends_on": in_words(version.ends_on),
        "legal_basis": placement.legal_basis.label,
        "price_an_hour": pounds(version.pence_per_hour),
        "price_a_week": pounds(version.pence_a_week),
        "condition": (placement.ask.condition or "") if placement.ask else "",
        "changes": changes,
    }


def half_days_in_words(sessions: int) -> str:
    """Half-days as bits in words; empty where none are agreed."""
    return sessions_in_words(sessions) if sessions else ""

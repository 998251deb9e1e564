"""What the pages of the portal share: bringing an edit in, and what is shown of a profile."""

from dataclasses import dataclass
from typing import Any

from flask import flash

from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.kernel.words import listed
from app.web.additions import of_provider
from app.web.forms.entries import refuse
from app.web.forms.portal import EditForm
from providers import changes
from providers.additions import additions_of
from providers.confirmations import stated
from providers.editing import merged
from providers.facts import (
    PROVIDER_FACTS,
    Fact,
    Facts,
    Row,
    facts_for,
    profile_of,
    read_facts,
    words_of_all,
)
from providers.gias import Claim, check_claim
from providers.models.change import ChangeItem, ChangeState
from providers.models.provider import Provider
from providers.pairs import NeedPairs

DECISIONS_SHOWN = 10
RESUBMIT = "Open the page again: it was not sent whole. What you entered was not saved."


@dataclass(frozen=True)
class Line:
    """A fact of a profile: what is published, and what waits in its place, in words."""

    fact: Fact
    published: str
    waiting: str | None


@dataclass(frozen=True)
class Edit:
    """What became of an edit. conflicts: what somebody else changed too; nothing was saved."""

    form: EditForm
    conflicts: tuple[changes.Conflict, ...] = ()
    saved: bool = False


def profile_lines(row: Row) -> list[Line]:
    """Each fact of a row with what waits for approval."""
    published, waiting = read_facts(row), changes.waiting_items(row)
    return [
        Line(
            fact,
            fact.words(published[name]),
            fact.words(waiting[name].after) if name in waiting else None,
        )
        for name, fact in facts_for(row).items()
    ]


_FOR_OFFICERS = ("about", "contact_email", "contact_phone", "website")
_SAFEGUARDING = ("safeguarding_name", "safeguarding_email", "safeguarding_phone")


@dataclass(frozen=True)
class Published:
    """What a provider says of itself, for its page in the directory.

    lines: label and words of what it has said. offers: its words about an offer, by id. claim:
    what the national register says of its claim to be a school, None where it claims nothing.
    """

    lines: list[tuple[str, str]]
    offers: dict[int, str]
    claim: Claim | None


def published(provider: Provider) -> Published:
    """What a provider says of itself, in a fixed number of queries."""
    profile = profile_of(provider)
    lines = [(PROVIDER_FACTS[name].label, getattr(profile, name)) for name in _FOR_OFFICERS]
    contact = ", ".join(filter(None, (getattr(profile, name) for name in _SAFEGUARDING)))
    lines.append((PROVIDER_FACTS["safeguarding"].label, contact))
    if provider.most_children is not None:
        lines.append(("Most children at one time", str(provider.most_children)))
    lines.append(("Needs not taught together", NeedPairs.in_words(provider.taught_apart)))
    claim = check_claim(provider.registration, provider.urn)
    return Published([line for line in lines if line[1]], words_of_all(provider), claim)


def overview(provider: Provider) -> dict[str, Any]:
    """What the portal's first page shows."""
    items = db.session.scalars(changes.changes_of(provider)).all()
    decided = [i for i in items if i.state in (ChangeState.ACCEPTED, ChangeState.RETURNED)]
    return {
        "provider": provider,
        "lines": profile_lines(provider),
        "figures": stated(provider, today()),
        "waiting": in_words([i for i in items if i.state is ChangeState.WAITING]),
        "decided": in_words(decided[:DECISIONS_SHOWN]),
        **of_provider(provider, db.session.scalars(additions_of(provider)).all()),
    }


@dataclass(frozen=True)
class Told:
    """A proposed change in words. about: the organisation, or the offer's service."""

    item: ChangeItem
    about: str
    label: str
    before: str
    after: str


def in_words(items: list[ChangeItem]) -> list[Told]:
    """Proposed changes as people read them."""
    return [_told(item) for item in items]


def _told(item: ChangeItem) -> Told:
    row = changes.row_of(item)
    fact = facts_for(row)[item.field]
    about = "Organisation" if isinstance(row, Provider) else row.service.name
    return Told(item, about, fact.label, fact.words(item.before), fact.words(item.after))


def bring_in(row: Row, kind: type[EditForm]) -> Edit:
    """The form of a row's facts; what was entered in it is saved, where it may be."""
    form = kind.of(changes.draft_of(row))
    if not form.validate_on_submit():
        return Edit(form)
    base, entered = form.opened_with(), form.entered()
    if base is None:
        raise RuleBroken(RESUBMIT)
    faults = changes.faults(row, entered)
    if refuse(form, {form.beside[name]: reason for name, reason in faults.items()}):
        return Edit(form)
    outcome = changes.submit(row, base, entered)
    if outcome.conflicts:
        return Edit(_reconciled(row, kind, base, entered), outcome.conflicts)
    _tell(outcome)
    return Edit(form, saved=True)


def _reconciled(row: Row, kind: type[EditForm], base: Facts, entered: Facts) -> EditForm:
    """The form as it stands for both: what this person typed, and elsewhere what others saved."""
    draft = changes.draft_of(row)
    form = kind.of(merged(base, draft, entered, draft), formdata=None)
    form.start_from(draft)
    return form


def _tell(outcome: changes.Outcome) -> None:
    if outcome.published:
        flash(f"Published: {listed(outcome.published)}.", "success")
    if outcome.waiting:
        flash(f"Sent to the authority for approval: {listed(outcome.waiting)}.", "success")
    if not (outcome.published or outcome.waiting):
        flash("Nothing was changed.", "info")

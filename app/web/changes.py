"""What the pages about proposed changes share: facts side by side, and the AP lead's decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.kernel.database import db
from app.kernel.rules import RuleBroken, require
from app.web.entry_notices import tell_of_changes
from app.web.formats import plural
from app.web.portal import Told, in_words
from providers import changes
from providers.facts import Row, facts_for, read_facts
from providers.gias import check_claim
from providers.models.change import ChangeItem, ProfileVersion
from providers.models.provider import Provider
from providers.needs import Registration

ACCEPT, RETURN = "accept", "return"


def waiting_by_provider(items: Sequence[ChangeItem]) -> list[tuple[Provider, list[Told]]]:
    """Waiting changes by provider, whoever has waited longest first."""
    groups: dict[Provider, list[ChangeItem]] = {}
    for item in items:
        groups.setdefault(item.provider, []).append(item)
    return [(provider, in_words(group)) for provider, group in groups.items()]


@dataclass(frozen=True)
class Proposal:
    """A change to be decided. published: as it is now. remarks: what to look at first.

    choice, comment, fault: what was entered and what is wrong with it.
    """

    told: Told
    published: str
    remarks: tuple[str, ...] = ()
    choice: str = ""
    comment: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Decided:
    """What became of decisions: saved says so in words; else the proposals with their faults."""

    found: list[Proposal]
    saved: str = ""


def for_decision(provider: Provider) -> list[Proposal]:
    """What waits of one provider, each against what is published now."""
    items = db.session.scalars(
        changes.waiting_changes().where(ChangeItem.provider_id == provider.id)
    ).all()
    return [_proposal(told) for told in in_words(list(items))]


def _proposal(told: Told) -> Proposal:
    item = told.item
    row = changes.row_of(item)
    facts = read_facts(row)
    fact = facts_for(row)[item.field]
    fault = changes.faults(row, facts | {item.field: item.after}).get(item.field)
    moved = facts[item.field] != item.before
    remarks = (
        fault,
        _claim(item),
        f"It was “{told.before}” when this was proposed, and has been changed since."
        if moved
        else None,
    )
    return Proposal(
        told, fact.words(facts[item.field]), tuple(remark for remark in remarks if remark)
    )


def _claim(item: ChangeItem) -> str | None:
    """What the national register says, where a registration is to change."""
    if item.field != "registration":
        return None
    claim = check_claim(Registration(item.after["kind"]), item.after["urn"] or None)
    return claim and f"{claim.finding.label}. {claim.text}"


def decide_from(entered: Mapping[str, str], found: Sequence[Proposal]) -> Decided:
    """Take the decisions that were entered; those left open stay open. All are taken, or none.

    Raises RuleBroken where nothing waits any more.
    """
    require(None if found else "Nothing of this provider waits any more: it was decided already.")
    read = [_read(entered, proposal) for proposal in found]
    chosen = [proposal for proposal in read if proposal.choice]
    if any(proposal.fault for proposal in read):
        return Decided(read)
    if not chosen:
        return Decided([replace(read[0], fault="Accept or return at least one change."), *read[1:]])
    for proposal in chosen:
        item = proposal.told.item
        try:
            if proposal.choice == ACCEPT:
                changes.accept(item, proposal.comment)
            else:
                changes.send_back(item, proposal.comment)
        except RuleBroken as refusal:
            raise RuleBroken(*(f"{proposal.told.label}: {r}" for r in refusal.reasons)) from refusal
    decided = [proposal.told.item for proposal in chosen]
    tell_of_changes(decided[0].provider, decided)
    accepted = sum(proposal.choice == ACCEPT for proposal in chosen)
    returned = len(chosen) - accepted
    return Decided(read, f"{plural(accepted, 'change')} accepted, {returned} returned.")


def _read(entered: Mapping[str, str], proposal: Proposal) -> Proposal:
    number = proposal.told.item.id
    choice, comment = entered.get(f"choice-{number}", ""), entered.get(f"comment-{number}", "")
    choice = choice if choice in (ACCEPT, RETURN) else ""
    missing = choice == RETURN and not comment.strip()
    fault = "Enter why it is returned, so that the provider knows what to do." if missing else ""
    return replace(proposal, choice=choice, comment=comment[:1000], fault=fault)


def comparison(row: Row, asked: Mapping[str, str]) -> dict[str, Any]:
    """The versions of a row, and the two that were asked for side by side.

    Without a choice, the two newest are compared.
    """
    every = list(db.session.scalars(changes.versions(row)))
    numbers = {version.number: version for version in every}
    newest = every[0] if every else None
    later = _chosen(numbers, asked.get("to"), newest)
    before = [version for version in every if later and version.number < later.number]
    earlier = _chosen(numbers, asked.get("from"), before[0] if before else later)
    rows = changes.compared(row, earlier.facts, later.facts) if earlier and later else []
    return {"versions": every, "earlier": earlier, "later": later, "rows": rows}


def _chosen(
    numbers: Mapping[int, ProfileVersion], asked: str | None, otherwise: ProfileVersion | None
) -> ProfileVersion | None:
    known = asked is not None and asked.isdecimal() and int(asked) in numbers
    return numbers[int(asked)] if known else otherwise

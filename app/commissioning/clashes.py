"""Whether what officers fixed can be kept, and why not: in the same words wherever it is asked.

A match asks when it is made, a ruling when it is recorded, and a trial before it tightens a limit.
"""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.children.models import Child, Referral
from app.commissioning.bridge import Judge, Pair, unpacked
from app.commissioning.models.ruling import PairRuling
from app.kernel.database import db
from app.kernel.money import pounds
from app.kernel.reach import current
from app.kernel.rules import RuleBroken
from app.kernel.words import listed

_WORD = re.compile(r"[\w/-]+")
MOST_NAMED = 5
"""Children whose earlier rulings are named where one cannot be kept beside them."""
MOST_TOLD = 3
"""Rulings told one by one where a trial could not keep them."""
WHAT_TO_DO = "Change less, or withdraw the ruling, match again and try this on the new match."
TO_CHOOSE = "To choose it, withdraw the ruling that stands against it and match again."


@dataclass(frozen=True)
class NotKept:
    """A ruling that fixes an offer and cannot be kept, and why, in words."""

    ruling: PairRuling
    named: str
    why: str

    def __str__(self) -> str:
        """The whole sentence."""
        return f"{self.named}: {self.why}"


class Keeper:
    """Keeps fixed pairs of a problem one after another: the earlier counts.

    references: what to call the child of a referral, by its id; who is not among them is
    "another child".
    """

    def __init__(self, judge: Judge, references: Mapping[Any, str]) -> None:
        self._judge, self._references = judge, references
        self._pins = judge.pins()

    def count(self, pair: Pair) -> None:
        """Count a pair that is kept, without asking."""
        self._pins.keep(*pair)

    def against(self, referral_id: int, pair: Pair) -> tuple[str, ...]:
        """Why a fixed pair cannot be kept, in sentences: every rule against the pair by itself,
        else what it breaks beside those kept before it and whose they are; empty where it can.
        """
        reasons, _ = self._judge.objections(referral_id, *pair)
        if reasons:
            return tuple(f"{each}." for each in reasons)
        clash = self._pins.clash(*pair)
        if clash is None:
            return ()
        others = [each for each in clash.children if each != referral_id]
        if not others:
            return (f"{clash.text}.",)
        return (f"{clash.text}. Fixed before it: {self._named(others)}.",)

    def _named(self, referral_ids: Sequence[Hashable]) -> str:
        known = [self._references[each] for each in referral_ids if each in self._references]
        shown = known[:MOST_NAMED]
        more = len(referral_ids) - len(shown)
        if more:
            shown.append("another child" if more == 1 else f"{more} other children")
        return listed(shown)


def readable(referral_ids: Iterable[Any]) -> dict[Any, str]:
    """The references of those children whom whoever asks may read, by referral id."""
    wanted, reader = sorted(set(referral_ids)), current()
    found: dict[Any, str] = {}
    for start in range(0, len(wanted), 500):
        statement = select(Referral.id, Child.id, Child.reference).join(Referral.child)
        portion = statement.where(Referral.id.in_(wanted[start : start + 500]))
        for referral_id, child_id, reference in db.session.execute(portion):
            if reader.is_all or reader.admits_child(child_id):
                found[referral_id] = reference
    return found


def require_kept(
    changed: Mapping[str, Any],
    base: Mapping[str, Any],
    *,
    choice: bool = False,
    most: int | None = None,
) -> None:
    """Refuse changes under which what officers fixed in a match could not be kept.

    changed, base: the packed problem with and without the changes; in the base all fixed pairs
    could be kept. choice: whether a pair is tried that no officer has fixed. most: rulings told
    one by one, if not as many as usual.
    Raises RuleBroken: which ruling, against which limit, whose rulings count before it; what to do.
    """
    if not base["pinned"]:
        return
    found = _not_kept(changed, base)
    most = most or MOST_TOLD
    more = len(found) - most
    if found:
        others = f"{more} more {'ruling' if more == 1 else 'rulings'} could not be kept either."
        told = [*found[:most], *([others] if more > 0 else [])]
        raise RuleBroken(*told, TO_CHOOSE if choice else WHAT_TO_DO)


def _not_kept(changed: Mapping[str, Any], base: Mapping[str, Any]) -> list[str]:
    problem = unpacked({**changed, "pinned": []})  # with them it would be refused in other words
    whose = {part.id: child.id for child in problem.children for part in child.components}
    offers = {offer.id for offer in problem.offers}
    fixed, asked = ([tuple(pair) for pair in each["pinned"]] for each in (base, changed))
    tried = [pair for pair in asked if pair not in fixed]
    replaced = {part for part, _ in tried}
    pairs = _in_order([pair for pair in fixed if pair[0] not in replaced], whose) + tried
    references = readable(whose[part] for part, _ in pairs)
    judge, found = Judge(problem), []
    keeper = Keeper(judge, references)
    for part, offer in pairs:
        told = (
            keeper.against(whose[part], (part, offer))
            if offer in offers
            else (_above_cap(offer, base),)
        )
        if told:
            who = references.get(whose[part], "Another child")
            found.append(f"{who} with {_named(offer, base)} could not be kept: {' '.join(told)}")
        else:
            keeper.count((part, offer))
    return found


def _in_order(pairs: Sequence[Pair], whose: Mapping[Any, Any]) -> list[Pair]:
    """Fixed pairs in the order in which officers made the rulings."""
    ids = sorted({offer for _, offer in pairs})
    made: dict[tuple[Any, Any], int] = {}
    for start in range(0, len(ids), 500):
        statement = select(PairRuling.referral_id, PairRuling.offer_id, PairRuling.id).where(
            PairRuling.offer_id.in_(ids[start : start + 500])
        )
        made |= {(who, offer): number for who, offer, number in db.session.execute(statement)}
    return sorted(pairs, key=lambda pair: (made.get((whose[pair[0]], pair[1]), 0), pair))


def _offer(offer_id: Any, base: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(each for each in base["offers"] if each["id"] == offer_id)


def _named(offer_id: Any, base: Mapping[str, Any]) -> str:
    offer = _offer(offer_id, base)
    provider = next(each for each in base["providers"] if each["id"] == offer["provider_id"])
    return f"{provider['name']} ({offer['service']})"


def _above_cap(offer_id: Any, base: Mapping[str, Any]) -> str:
    price = pounds(_offer(offer_id, base)["price_pence_per_hour"])
    return f"At {price} an hour it would be above the price cap."


def told_to_reader(texts: Sequence[str]) -> list[str]:
    """Sentences kept with a run, as whoever reads may have them.

    A child out of the reader's reach is "another child" there.
    """
    words = {word for text in texts for word in _WORD.findall(text)}
    reader = current()
    if reader.is_all or not words:
        return list(texts)
    known = select(Child.id, Child.reference).where(Child.reference.in_(sorted(words)))
    hidden = {
        reference
        for child_id, reference in db.session.execute(known)
        if not reader.admits_child(child_id)
    }
    return [_without(hidden, text) for text in texts]


def _without(hidden: Set[str], text: str) -> str:
    said = _WORD.sub(lambda at: "another child" if at[0] in hidden else at[0], text)
    return said[:1].upper() + said[1:]

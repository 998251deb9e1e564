"""Whether the data have moved on since a match, read from the audit trail, and what moved.

Every change of a row that a match reads is in the trail, so a match remembers the newest entry
of its day and anything later is a change. What time alone brings about (a birthday, evidence
that runs out) is found when the recommendations are checked again (`recheck`).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields

from sqlalchemy import func, select

from app.children.models import Component, ProviderWish, Referral
from app.commissioning.models.match import MatchRun
from app.kernel.audit import AuditEvent
from app.kernel.database import db
from app.kernel.words import listed

# Columns that no match looks at, by table: a change of these alone changes nothing.
_BESIDE_THE_POINT: Mapping[str, frozenset[str]] = {
    "child": frozenset({"reference", "upn", "forename", "surname", "postcode", "sex", "accuracy"}),
    "referral": frozenset({"notes", "reason", "legal_basis"}),
    "offer": frozenset({"reference", "notes", "last_visit_on"}),
    "provider": frozenset({"reference", "notes", "urn", "last_visit_on"}),
    "site": frozenset({"name", "postcode", "accuracy"}),
}
_OF_CHILD = ("child", "child_need")
_OF_REFERRAL = {"component": Component, "provider_wish": ProviderWish}
_OF_OFFER = ("offer", "offer_need", "spare_half_day")
_OF_PROVIDER = ("provider", "site")


@dataclass(frozen=True)
class Moved:
    """How many things have changed since a match."""

    children: int = 0
    offers: int = 0
    providers: int = 0
    stops: int = 0
    commitments: int = 0
    evidence: int = 0
    price_caps: int = 0
    rulings: int = 0
    ties: int = 0
    policy: bool = False

    def __bool__(self) -> bool:
        """Whether anything has."""
        return any(getattr(self, each.name) for each in fields(self))

    @property
    def sentence(self) -> str:
        """What has changed: "3 offers and 2 children have changed since this match."."""
        counts = [
            (count, f"{count:,} {noun if count == 1 else many}")
            for count, noun, many in (
                (self.offers, "offer", "offers"),
                (self.children, "child", "children"),
                (self.providers, "provider", "providers"),
                (self.stops, "stop of placements", "stops of placements"),
                (self.commitments, "call on an offer", "calls on offers"),
                (self.evidence, "item of evidence", "items of evidence"),
                (self.price_caps, "price cap", "price caps"),
                (self.rulings, "ruling by an officer", "rulings by officers"),
                (self.ties, "tie between children", "ties between children"),
                (int(self.policy), "matching policy", ""),
            )
            if count
        ]
        verb = "has" if [count for count, _ in counts] == [1] else "have"
        words = listed(words for _, words in counts)
        return f"{words} {verb} changed since this match.".replace("1 matching", "the matching")


def mark() -> int:
    """The newest entry of the audit trail."""
    return db.session.scalar(select(func.max(AuditEvent.id))) or 0


def moved_since(run: MatchRun) -> Moved:
    """What has changed since a match read its rows."""
    touched = _touched(run)
    by_component = _children_of_parts(touched)
    children = touched["child"] | touched["child_need"] | by_component
    children |= _children_of(Referral.id, touched["referral"])
    return Moved(
        children=len(children),
        offers=len(set().union(*(touched[name] for name in _OF_OFFER))),
        providers=len(set().union(*(touched[name] for name in _OF_PROVIDER))),
        stops=len(touched["placement_stop"]),
        commitments=len(touched["commitment"]),
        evidence=len(touched["evidence"]),
        price_caps=len(touched["price_cap"]),
        rulings=len(touched["pair_ruling"]),
        ties=len(touched["child_tie"]),
        policy=bool(touched["match_policy"]),
    )


def _touched(run: MatchRun) -> dict[str, set[int]]:
    """The ids of the rows that changed in a way that matters, by table."""
    tables = (
        *_OF_CHILD, "referral", *_OF_REFERRAL, *_OF_OFFER, *_OF_PROVIDER,
        "commitment", "evidence", "price_cap", "pair_ruling", "match_policy",
        "placement_stop", "child_tie",
    )  # fmt: skip
    statement = (
        select(AuditEvent.subject, AuditEvent.subject_id, AuditEvent.changes)
        .where(AuditEvent.id > run.trail_mark, AuditEvent.subject.in_(tables))
        .execution_options(yield_per=1_000)
    )
    touched: dict[str, set[int]] = defaultdict(set)
    confirmed_counts = run.parameters.get("confirmed_within_days") is not None
    for subject, subject_id, changes in db.session.execute(statement):
        names = set(changes) - _BESIDE_THE_POINT.get(subject, frozenset())
        if subject == "offer" and not confirmed_counts:
            names.discard("confirmed_on")
        if subject == "match_policy" and not _in_force(changes):
            continue
        if subject in _OF_REFERRAL and "referral_id" in changes:
            touched["referral"] |= {each for each in changes["referral_id"] if each}
        elif names:
            touched[subject].add(subject_id)
    return touched


def _in_force(changes: Mapping[str, list]) -> bool:
    """Whether a change of a policy row put one in force; drafts change no match."""
    return "in_force" in changes.get("state", [])


def _children_of_parts(touched: Mapping[str, set[int]]) -> set[int]:
    found: set[int] = set()
    for name, model in _OF_REFERRAL.items():
        if touched[name]:
            parts = select(model.referral_id).where(model.id.in_(touched[name]))
            found |= _children_of(Referral.id, set(db.session.scalars(parts)))
    return found


def _children_of(column, ids: Collection[int]) -> set[int]:
    """The children of these referrals, asked for in portions that any database takes."""
    wanted, found = sorted(ids), set()
    for start in range(0, len(wanted), 500):
        portion = wanted[start : start + 500]
        found |= set(db.session.scalars(select(Referral.child_id).where(column.in_(portion))))
    return found

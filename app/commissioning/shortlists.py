"""What officers keep for themselves and for a child: saved searches and shortlists."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.children.models import Referral
from app.commissioning.models.search import FrozenSearch, SavedSearch, ShortlistEntry, too_long
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import require
from providers.models.offer import Offer

MOST_LISTED = 50


def save_search(user: User, name: str, query: str, referral: Referral | None) -> SavedSearch:
    """Save a search under a name; one of the same name of this person's is replaced.

    Raises RuleBroken where its address is too long to keep.
    """
    require(too_long(query))
    found = db.session.scalar(
        select(SavedSearch).where(SavedSearch.user_id == user.id, SavedSearch.name == name.strip())
    )
    saved = found or SavedSearch(user_id=user.id, name=name.strip())
    saved.query, saved.referral, saved.saved_at = query, referral, now()
    db.session.add(saved)
    db.session.flush()
    return saved


def forget_search(saved: SavedSearch) -> None:
    """Remove a saved search."""
    db.session.delete(saved)


def saved_searches(user: User) -> Sequence[SavedSearch]:
    """A person's saved searches by name."""
    mine = select(SavedSearch).where(SavedSearch.user_id == user.id)
    return db.session.scalars(mine.order_by(SavedSearch.name).limit(MOST_LISTED)).all()


def frozen_searches():
    """Frozen searches, the newest first, without their results."""
    return select(FrozenSearch).order_by(FrozenSearch.id.desc())


def keep(referral: Referral, offer: Offer, note: str, by: User) -> ShortlistEntry:
    """Put an offer on a child's shortlist, or change the note of one that is there."""
    entry = entry_of(referral, offer)
    if entry is None:
        entry = ShortlistEntry(referral=referral, offer=offer, added_by=by.name, added_at=now())
        db.session.add(entry)
    entry.note = note.strip()
    db.session.flush()
    return entry


def entry_of(referral: Referral, offer: Offer) -> ShortlistEntry | None:
    """An offer's place on a child's shortlist; None where it is not on it."""
    return db.session.scalar(
        select(ShortlistEntry).where(
            ShortlistEntry.referral_id == referral.id, ShortlistEntry.offer_id == offer.id
        )
    )


def drop(entry: ShortlistEntry) -> None:
    """Take an offer off a child's shortlist."""
    db.session.delete(entry)


def shortlist(referral: Referral) -> Sequence[ShortlistEntry]:
    """A child's shortlist, in the order in which it was drawn up."""
    mine = select(ShortlistEntry).where(ShortlistEntry.referral_id == referral.id)
    whole = mine.options(joinedload(ShortlistEntry.offer)).order_by(ShortlistEntry.id)
    return db.session.scalars(whole).all()


def offer_on_list(offer_id: int | None) -> Offer:
    """The offer of an id that an address gives. Raises RuleBroken where there is none."""
    offer = db.session.get(Offer, offer_id) if offer_id is not None else None
    require(None if offer else "That offer is no longer in the directory. Search again.")
    return offer

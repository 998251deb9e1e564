"""What the pages about capacity share: what a link stands for, and saving what was entered."""

from app.kernel import audit
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.links import DeadLink, Purpose, subject_of
from app.web.forms.capacity import StateCapacity
from providers import confirmations
from providers.models.ask import CapacityAsk
from providers.models.offer import Offer
from providers.needs import DAY_NAMES, sessions_in_words


def asked_by(token: str) -> CapacityAsk:
    """The question that a link answers. Raises DeadLink where it answers none, or no longer."""
    row = db.session.get(CapacityAsk, subject_of(Purpose.CONFIRM_CAPACITY, token))
    if row is None:
        raise DeadLink("This link is not known here.")
    if reason := confirmations.why_dead(row):
        raise DeadLink(reason)
    return row


def confirm_by_link(token: str, shown: str) -> int:
    """Confirm what a link's page showed; the trail names the link, since nobody has signed in.

    Raises DeadLink, or RuleBroken where what is free was changed in between.
    """
    row = asked_by(token)
    audit.name_deed(audit.Actor(None, f"{row.provider.name}, by email link"), "capacity:confirm")
    return confirmations.answer(row, shown)


def save(offer: Offer, form: StateCapacity) -> bool:
    """Save what was entered; where a rule forbids it, its reasons go to the form."""
    try:
        confirmations.state(
            offer,
            hours=form.hours.data,
            places=form.places.data,
            by_half_day=form.by_half_day,
            opens_on=form.opens_on.data,
        )
    except RuleBroken as refusal:
        form.places.errors = [*form.places.errors, *refusal.reasons]
        return False
    return True


WORDS = {"days": sessions_in_words, "day_names": DAY_NAMES}

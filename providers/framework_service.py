"""Running the open framework: its windows, its dates, the next framework, and what is committed.

Every change is a decision with a reason, kept in the scheme's own history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.kernel.audit import Actor
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.money import pounds, round_half_up
from app.kernel.rules import require
from app.kernel.words import in_words
from providers import procurement
from providers.models.commitment import Commitment, CommitmentState
from providers.models.framework import (
    Framework,
    Lot,
    Scheme,
    SchemeDecision,
    SchemeWindow,
    Service,
)
from providers.models.offer import Offer


@dataclass(frozen=True)
class Spend:
    """What a framework has committed: pence up to a date, and until all of it has run out.

    Commitments without a last day count until the framework's own.
    """

    so_far: int
    in_all: int

    def share(self, framework: Framework) -> float | None:
        """Committed in all as a share of the maximum value; None where there is no maximum."""
        return self.in_all / framework.max_value_pence if framework.max_value_pence else None


def schemes() -> Sequence[Scheme]:
    """Every scheme with its frameworks, windows and decisions, the newest first."""
    return db.session.scalars(
        select(Scheme)
        .options(
            selectinload(Scheme.frameworks).selectinload(Framework.lots).selectinload(Lot.services),
            selectinload(Scheme.windows),
            selectinload(Scheme.decisions),
        )
        .order_by(Scheme.id.desc())
    ).all()


def open_scheme(on: date) -> Scheme | None:
    """The scheme that takes applications on a date; None where none does."""
    return next((scheme for scheme in schemes() if scheme.is_open(on)), None)


def warnings(scheme: Scheme, on: date) -> tuple[str, ...]:
    """What to look at in a scheme's dates."""
    if not scheme.frameworks:
        return ()
    awards = [framework.starts_on for framework in scheme.frameworks]
    return procurement.scheme_warnings(awards, scheme.frameworks[-1].ends_on, on)


def spend_of(framework: Framework, on: date) -> Spend:
    """What is committed under a framework, up to a date and in all.

    Counted are all services of the scheme, on the days on which this framework runs.
    """
    lots = select(Lot.id).join(Lot.framework).where(Framework.scheme_id == framework.scheme_id)
    rows = db.session.execute(
        select(Commitment.pence_a_week, Commitment.starts_on, Commitment.ends_on)
        .join(Offer, Offer.id == Commitment.offer_id)
        .join(Service, Service.id == Offer.service_id)
        .where(Commitment.state != CommitmentState.RELEASED, Service.lot_id.in_(lots))
    )
    so_far = in_all = 0
    for pence, starts_on, ends_on in rows:
        first = max(starts_on, framework.starts_on)
        last = min(ends_on or framework.ends_on, framework.ends_on)
        in_all += pence * _days(first, last)
        so_far += pence * _days(first, min(last, on))
    return Spend(round_half_up(Fraction(so_far, 7)), round_half_up(Fraction(in_all, 7)))


def open_window(
    scheme: Scheme, opens_on: date, closes_on: date | None, reason: str, *, by: Actor
) -> SchemeWindow:
    """Reopen the whole scheme for a time, or until it is closed.

    Raises RuleBroken where the days are the wrong way round, meet another window, or lie outside
    every framework.
    """
    last = closes_on or date.max
    meeting = [w for w in scheme.windows if w.opens_on <= last and opens_on <= _end(w)]
    require(
        _no_reason(reason),
        "The window must close after it opens." if last < opens_on else None,
        f"The scheme is open from {in_words(meeting[0].opens_on)} already. Close that window first."
        if meeting
        else None,
        None
        if scheme.framework_on(opens_on)
        else f"No framework of the scheme runs on {in_words(opens_on)}.",
    )
    window = SchemeWindow(opens_on=opens_on, closes_on=closes_on)
    scheme.windows.append(window)
    until = f" to {in_words(closes_on)}" if closes_on else ", until it is closed"
    _decide(scheme, f"Open to applications from {in_words(opens_on)}{until}", reason, by)
    db.session.flush()
    return window


def close_window(window: SchemeWindow, closes_on: date, reason: str, *, by: Actor) -> None:
    """Set the last day of a window. Raises RuleBroken where that lies before its first."""
    require(
        _no_reason(reason),
        f"The window opened on {in_words(window.opens_on)}. Enter that day or a later one."
        if closes_on < window.opens_on
        else None,
    )
    window.closes_on = closes_on
    _decide(window.scheme, f"Closed to applications after {in_words(closes_on)}", reason, by)


def change_terms(
    framework: Framework,
    starts_on: date,
    ends_on: date,
    max_value_pence: int | None,
    reason: str,
    *,
    by: Actor,
) -> None:
    """Change a framework's dates or maximum value.

    Raises RuleBroken where nothing changes, the dates are the wrong way round, or they meet
    another framework's of the scheme.
    """
    others = [row for row in framework.scheme.frameworks if row is not framework]
    changes = _changes(framework, starts_on, ends_on, max_value_pence)
    require(
        _no_reason(reason),
        None if changes else "Nothing was changed.",
        "The framework must end after it starts." if ends_on <= starts_on else None,
        *(
            f"{row.reference} runs from {in_words(row.starts_on)} to {in_words(row.ends_on)}. "
            "Frameworks of a scheme follow one another."
            for row in others
            if row.starts_on <= ends_on and starts_on <= row.ends_on
        ),
    )
    framework.starts_on, framework.ends_on = starts_on, ends_on
    framework.max_value_pence = max_value_pence
    _decide(framework.scheme, f"{framework.reference}: {'; '.join(changes)}", reason, by)


def start_next(
    scheme: Scheme,
    *,
    reference: str,
    name: str,
    starts_on: date,
    ends_on: date,
    max_value_pence: int | None,
    reason: str,
    by: Actor,
) -> Framework:
    """The scheme's next framework, with the same lots and services; the last ends the day before.

    Raises RuleBroken where the reference is taken or the dates do not follow on.
    """
    last = scheme.frameworks[-1]
    taken = db.session.scalar(select(Framework.id).where(Framework.reference == reference))
    require(
        _no_reason(reason),
        f"A framework with reference {reference} exists already." if taken else None,
        "The framework must end after it starts." if ends_on <= starts_on else None,
        f"{last.reference} started on {in_words(last.starts_on)}. Enter a later day."
        if starts_on <= last.starts_on
        else None,
    )
    last.ends_on = min(last.ends_on, starts_on - timedelta(days=1))
    framework = Framework(
        scheme=scheme,
        reference=reference,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        max_value_pence=max_value_pence,
        lots=[Lot(code=lot.code, name=lot.name, services=list(lot.services)) for lot in last.lots],
    )
    db.session.add(framework)
    what = f"{reference} follows {last.reference} from {in_words(starts_on)}"
    _decide(scheme, what, reason, by)
    db.session.flush()
    return framework


def _changes(
    framework: Framework, starts_on: date, ends_on: date, max_value_pence: int | None
) -> list[str]:
    pairs = (
        ("start", in_words(framework.starts_on), in_words(starts_on)),
        ("end", in_words(framework.ends_on), in_words(ends_on)),
        ("maximum value", _amount(framework.max_value_pence), _amount(max_value_pence)),
    )
    return [f"{name} from {old} to {new}" for name, old, new in pairs if old != new]


def _amount(pence: int | None) -> str:
    return "none" if pence is None else pounds(pence)


def _decide(scheme: Scheme, what: str, reason: str, by: Actor) -> None:
    scheme.decisions.insert(
        0, SchemeDecision(what=what, reason=reason.strip(), decided_by=by.name, decided_at=now())
    )


def _no_reason(reason: str) -> str | None:
    return None if reason.strip() else "Enter the reason."


def _end(window: SchemeWindow) -> date:
    return window.closes_on or date.max


def _days(first: date, last: date) -> int:
    return max(0, (last - first).days + 1)

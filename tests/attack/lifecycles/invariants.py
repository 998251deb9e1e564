"""What holds after every command, reckoned from the rows by other ways than the site's own."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select

from app.children.lifecycle import ReferralState
from app.children.models import Referral
from app.children.terms import is_school_day
from app.commissioning.agreements.lifecycle import ONCE_ACCEPTED
from app.commissioning.agreements.models import Agreement
from app.commissioning.budgets import lines
from app.commissioning.invoices.models import Invoice, InvoiceKind, InvoiceState
from app.commissioning.placements.lifecycle import (
    COMMITTED,
    OPEN,
    PlacementState,
    ProposalState,
)
from app.commissioning.placements.models import Disclosure, Placement
from app.kernel.clock import LONDON, today
from app.kernel.database import db
from app.kernel.money import round_half_up
from providers.models.commitment import Commitment
from providers.models.offer import Offer

ONE_DAY = timedelta(days=1)
YEARS = (2026, 2027)
_school: dict[date, bool] = {}


def hold_everywhere() -> None:
    """Every invariant; an AssertionError names the one that is broken."""
    placements = db.session.scalars(select(Placement)).all()
    room_is_never_exceeded(placements)
    nothing_starts_without_approval_and_plan(placements)
    spend_is_the_sum_of_its_parts(placements)
    nobody_is_placed_twice_or_hidden(placements)
    identity_is_told_once_and_on_award(placements)
    invoices_stay_within_what_was_delivered()
    db.session.rollback()


def days_of(placement: Placement) -> list[date]:
    """The days on which a placement holds room."""
    if placement.state not in COMMITTED:
        return []
    span = (placement.last_day - placement.starts_on).days + 1
    return [placement.starts_on + timedelta(days=number) for number in range(span)]


def version_on(placement: Placement, day: date) -> Agreement | None:
    """The version of the agreement whose terms hold on a day: the latest that was accepted."""
    held = [each for each in placement.agreements if each.state in ONCE_ACCEPTED]
    begun = [each for each in held if each.number == 1 or each.effective_on <= day]
    return max(begun or held, key=lambda each: each.number, default=None)


def room_is_never_exceeded(placements) -> None:
    """On no day do an offer's children or hours come to more than it said it has room for.

    Counted from the placements and, apart from that, from the provider's commitments.
    """
    hours, children = defaultdict(int), defaultdict(int)
    for placement in placements:
        for day in days_of(placement):
            version = version_on(placement, day)
            hours[placement.offer_id, day] += version.hours if version else placement.hours
            children[placement.offer_id, day] += 1
    promised, taken = defaultdict(int), defaultdict(int)
    for each in db.session.scalars(select(Commitment)):
        assert each.ends_on is not None
        for number in range((each.ends_on - each.starts_on).days + 1):
            day = each.starts_on + timedelta(days=number)
            if each.runs_on(day):
                promised[each.offer_id, day] += each.hours
                taken[each.offer_id, day] += each.places
    for offer in db.session.scalars(select(Offer)):
        for counted, most in (
            (hours, offer.hours_free),
            (promised, offer.hours_free),
            (children, offer.places_free),
            (taken, offer.places_free),
        ):
            over = {key: n for key, n in counted.items() if key[0] == offer.id and n > most}
            assert not over, f"{offer.reference} has room for {most}, not {over}"
    for key in hours.keys() | promised.keys():
        if key[1] > today():  # what is cancelled on its first day keeps its room for that day
            assert hours[key] == promised[key], f"placed and promised differ on {key}"


def nothing_starts_without_approval_and_plan(placements) -> None:
    """A live placement has its approval by another than its proposer, agreement and plan."""
    for placement in placements:
        if placement.state in COMMITTED:
            proposal = placement.proposal
            assert proposal.state is ProposalState.APPROVED, placement.reference
            assert proposal.decided_by_id != proposal.proposed_by_id
            assert placement.commitment is not None
            awarded = placement.awarded_at.astimezone(LONDON).date()
            assert awarded <= placement.starts_on, f"{placement.reference} before its approval"
        if placement.state is PlacementState.LIVE:
            assert placement.starts_on <= today()
            assert placement.agreement.is_accepted, placement.reference
            assert placement.plan is not None, placement.reference
            assert placement.plan.missing() == (), placement.plan.missing()
            accepted = [each for each in placement.agreements if each.is_accepted]
            assert len(accepted) == 1, f"{placement.reference} has {len(accepted)} in force"
            assert accepted[0].hours == placement.hours
            assert accepted[0].ends_on == placement.ends_on


def spend_is_the_sum_of_its_parts(placements) -> None:
    """The budget page against each school day's price, and against the invoices."""
    committed, waiting = defaultdict(int), defaultdict(int)
    for placement in placements:
        inside = placement.proposal.state in (ProposalState.SUBMITTED, ProposalState.QUESTIONED)
        if placement.state in COMMITTED:
            bearer, last = committed, placement.last_day
        elif placement.state is PlacementState.PROPOSED and inside:
            bearer, last = waiting, placement.ends_on
        else:
            continue
        for year, pence in by_day(placement, last).items():
            bearer[year, placement.tier] += pence
    actual = defaultdict(int)
    for invoice in db.session.scalars(select(Invoice)):
        assert invoice.net_pence == sum(line.net_pence for line in invoice.lines)
        if invoice.state is InvoiceState.APPROVED:
            for line in invoice.lines:
                actual[year_of(line.first_day), line.placement.tier] += line.net_pence
    for year in YEARS:
        for line in lines.lines_of(year):
            key = (year, line.tier)
            assert line.committed == committed[key], f"committed of {key}"
            assert line.waiting == waiting[key], f"waiting of {key}"
            assert line.actual == actual[key], f"actual of {key}"
            assert line.forecast == line.committed + line.waiting + line.departs
            assert 0 <= line.to_date <= line.committed


def year_of(day: date) -> int:
    """The year in which a day's financial year began."""
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def by_day(placement: Placement, last: date) -> dict[int, int]:
    """What a placement costs each financial year: a fifth of the week's price a school day."""
    provision, transport = defaultdict(Fraction), defaultdict(Fraction)
    day = placement.starts_on
    while day <= last:
        year = year_of(day)
        provision[year] += 0
        transport[year] += 0
        if day not in _school:
            _school[day] = is_school_day(day)
        if _school[day]:
            version = version_on(placement, day)
            week = version.pence_a_week if version else placement.pence_a_week
            provision[year] += Fraction(week, 5)
            transport[year] += Fraction(placement.transport_pence_a_week, 5)
        day += ONE_DAY
    return {y: round_half_up(provision[y]) + round_half_up(transport[y]) for y in provision}


def nobody_is_placed_twice_or_hidden(placements) -> None:
    """A part of a package has one placement at a time; a child without any is on the list."""
    held = defaultdict(list)
    for placement in placements:
        if placement.state in OPEN:
            held[placement.component_id].append(placement.reference)
    for component, references in held.items():
        assert len(references) == 1, f"component {component} has {references}"
    for referral in db.session.scalars(select(Referral)):
        whole = all(part.id in held for part in referral.components)
        if referral.state is ReferralState.WAITING:
            assert not whole, f"referral {referral.id} waits and is placed"
        if referral.state is ReferralState.PLACED and not whole:
            ended = {each.component_id for each in placements if each.state == "ended"}
            parts = {part.id for part in referral.components}
            assert parts <= ended | held.keys(), f"referral {referral.id} is hidden"


def identity_is_told_once_and_on_award(placements) -> None:
    """Each award, and nothing else, told a provider who the child is."""
    told = sorted(each.placement_id for each in db.session.scalars(select(Disclosure)))
    assert told == sorted(each.id for each in placements if each.awarded_at is not None)


def invoices_stay_within_what_was_delivered() -> None:
    """Days stand on one approved invoice, unless a reason says why not; credits give back no more
    than was asked for."""
    approved = db.session.scalars(select(Invoice).where(Invoice.state == InvoiceState.APPROVED))
    days, minutes = set(), defaultdict(int)
    for invoice in approved:
        for line in invoice.lines:
            minutes[line.placement_id, line.first_day] += line.minutes
            if invoice.kind is InvoiceKind.CREDIT_NOTE or invoice.reason:
                continue
            key = (line.placement_id, line.first_day, line.last_day)
            assert key not in days, f"{key} was invoiced twice"
            days.add(key)
    assert all(number >= 0 for number in minutes.values()), minutes

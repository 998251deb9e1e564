"""The commands that people give in a sequence, each through its service, as its page would.

Each takes the person first, then the row it is about, then what was chosen at random.
"""

from datetime import timedelta
from fractions import Fraction

from app.accounts.models import User
from app.children import referring
from app.children.models import Child, Referral
from app.commissioning.agreements import service as agreements
from app.commissioning.agreements.models import Agreement
from app.commissioning.agreements.terms import Change
from app.commissioning.attendance import service as attendance
from app.commissioning.attendance.models import Half
from app.commissioning.enquiries import service as enquiries
from app.commissioning.enquiries.lifecycle import DeclineReason
from app.commissioning.enquiries.models import EnquiryAsk
from app.commissioning.invoices import drafting
from app.commissioning.invoices import service as invoices
from app.commissioning.invoices.models import Invoice
from app.commissioning.placements import deciding, proposing, running
from app.commissioning.placements.deciding import Decider
from app.commissioning.placements.gatekeeping import Ground
from app.commissioning.placements.lifecycle import Destination
from app.commissioning.placements.models import Placement, Proposal
from app.commissioning.placements.proposing import Terms, Wanted
from app.commissioning.plans import service as plans
from app.commissioning.plans.models import PARTS
from app.commissioning.plans.service import Aim
from app.commissioning.progress import endings, reviews
from app.commissioning.progress.lifecycle import NextStep, Outcome, Progress
from app.kernel.clock import today
from app.kernel.database import db
from providers import stops
from providers.models.offer import Offer
from providers.models.provider import Provider
from providers.models.stop import PlacementStop
from providers.needs import LegalBasis, ReferralReason, Tier

WHY = "There is a good reason."


def refer_again(by: User, child: Child) -> None:
    """A new referral for a child who was referred before."""
    draft = referring.begin(child, {"reason": ReferralReason.PERMANENT_EXCLUSION}, by)
    asked = child.referrals[0].components
    referring.save_support(draft, {part.service_id: part.hours for part in asked})
    db.session.flush()
    referring.submit(draft)


def submit_referral(_by: User, referral: Referral) -> None:
    """A draft goes on the waiting list."""
    referring.submit(referral)


def withdraw_referral(_by: User, referral: Referral) -> None:
    """Nothing is asked for a child any more."""
    referring.withdraw(referral, WHY)


def enquire(by: User, referral: Referral) -> None:
    """Every provider of what a child needs is asked."""
    asked = [part.service_id for part in referral.components]
    offers = db.session.query(Offer).filter(Offer.service_id.in_(asked)).all()
    enquiries.send(referral, offers, "", by, days=2)


def offer(by: User, ask: EnquiryAsk, days: int = 0, hours: int = 5, less: int = 0) -> None:
    """A provider offers, at its list price or below."""
    price = ask.offer.price.net_per_hour() - less
    answer = enquiries.Answer(today() + timedelta(days=days), hours, price, "After a visit")
    enquiries.make_offer(ask, answer, by.name)


def turn_down(by: User, ask: EnquiryAsk) -> None:
    """A provider declines."""
    enquiries.decline(ask, DeclineReason.FULL, "", by.name)


def choose(_by: User, ask: EnquiryAsk) -> None:
    """An offer is taken."""
    enquiries.choose(ask)


def propose(by: User, referral: Referral, which=0, days=0, weeks=6, hours=None) -> None:
    """An offer for each part of a package, with a reason for whatever needs one."""
    wanted = []
    for part in referral.components:
        found = db.session.query(Offer).filter_by(service_id=part.service_id).order_by(Offer.id)
        offers = found.all()
        wanted.append(Wanted(part, offers[which % len(offers)], hours=hours))
    first = today() + timedelta(days=days)
    last = first + timedelta(weeks=weeks)
    terms = Terms(first, last, Tier.TWO, LegalBasis.SECTION_19, by.id)
    proposal = proposing.draft(referral, wanted, terms, by)
    proposing.submit(proposal, WHY, dict.fromkeys(Ground, WHY))


def withdraw_proposal(_by: User, proposal: Proposal) -> None:
    """A proposal is taken back."""
    proposing.withdraw(proposal)


def answer(by: User, proposal: Proposal, days: int | None = None) -> None:
    """A question is answered, with another first day or with the one that was."""
    first = None if days is None else today() + timedelta(days=days)
    proposing.answer(proposal, WHY, by, first)


def approve(by: User, proposal: Proposal) -> None:
    """A proposal is approved; never while placements there are stopped."""
    deciding.approve(proposal, Decider(by))
    for placement in proposal.placements:
        assert not stops.covering(placement.offer), "approved in spite of a stop"
        assert placement.pence_per_hour <= placement.offer.price.net_per_hour()


def question(by: User, proposal: Proposal) -> None:
    """A proposal goes back with a question."""
    deciding.return_with_question(proposal, WHY, Decider(by))


def refuse(by: User, proposal: Proposal) -> None:
    """A proposal is refused."""
    deciding.refuse(proposal, WHY, Decider(by))


def write_plan(_by: User, proposal: Proposal, whole: bool = True, number: int = 1) -> None:
    """The plan is written, whole or only begun."""
    parts = {name: 12 if name == "longest_weeks" else WHY for name in PARTS}
    first, _last = plans.days_of(proposal)
    aims = [Aim(WHY, WHY, WHY)] * number if whole else []
    plans.save(proposal, parts if whole else {"purpose": WHY}, aims, [first] if whole else [])


def accept(by: User, version: Agreement) -> None:
    """A provider accepts a version."""
    agreements.accept(version, by)


def decline(by: User, version: Agreement) -> None:
    """A provider declines a version."""
    agreements.decline(version, WHY, by)


def offer_again(by: User, placement: Placement) -> None:
    """A declined agreement is offered again."""
    agreements.offer_again(placement, by)


def vary(by: User, placement: Placement, days=0, hours=0, pence=0, weeks=0) -> None:
    """Other hours, another price or another last day."""
    first = placement.starts_on if placement.state == "agreed" else today()
    change = Change(
        first + timedelta(days=days),
        placement.ends_on + timedelta(weeks=weeks),
        max(1, placement.hours + hours),
        max(1, placement.pence_per_hour + pence),
    )
    agreements.propose(placement, change, WHY, by)


def approve_version(by: User, version: Agreement) -> None:
    """A variation that costs more is approved."""
    agreements.approve(version, by)


def refuse_version(by: User, version: Agreement) -> None:
    """A variation is refused."""
    agreements.refuse(version, WHY, by)


def withdraw_version(_by: User, version: Agreement) -> None:
    """A variation is taken back."""
    agreements.withdraw(version)


def start(_by: User, placement: Placement) -> None:
    """The child begins."""
    running.start(placement)


def cancel(_by: User, placement: Placement) -> None:
    """A placement is cancelled before it begins."""
    running.cancel(placement, WHY)


def attend(by: User, number: int = 1, back: int = 0, code: str = "K", minutes: int = 120) -> None:
    """A provider fills in a session of a day, of whichever placement."""
    day = today() - timedelta(days=back)
    there = attendance.marks_on([db.session.get_one(Placement, number)], day)
    seen = there.get((number, Half.AM))
    entry = attendance.Entry(number, Half.AM, code, minutes, "", seen.version if seen else 0)
    attendance.record(by.provider_id, day, [entry], by=by.actor, out_of_term="")


def stop(by: User, provider: Provider) -> None:
    """New placements at a provider are stopped, and every child there is looked at."""
    stops.impose_by_hand(provider, WHY, "A concern", by=by.actor)


def lift(by: User, stopped: PlacementStop) -> None:
    """A stop is lifted."""
    stops.lift(stopped, WHY, by=by.actor)


def hold_review(by: User, placement: Placement, back: int = 0) -> None:
    """A review is recorded."""
    day = today() - timedelta(days=back)
    said = reviews.Conclusion(day, WHY, WHY, WHY, WHY, NextStep.CONTINUE)
    plan = placement.plan
    far = {each.id: (Progress.ON_TRACK, "") for each in plan.objectives} if plan else {}
    reviews.hold(placement, said, far, by=by.actor)


def end(by: User, placement: Placement, back: int = 0, broke_down=False, again=False) -> None:
    """A placement ends on a day that has come."""
    plan = placement.plan
    outcomes = {each.id: Outcome.MET for each in plan.objectives} if plan else {}
    where = Destination.BROKE_DOWN if broke_down else Destination.REINTEGRATED
    day = today() - timedelta(days=back)
    endings.end(
        placement, day, where, outcomes, where="School", reason=WHY, waits_again=again, by=by
    )


def draft_invoice(by: User, back: int = 0) -> None:
    """A provider takes up the invoice of a month."""
    drafting.draft(by.provider, today() - timedelta(days=back))


def change_line(_by: User, invoice: Invoice, minutes: int = 60, more: int = 0) -> None:
    """A provider corrects a line of its invoice."""
    line = invoice.lines[0]
    drafting.change_line(
        line, hours=Fraction(minutes, 60), pence_per_hour=line.pence_per_hour + more
    )


def submit_invoice(_by: User, invoice: Invoice, number: int = 0) -> None:
    """A provider submits an invoice, or answers a query."""
    invoices.submit(invoice, number=f"N-{number}", answer=WHY)


def withdraw_invoice(_by: User, invoice: Invoice) -> None:
    """A provider takes an invoice back."""
    invoices.withdraw(invoice)


def query_invoice(_by: User, invoice: Invoice) -> None:
    """Finance asks about an invoice."""
    invoices.query(invoice, WHY)


def approve_invoice(by: User, invoice: Invoice, reason: str = "") -> None:
    """Finance approves; without a reason never more than was delivered at the agreed price."""
    invoices.approve(invoice, by=by, reason=reason)
    if reason or invoice.kind == "credit_note":
        return
    recorded = drafting.delivered_minutes(invoice.lines)
    for line in invoice.lines:
        delivered = recorded[line.placement_id, line.first_day, line.last_day]
        assert line.minutes <= delivered, f"{line.minutes} invoiced, {delivered} delivered"


def refuse_invoice(by: User, invoice: Invoice) -> None:
    """Finance refuses."""
    invoices.refuse(invoice, by=by, reason=WHY)


def credit(_by: User, invoice: Invoice, hours: int = 1) -> None:
    """A provider gives hours back."""
    drafting.credit(invoice, {invoice.lines[0].id: Fraction(hours)}, WHY)


def export(by: User) -> None:
    """Finance takes what is approved to its own system."""
    invoices.export(by=by)


def change_price(_by: User, provider: Provider, pence: int = 0) -> None:
    """The list prices of a provider change."""
    for each in provider.offers:
        each.price_pence = max(1, each.price_pence + pence)

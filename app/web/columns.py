"""What lists say when they are taken away as a spreadsheet: the columns of each, in order.

Money is in pounds, so that a spreadsheet adds it up. Of a child, a file says no more than the list
that it is of: where a list is read by people who may not see children, `named` leaves names empty.
"""

from typing import Any

from flask_login import current_user

from app.access import Permission, may
from app.commissioning.equality import Group
from app.web.export import Columns
from app.web.formats import per_cent


def pounds(pence: int | None) -> float | None:
    """Pence as the number of pounds in a cell; None stays empty."""
    return None if pence is None else pence / 100


def named(child: Any) -> str:
    """A child's name, for those alone who may see children."""
    return child.full_name if may(current_user, Permission.VIEW_CHILD) else ""


def _each(things: Any, say: Any) -> str:
    return "; ".join(say(thing) for thing in things)


def share_shown(group: Group) -> float | str | None:
    """A share placed as it may be shown: a number, a bound of it in words, or that it is not."""
    if group.bound:
        return f"{group.bound} {per_cent(group.placed_share)}"
    return "Withheld" if group.placed_share is None else group.placed_share


def _unless(withheld: bool, number: int) -> int | str:
    return "Withheld" if withheld else number


ANSWERS: Columns = {
    "Enquiry": lambda ask: ask.enquiry.reference,
    "Service": lambda ask: ask.offer.service.name,
    "Hours a week asked": lambda ask: ask.hours_asked,
    "Age": lambda ask: ask.enquiry.profile.get("age_band"),
    "Area": lambda ask: ask.enquiry.profile.get("area"),
    "State": lambda ask: ask.state,
    "Answer by": lambda ask: ask.enquiry.answer_by,
    "Answered": lambda ask: ask.answered_at,
    "Answered by": lambda ask: ask.answered_by,
    "Late": lambda ask: ask.late,
    "First day": lambda ask: ask.starts_on,
    "Hours a week offered": lambda ask: ask.hours,
    "Price an hour (£)": lambda ask: pounds(ask.pence_per_hour),
    "Condition": lambda ask: ask.condition,
    "Declined because": lambda ask: ask.decline_reason,
}
MISSING_REGISTERS: Columns = {
    "Day": lambda each: each.day,
    "Child": lambda each: each.placement.child.reference,
    "Name": lambda each: each.placement.child.full_name,
    "Placement": lambda each: each.placement.reference,
    "Provider": lambda each: each.placement.offer.provider.name,
    "Service": lambda each: each.placement.service.name,
    "SEND officer": lambda each: each.placement.officer.name if each.placement.officer else None,
    "Missing": lambda each: (
        _each(each.halves, lambda half: half.label) or "Nothing in the week to this day"
    ),
}
UNEXPLAINED: Columns = {
    "Child": lambda mark: mark.placement.child.reference,
    "Name": lambda mark: mark.placement.child.full_name,
    "Placement": lambda mark: mark.placement.reference,
    "Provider": lambda mark: mark.placement.offer.provider.name,
    "Service": lambda mark: mark.placement.service.name,
    "SEND officer": lambda mark: mark.placement.officer.name if mark.placement.officer else None,
    "Day": lambda mark: mark.day,
    "Session": lambda mark: mark.half,
    "Note of the provider": lambda mark: mark.note,
    "Recorded by": lambda mark: mark.recorded_by,
    "Recorded": lambda mark: mark.recorded_at,
}
ATTENDANCE_CODES: Columns = {
    "Code": lambda code: code.code,
    "Words": lambda code: code.label,
    "Counts as": lambda code: code.meaning,
    "A button of the register": lambda code: code.quick,
    "In use": lambda code: code.in_use,
}
BUDGET_LINE: Columns = {
    "Placement": lambda cost: cost.placement.reference,
    "Child": lambda cost: cost.placement.child.reference,
    "Name": lambda cost: named(cost.placement.child),
    "State": lambda cost: cost.placement.state,
    "Service": lambda cost: cost.placement.service.name,
    "First day": lambda cost: cost.placement.starts_on,
    "Last day": lambda cost: cost.placement.last_day,
    "Provision in the year (£)": lambda cost: pounds(cost.pence),
    "Transport in the year (£)": lambda cost: pounds(cost.transport_pence),
}
LOOKS: Columns = {
    "When": lambda look: look.at,
    "Who": lambda look: look.user.name,
    "Role": lambda look: look.user.role,
    "Page": lambda look: page_in_words(look.view),
}
NOTICES: Columns = {
    "Notice": lambda notice: notice.topic.subject,
    "What has changed": lambda notice: notice.topic.changed,
    "What to do": lambda notice: notice.topic.to_do,
    "When": lambda notice: notice.told_at,
    "Read": lambda notice: notice.read_at,
    "Email": lambda notice: notice.state,
    "Page": lambda notice: f"/notices/{notice.id}",
}
UPLIFT_PROPOSALS: Columns = {
    "Provider": lambda row: row.offer.provider.name,
    "Offer": lambda row: row.offer.reference,
    "Service": lambda row: row.offer.service.name,
    "Price now (£)": lambda row: pounds(row.pence_before),
    "Proposed price (£)": lambda row: pounds(row.price_pence),
    "Price is per": lambda row: row.price_unit,
    "VAT": lambda row: row.vat_basis,
    "Rise (%)": lambda row: round(row.rise * 100, 1),
    "Why": lambda row: row.reason,
    "State": lambda row: row.state,
    "Comment": lambda row: row.comment,
    "Proposed": lambda row: row.proposed_at,
    "Decided by": lambda row: row.decided_by,
    "Decided": lambda row: row.decided_at,
}
PANELS: Columns = {
    "Day": lambda meeting: meeting.held_on,
    "State": lambda meeting: meeting.state,
    "Place": lambda meeting: meeting.place,
    "Items": lambda meeting: len(meeting.items),
    "Decided": lambda meeting: sum(item.decision is not None for item in meeting.items),
    "Called by": lambda meeting: meeting.called_by,
    "Present": lambda meeting: meeting.present,
}
PROPOSALS: Columns = {
    "Proposal": lambda proposal: proposal.reference,
    "Child": lambda proposal: proposal.child.reference,
    "Name": lambda proposal: named(proposal.child),
    "Providers": lambda proposal: _each(proposal.placements, lambda p: p.offer.provider.name),
    "Services": lambda proposal: _each(proposal.placements, lambda p: p.service.name),
    "Hours a week": lambda proposal: sum(p.hours for p in proposal.placements),
    "Cost a week, with transport (£)": lambda proposal: pounds(proposal.pence_a_week),
    "State": lambda proposal: proposal.state,
    "Proposed": lambda proposal: proposal.proposed_at,
    "Proposed by": lambda proposal: proposal.proposed_by,
    "Exceptions": lambda proposal: len(proposal.reasons),
    "Decided": lambda proposal: proposal.decided_at,
    "Decided by": lambda proposal: proposal.decided_by,
}
DRAFTS: Columns = {
    "Child": lambda draft: draft.child.reference,
    "Name": lambda draft: draft.child.full_name,
    "Reason": lambda draft: draft.reason,
    "Officer responsible": lambda draft: draft.officer.name if draft.officer else None,
}
INVOICE_BATCHES: Columns = {
    "Batch": lambda batch: batch[0].reference,
    "Made": lambda batch: batch[0].made_at,
    "Made by": lambda batch: batch[0].made_by,
    "Invoices": lambda batch: batch[1][0],
    "Net (£)": lambda batch: pounds(batch[1][1]),
    "VAT (£)": lambda batch: pounds(batch[1][2]),
}
SET_ASIDE: Columns = {
    "Child": lambda pair: pair[0],
    "Why": lambda pair: pair[1],
}
SHORTLIST: Columns = {
    "Provider": lambda pair: pair[1].offer.provider.name,
    "Service": lambda pair: pair[1].offer.service.name,
    "Note": lambda pair: pair[0].note,
    "What speaks for it": lambda pair: "; ".join(pair[1].why),
    "What speaks against it": lambda pair: "; ".join(map(str, pair[1].against)),
    "Added by": lambda pair: pair[0].added_by,
    "Added": lambda pair: pair[0].added_at,
}
MATCHES: Columns = {
    "Match": lambda run: run.id,
    "Kind": lambda run: run.kind,
    "Beside match": lambda run: run.base_id,
    "Asked for": lambda run: run.requested_at,
    "By": lambda run: run.requested_by,
    "State": lambda run: run.state.value.capitalize(),
    "Children": lambda run: run.children,
    "Placed": lambda run: run.placed if run.state == "finished" else None,
    "Cost a week (£)": lambda run: (
        pounds(run.weekly_cost_pence) if run.state == "finished" else None
    ),
}
RULINGS: Columns = {
    "Child": lambda ruling: ruling.referral.child.reference,
    "Name": lambda ruling: ruling.referral.child.full_name,
    "Provider": lambda ruling: ruling.offer.provider.name,
    "Service": lambda ruling: ruling.offer.service.name,
    "Ruling": lambda ruling: ruling.kind,
    "Reason": lambda ruling: ruling.reason,
    "Made by": lambda ruling: ruling.made_by,
    "Made": lambda ruling: ruling.made_at,
}
FROZEN_SEARCHES: Columns = {
    "Frozen": lambda kept: kept.frozen_at,
    "By": lambda kept: kept.frozen_by,
    "Child": lambda kept: kept.referral.child.reference if kept.referral else None,
    "Why": lambda kept: kept.reason,
    "Fitted": lambda kept: kept.suitable,
    "Looked at": lambda kept: kept.looked_at,
}
POLICIES: Columns = {
    "Policy": lambda policy: policy.id,
    "State": lambda policy: policy.state,
    "Written": lambda policy: policy.written_at,
    "By": lambda policy: policy.written_by,
    "Why": lambda policy: policy.note,
    "Decided": lambda policy: policy.decided_at,
    "Decided by": lambda policy: policy.decided_by,
}
DOUBTS: Columns = {
    "Reference": lambda doubt: doubt.outcome.child.reference,
    "Child": lambda doubt: doubt.outcome.child.full_name,
    "Recommended": lambda doubt: ", ".join(
        dict.fromkeys(each.offer.provider.name for each in doubt.outcome.recommendations)
    ),
    "Why not now": lambda doubt: " ".join(doubt.reasons),
}
SHORTAGES: Columns = {
    "By": lambda pair: pair[0],
    "Group": lambda pair: pair[1].name,
    "Children not placed": lambda pair: _unless(pair[1].withheld, pair[1].children),
    "Hours not placed": lambda pair: _unless(pair[1].withheld, pair[1].unplaced),
    "No offer suits": lambda pair: _unless(pair[1].split_withheld, pair[1].no_offer),
    "Offers suit, but are taken": lambda pair: _unless(pair[1].split_withheld, pair[1].taken),
    "Hours asked": lambda pair: _unless(pair[1].withheld, pair[1].asked),
}
EQUALITY: Columns = {
    "By": lambda pair: pair[0],
    "Group": lambda pair: pair[1].name,
    "Children": lambda pair: "Withheld" if pair[1].withheld else pair[1].children,
    "Share placed": lambda pair: share_shown(pair[1]),
    "Mean days waiting": lambda pair: pair[1].mean_days,
    "Mean distance (km)": lambda pair: pair[1].mean_km,
    "Mean cost a week (£)": lambda pair: pounds(pair[1].mean_pence),
    "Differs by more than chance": lambda pair: pair[1].unlike,
}
TERMS: Columns = {
    "School year": lambda row: row[0],
    "What": lambda row: row[1],
    "First day": lambda row: row[2],
    "Last day": lambda row: row[3],
}


def page_in_words(view: str) -> str:
    """The name of a view as people read it: "Children: show"."""
    return view.replace(".", ": ").replace("_", " ").capitalize()

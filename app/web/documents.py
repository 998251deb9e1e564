"""Plans, agreements and minutes as documents."""

from app.commissioning.agreements.models import Agreement
from app.commissioning.panels.models import PanelItem, PanelMeeting
from app.commissioning.placements.models import Proposal
from app.documents import Document
from app.kernel import reach
from app.web.formats import date_uk, datetime_uk, money


def plan_as_pdf(proposal: Proposal) -> bytes:
    """A Learner Intervention Plan."""
    plan, child = proposal.plan, proposal.child
    missing = plan.missing()
    note = "Draft, not complete" if missing else "Complete"
    document = Document("Learner Intervention Plan", note)
    first = min(each.starts_on for each in proposal.placements)
    last = max(each.last_day for each in proposal.placements)
    document.facts(
        [
            ("Child", f"{child.full_name}, {child.reference}"),
            ("Placements", _named(proposal)),
            ("Days", f"{date_uk(first)} to {date_uk(last)}"),
            ("Maximum length", f"{plan.longest_weeks} weeks" if plan.longest_weeks else "–"),
        ]
    )
    for title, text in plan_sections(plan):
        document.section(title)
        document.words(text or "Not written yet.")
    document.section("Objectives")
    document.grid(
        ("Objective", "How it is measured", "Where the child starts", "Target"),
        [(o.aim, o.indicator, o.baseline, o.target or "–") for o in plan.objectives],
    )
    document.section("Reviews")
    document.words(", ".join(date_uk(day) for day in plan.reviews) or "No date yet.")
    return document.content()


def _named(proposal: Proposal) -> str:
    return ", ".join(
        f"{each.reference} {each.offer.provider.name}, {each.service.name}"
        for each in proposal.placements
    )


def plan_sections(plan) -> list[tuple[str, str | None]]:
    """The parts of a plan that are words, with their headings."""
    return [
        ("Purpose of the placement", plan.purpose),
        ("Route back", plan.route_back),
        ("Risk assessment", plan.risk_assessment),
        ("Attendance", plan.attendance),
        ("Absence", plan.absence),
        ("Transport", plan.transport),
    ]


def agreement_as_pdf(version: Agreement) -> bytes:
    """A version of an agreement as it was offered, with who accepted it and when."""
    placement = version.placement
    title, lines = _title_of(version)
    document = Document(title, f"{placement.reference}, version {version.number}")
    write_marked(document, lines)
    document.section("Acceptance")
    if version.accepted_at:
        document.words(
            f"Accepted by {version.accepted_by} for {placement.offer.provider.name} on "
            f"{datetime_uk(version.accepted_at)}."
        )
    else:
        document.words(f"{version.state.label}.")
    return document.content()


def _title_of(version: Agreement) -> tuple[str, list[str]]:
    lines = version.text.splitlines()
    if lines and lines[0].startswith("# "):
        return lines[0][2:], lines[1:]
    return f"Placement agreement {version.placement.reference}", lines


def write_marked(document: Document, lines: list[str]) -> None:
    """Text with `## ` before headings and `- ` before items of a list, into a document."""
    for line in lines:
        if line.startswith("## "):
            document.section(line[3:])
        elif line.startswith("- "):
            document.words(f"•  {line[2:]}")
        elif line.strip():
            document.words(line)


def _asked_by(item: PanelItem) -> list[tuple[str, ...]]:
    """What an item asks for, a row for each placement: of a variation, its new terms."""
    terms = [item.agreement] if item.agreement else item.proposal.placements
    found = []
    for each in terms:
        placement = item.agreement.placement if item.agreement else each
        provider, service = placement.offer.provider.name, placement.service.name
        found.append((provider, service, str(each.hours), money(each.pence_a_week)))
    return found


def minutes_as_pdf(meeting: PanelMeeting) -> bytes:
    """The agenda of a panel before it has met, its minutes afterwards."""
    held = meeting.state.value == "held"
    document = Document(f"{'Minutes' if held else 'Agenda'} of the placement panel")
    document.facts(
        [
            ("Day", date_uk(meeting.held_on)),
            ("Place", meeting.place or "–"),
            ("Present", meeting.present or "–"),
        ]
    )
    for number, item in enumerate(meeting.items, 1):
        proposal = item.proposal
        if not reach.current().admits(item):
            document.section(f"{number}. {item.reference}, not shown to you")
            continue
        document.section(f"{number}. {item.reference}, child {proposal.child.reference}")
        document.grid(("Provider", "Service", "Hours a week", "Cost a week"), _asked_by(item))
        document.words(item.agreement.reason or "" if item.agreement else proposal.why)
        if item.decision:
            document.words(f"Decision: {item.decision.label}. {item.reason or ''}".strip())
    if meeting.notes:
        document.section("Notes")
        document.words(meeting.notes)
    return document.content()

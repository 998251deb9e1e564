"""From judgement to final report: judging, the provider's check of the facts, the final."""

from app.kernel.audit import Actor
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import require
from app.visits import days, events, interests, judging, telling
from app.visits.cycles import cycle_in_force
from app.visits.lifecycle import VISIT, VisitState
from app.visits.models import Visit
from app.visits.queries import waiting_application
from app.visits.terms import Standard, VisitKind
from providers.applications import review
from providers.applications.lifecycle import ApplicationState
from providers.needs import Judgement

REVIEWED = (ApplicationState.IN_REVIEW, ApplicationState.CLARIFYING)


def judge(
    visit: Visit, standard: Standard, own: Judgement | None, reason: str, *, by: Actor
) -> None:
    """Set the adviser's own judgement of a standard.

    Raises RuleBroken where a critical failure forbids it, a difference lacks its reason, or the
    adviser has an interest in the provider.
    """
    section = next(each for each in visit.sections if each.standard is standard)
    suggestion = judging.suggest(section, visit.all_answers)
    require(*_may_judge(visit, by), judging.fault(suggestion, own, reason))
    row = visit.part_of(standard)
    row.judgement, row.judgement_reason = own, reason.strip() or None


def judge_overall(
    visit: Visit, own: Judgement | None, reason: str, summary: str, *, by: Actor
) -> None:
    """Set the overall judgement and the summary. Raises RuleBroken as `judge` does."""
    suggestion = judging.suggest_overall(visit.sections, visit.all_answers)
    require(*_may_judge(visit, by), judging.fault(suggestion, own, reason))
    visit.judgement, visit.judgement_reason = own, reason.strip() or None
    visit.summary, visit.judged_by = summary.strip() or None, by.name


def write(visit: Visit, *, by: Actor) -> None:
    """Make a draft report of a visit. Raises RuleBroken with everything that is missing."""
    require(
        interests.objection(by.user_id, by.name, visit.provider),
        *VISIT.reasons_against(visit, "write the report of"),
    )
    VISIT.fire(visit, "write the report of")


def share(visit: Visit, *, by: Actor) -> None:
    """Send the draft to the provider, to check its facts within so many working days.

    Raises RuleBroken where something is missing, or with an interest in the provider.
    """
    require(interests.objection(by.user_id, by.name, visit.provider))
    visit.check_due_on = days.working_days_after(today(), cycle_in_force().facts_check)
    visit.sent_at, visit.response = now(), None
    visit.checked_by = visit.checked_at = None
    VISIT.fire(visit, "send the report of")
    telling.of_report(visit)


def answer(visit: Visit, response: str, *, by: Actor) -> None:
    """The provider's answer to the draft: what is wrong in it, or that nothing is.

    Raises RuleBroken where the report is not being checked, or it answered already.
    """
    require(
        None
        if visit.state is VisitState.CHECKING
        else "This report is not open for a check of its facts.",
        "You have answered already." if visit.checked_at else None,
    )
    visit.response = response.strip() or None
    visit.checked_by, visit.checked_at = by.name, now()


def correct(visit: Visit) -> None:
    """Take a shared draft back to correct it. Raises RuleBroken once it is final."""
    VISIT.fire(visit, "correct the report of")


def make_final(visit: Visit, *, by: Actor) -> None:
    """Make the report final: the provider's judgement follows it, and its actions are open.

    An initial visit is recorded with the application that waits for it. Raises RuleBroken while
    the provider may still check the facts, or with an interest.
    """
    require(
        interests.objection(by.user_id, by.name, visit.provider),
        *VISIT.reasons_against(visit, "make final"),
        _not_in_review(visit),
    )
    VISIT.fire(visit, "make final")
    visit.final_at, visit.final_by = now(), by.name
    provider = visit.provider
    if provider.last_visit_on is None or provider.last_visit_on <= visit.visited_on:
        provider.last_visit_on, provider.judgement = visit.visited_on, visit.judgement
    application = waiting_application(visit) if visit.kind is VisitKind.INITIAL else None
    if application is not None:
        notes = (visit.summary or "")[:4000]
        review.record_visit(application, visit.visited_on, visit.judgement, notes, by=by)
    db.session.flush()
    telling.of_report(visit)
    events.report_final.send(visit)


def _not_in_review(visit: Visit) -> str | None:
    application = waiting_application(visit) if visit.kind is VisitKind.INITIAL else None
    if application is None or application.state in REVIEWED:
        return None
    return (
        f"Start the review of application {application.id} first, so that this visit can be "
        "recorded with it."
    )


def _may_judge(visit: Visit, by: Actor) -> tuple[str | None, ...]:
    open_states = (VisitState.CARRIED_OUT, VisitState.DRAFT)
    return (
        interests.objection(by.user_id, by.name, visit.provider),
        None
        if visit.state in open_states
        else f"A visit is judged once it is carried out and before its report is shared; "
        f"this one is {visit.state.label.lower()}.",
    )

"""Who is told what about visits, in the transaction in which it happens."""

from datetime import date, datetime

from app.accounts.roles import Role
from app.notices import service as notices
from app.notices.topics import Topic
from app.visits.models import Action, Visit


def of_plan(visit: Visit, moved_at: datetime | None = None) -> None:
    """Tell the adviser that a visit is planned, or was moved at a moment."""
    key = f"visit:{visit.id}:planned:{visit.planned_on.isoformat()}{_at(moved_at)}"
    notices.tell([visit.adviser], Topic.VISIT_PLANNED, page=f"/visits/{visit.id}", key=key)


def of_visit_to_come(visit: Visit, moved_at: datetime | None = None) -> None:
    """Tell the provider's people of a visit to them, or of a change of it.

    moved_at: when it was moved, if that is the change. An unannounced one is told of to nobody
    there.
    """
    if not visit.is_announced:
        return
    when = f"{visit.state.value}:{visit.planned_on.isoformat()}{_at(moved_at)}"
    key = f"visit:{visit.id}:to-you:{when}"
    people = notices.people_of(visit.provider)
    notices.tell(people, Topic.VISIT_TO_YOU, page="/visit-reports/", key=key)


def _at(moved_at: datetime | None) -> str:
    """What tells a move apart from an earlier one to the same day."""
    return f":{moved_at.isoformat()}" if moved_at else ""


def of_report(visit: Visit) -> None:
    """Tell the provider's people that a report waits for their check, or is final."""
    at = visit.final_at or visit.sent_at
    key = f"visit:{visit.id}:{visit.state.value}:{at.isoformat()}"
    page = f"/visit-reports/{visit.id}"
    topic = Topic.VISIT_REPORTED if visit.is_published else Topic.REPORT_TO_CHECK
    notices.tell(notices.people_of(visit.provider), topic, page=page, key=key)


def of_answer(action: Action) -> None:
    """Tell the adviser that a provider has answered an action."""
    key = f"action:{action.id}:answered:{action.answered_at.isoformat()}"
    notices.tell([action.visit.adviser], Topic.ACTION_ANSWERED, page=_page(action), key=key)


def of_decision(action: Action) -> None:
    """Tell the provider's people that an answer was accepted or returned."""
    key = f"action:{action.id}:decided:{action.decided_at.isoformat()}"
    people = notices.people_of(action.visit.provider)
    notices.tell(people, Topic.ACTION_DECIDED, page=_page(action), key=key)


def of_delay(action: Action, on: date) -> None:
    """Tell the provider's people, the adviser and the AP lead that an action is overdue."""
    key = f"action:{action.id}:overdue:{on.isoformat()}"
    people = notices.people_of(action.visit.provider)
    notices.tell(people, Topic.ACTION_DUE, page=_page(action), key=key)
    staff = [action.visit.adviser, *notices.people_in(Role.AP_LEAD)]
    notices.tell(staff, Topic.ACTION_OVERDUE, page=_page(action), key=key)


def _page(action: Action) -> str:
    return f"/visit-actions/{action.id}"

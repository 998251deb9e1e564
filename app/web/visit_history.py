"""The history of visits in words: what was found, and the rows of the spreadsheet."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from app.visits.lifecycle import NOT_CLOSED
from app.visits.models import Visit
from app.visits.terms import FindingKind, Standard

SHORT = {
    Standard.SAFEGUARDING: "Safeguarding",
    Standard.HEALTH_SAFETY: "Health and safety",
    Standard.ADMISSIONS: "Admissions",
    Standard.QUALITY: "Education",
}
EXPORT_HEADER = (
    "Kind", "Day", "Adviser", "State", "Overall", *(standard.label for standard in Standard),
    "Critical findings", "To improve", "Strengths", "Actions", "Actions not closed",
)  # fmt: skip


def tally(visit: Visit) -> str:
    """What a visit found: "1 critical, 2 to improve"; a dash where nothing is recorded."""
    found = Counter(finding.kind for finding in visit.findings)
    said = [f"{found[kind]} {kind.label.lower()}" for kind in reversed(FindingKind) if found[kind]]
    return ", ".join(said) or "–"


def rows(visits: Iterable[Visit]) -> Iterator[list[Any]]:
    """Visits in the header's order."""
    for visit in visits:
        found = Counter(finding.kind for finding in visit.findings)
        judged = [visit.part_of(standard).judgement for standard in Standard]
        yield [
            visit.kind.label,
            visit.visited_on or visit.planned_on,
            visit.adviser.name,
            visit.state.label,
            visit.judgement.value if visit.judgement else None,
            *(judgement.value if judgement else None for judgement in judged),
            found[FindingKind.CRITICAL],
            found[FindingKind.IMPROVEMENT],
            found[FindingKind.STRENGTH],
            len(visit.actions),
            sum(action.state in NOT_CLOSED for action in visit.actions),
        ]

"""The questions that templates start from, under the non-school AP voluntary national standards.

Source: DfE, Non-school alternative provision: voluntary national standards, August 2025; and what
councils' own visit forms ask. The AP lead changes them; this is only the first version.
"""

from app.visits.templates import Question, Section, Sections
from app.visits.terms import EvidenceSeen as Seen
from app.visits.terms import Standard, VisitKind

_ALL = tuple(VisitKind)
_FULL = (VisitKind.INITIAL, VisitKind.YEARLY, VisitKind.TERMLY, VisitKind.FOLLOW_UP)
_DEEP = (VisitKind.INITIAL, VisitKind.YEARLY)
_AT_WORK = (VisitKind.YEARLY, VisitKind.TERMLY, VisitKind.FOLLOW_UP)
_CLOSING = (VisitKind.CLOSING,)
_SURPRISE = (*_FULL, VisitKind.UNANNOUNCED)

Row = tuple[str, str, str, Seen, int, bool, tuple[VisitKind, ...]]

_SAFEGUARDING: tuple[Row, ...] = (
    ("scr", "The single central record is complete for all staff, volunteers and proprietors.",
     "Identity, right to work, qualifications, enhanced DBS, barred list, prohibition and section "
     "128 checks, overseas checks. Follow a sample through to the papers.",
     Seen.RECORD, 5, True, _SURPRISE),
    ("dsl", "A trained safeguarding lead is named and can be reached whenever children are there.",
     "Training within two years; a deputy for absence; staff can say who it is.",
     Seen.CONVERSATION, 5, True, _SURPRISE),
    ("concerns", "Concerns about children are recorded, acted upon and shared with the school.",
     "Read the last three. Look for dates, decisions and outcome.",
     Seen.RECORD, 4, True, _SURPRISE),
    ("allegations", "Allegations against staff go to the designated officer.",
     "Staff and the proprietor can say what they would do, and by when.",
     Seen.CONVERSATION, 3, True, _DEEP),
    ("conduct", "There is a code of conduct for staff, and staff know it.", "",
     Seen.DOCUMENT, 2, False, _FULL),
    ("intervention", "Physical intervention is by policy, trained, recorded and told to parents.",
     "Read the log where there is one.", Seen.RECORD, 3, False, _SURPRISE),
    ("leaving", "The provider acts at once where a child leaves the site without leave.",
     "", Seen.CONVERSATION, 3, False, _SURPRISE),
)  # fmt: skip
_HEALTH_SAFETY: tuple[Row, ...] = (
    ("risk", "Risk assessments of site, activities and each child are in date and used.",
     "Compare one with what is seen.", Seen.DOCUMENT, 4, True, _SURPRISE),
    ("fire", "Fire safety is in order and drills are recorded each term.",
     "Exits clear; alarm tested; drill record.", Seen.RECORD, 4, True, _SURPRISE),
    ("first_aid", "A first-aider and a stocked kit are at hand at all times.", "",
     Seen.OBSERVATION, 3, False, _SURPRISE),
    ("premises", "The premises are safe, clean, warm enough and suited to the activities.",
     "Walk through every room that children use.", Seen.OBSERVATION, 3, False, _SURPRISE),
    ("trips", "Trips and journeys are planned, with risk assessment, insurance and consent.", "",
     Seen.DOCUMENT, 2, False, _DEEP),
    ("insurance", "Insurance covers every activity offered.", "", Seen.DOCUMENT, 3, False, _DEEP),
)  # fmt: skip
_ADMISSIONS: tuple[Row, ...] = (
    ("register", "Registers of admission and of attendance are accurate, session by session.",
     "Compare with who is there now.", Seen.RECORD, 4, True, _SURPRISE),
    ("absence", "Absence is followed up and told to school and authority on the same day.", "",
     Seen.RECORD, 3, False, _AT_WORK),
    ("induction", "Each child has an induction with a baseline and an individual plan.",
     "Look at two children's plans.", Seen.DOCUMENT, 3, False, _FULL),
    ("reintegration", "Plans say how and when the child returns to school or moves on.", "",
     Seen.DOCUMENT, 3, False, _AT_WORK),
    ("family", "Parents and the home school are told regularly how the child is doing.", "",
     Seen.CONVERSATION, 2, False, _AT_WORK),
    ("method", "How children are admitted, and who is not suited, is written down.", "",
     Seen.DOCUMENT, 2, False, (VisitKind.INITIAL,)),
    ("moved_on", "Every child has a confirmed next place, agreed with the responsible officer.",
     "", Seen.RECORD, 5, True, _CLOSING),
    ("records_sent", "Children's records and safeguarding files were sent on securely.", "",
     Seen.RECORD, 5, True, _CLOSING),
)  # fmt: skip
_QUALITY: tuple[Row, ...] = (
    ("teaching", "Teaching is planned for each child's needs and engages them.",
     "Watch a session.", Seen.OBSERVATION, 4, False, _AT_WORK),
    ("curriculum", "The curriculum is broad enough for its purpose and leads somewhere.", "",
     Seen.DOCUMENT, 3, False, _FULL),
    ("progress", "Progress is measured from the baseline and reported each half-term.", "",
     Seen.RECORD, 3, False, _AT_WORK),
    ("staff", "Staff have the qualifications that the service asks for.", "",
     Seen.RECORD, 3, False, _DEEP),
    ("voice", "Children are asked what they think, and something follows from it.", "",
     Seen.CONVERSATION, 2, False, _AT_WORK),
    ("last_reports", "Final progress reports are with school and family.", "",
     Seen.DOCUMENT, 3, False, _CLOSING),
)  # fmt: skip

_BANK = {
    Standard.SAFEGUARDING: _SAFEGUARDING,
    Standard.HEALTH_SAFETY: _HEALTH_SAFETY,
    Standard.ADMISSIONS: _ADMISSIONS,
    Standard.QUALITY: _QUALITY,
}


def first_version(kind: VisitKind) -> Sections:
    """What a kind of visit asks before anybody has changed it."""
    return tuple(
        Section(standard, tuple(Question(*row[:-1]) for row in rows if kind in row[-1]))
        for standard, rows in _BANK.items()
    )

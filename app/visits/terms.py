"""The vocabulary of quality visits: kinds, the national standards, parts, answers, findings."""

from providers.needs import Labelled


class VisitKind(Labelled):
    """Why a visit is made; each kind has a template of its own."""

    INITIAL = "initial", "Initial visit"
    FOLLOW_UP = "follow_up", "Follow-up visit"
    YEARLY = "yearly", "Yearly full visit"
    TERMLY = "termly", "Termly visit"
    UNANNOUNCED = "unannounced", "Unannounced visit"
    CLOSING = "closing", "Closing visit"


PURPOSE = {
    VisitKind.INITIAL: "Before a provider is admitted.",
    VisitKind.FOLLOW_UP: "Six to eight weeks after admission, or after a visit judged amber.",
    VisitKind.YEARLY: "Every provider, each year.",
    VisitKind.TERMLY: "Each term where the risk is higher.",
    VisitKind.UNANNOUNCED: "After a concern, without notice.",
    VisitKind.CLOSING: "When a provider leaves the framework.",
}


class Standard(Labelled):
    """The non-school AP voluntary national standards (DfE, August 2025)."""

    SAFEGUARDING = "safeguarding", "Safeguarding and wellbeing"
    HEALTH_SAFETY = "health_safety", "Health and safety"
    ADMISSIONS = "admissions", "Admissions, support and guidance"
    QUALITY = "quality", "Quality of education"


class Part(Labelled):
    """What is filled in during a visit, each saved by itself."""

    SAFEGUARDING = "safeguarding", "Safeguarding and wellbeing"
    HEALTH_SAFETY = "health_safety", "Health and safety"
    ADMISSIONS = "admissions", "Admissions, support and guidance"
    QUALITY = "quality", "Quality of education"
    PEOPLE = "people", "Who was spoken to"
    PUPILS = "pupils", "Pupil voice"
    RECORD = "record", "Single central record"

    @property
    def standard(self) -> Standard | None:
        """The standard that the part is about, None for the others."""
        return Standard(self.value) if self.value in set(Standard) else None


class Answer(Labelled):
    """Whether a question's expectation is met."""

    MET = "met", "Met"
    PARTLY = "partly", "Partly met"
    NOT_MET = "not_met", "Not met"
    NOT_APPLICABLE = "not_applicable", "Does not apply"


class EvidenceSeen(Labelled):
    """What kind of evidence answers a question."""

    DOCUMENT = "document", "Document"
    OBSERVATION = "observation", "Observation"
    CONVERSATION = "conversation", "Conversation"
    RECORD = "record", "Register or record"


class FindingKind(Labelled):
    """How much a finding weighs."""

    STRENGTH = "strength", "Strength"
    IMPROVEMENT = "improvement", "To improve"
    CRITICAL = "critical", "Critical"

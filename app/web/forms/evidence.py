"""Forms about evidence."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired

from app.web.forms.entries import Choice, DayField, DocumentField, Given, Words
from app.web.forms.filters import labels
from providers.compliance import Asked, Demand, EvidenceKind
from providers.evidence import firmness_in


class SendDocument(FlaskForm):
    """What a document proves, its dates, and the file."""

    kind = Choice(
        "What does it show?", labels(EvidenceKind), [Given("Select what the document shows")]
    )
    issued_on = DayField(
        "When was it issued?",
        [Given("Enter the day that it was issued")],
        description="The day on the document, or the day that the check was made. "
        "For example, 27 3 2026.",
    )
    expires_on = DayField(
        "When does it expire?",
        description="The last day that it counts. Leave empty where the document has none.",
    )
    file = DocumentField("Choose the file", [FileRequired("Choose the file to send")])


class ReturnDocument(FlaskForm):
    """Why a document is returned."""

    comment = Words(
        "Why is it returned?",
        [Given("Enter why it is returned")],
        description="The provider reads this. Say what to send instead.",
    )


class AskForEvidence(FlaskForm):
    """How firmly each kind of evidence is asked for; one choice for each kind."""

    @classmethod
    def about(cls, demand: Demand) -> "AskForEvidence":
        """A form that shows a demand as it stands."""
        return cls(data={kind.value: firmness_in(demand, kind).value for kind in EvidenceKind})

    def asked(self) -> dict[EvidenceKind, Asked]:
        """What was chosen."""
        return {kind: Asked(self[kind.value].data) for kind in EvidenceKind}


for _kind in EvidenceKind:
    setattr(
        AskForEvidence,
        _kind.value,
        Choice(_kind.label, labels(Asked), [Given(f"Select how firmly to ask: {_kind.label}")]),
    )

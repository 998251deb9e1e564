"""The report of a visit as a PDF."""

import io

from flask import Response, send_file

from app.documents import Document
from app.visits.models import Visit
from app.visits.terms import Standard
from app.web.formats import date_uk, datetime_uk


def as_pdf(visit: Visit) -> Response:
    """The report, to be saved."""
    name = f"visit-report-{visit.provider.reference}-{visit.visited_on:%Y-%m-%d}.pdf"
    return send_file(
        io.BytesIO(written(visit).content()),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=name,
    )


def written(visit: Visit) -> Document:
    """The report as a document."""
    state = visit.state.label
    document = Document(f"{visit.kind.label}: {visit.provider.name}", note=f"{state} report.")
    document.facts(
        [
            ("Provider", f"{visit.provider.name} ({visit.provider.reference})"),
            ("Day of the visit", date_uk(visit.visited_on)),
            ("Adviser", visit.adviser.name),
            ("Report", state + (f", {datetime_uk(visit.final_at)}" if visit.final_at else "")),
            ("Overall judgement", visit.judgement.label if visit.judgement else "Not judged"),
        ]
    )
    document.section("Summary")
    document.words(visit.summary or "Not written yet.")
    document.section("Judgement by standard")
    document.grid(
        ["Standard", "Judgement"],
        [
            [standard.label, judged.label if judged else "Not judged"]
            for standard in Standard
            for judged in [visit.part_of(standard).judgement]
        ],
    )
    _findings(document, visit)
    if visit.checked_at:
        document.section("The provider’s check of the facts")
        document.words(visit.response or "Nothing was found to be wrong.")
        document.quiet(f"{visit.checked_by}, {datetime_uk(visit.checked_at)}")
    return document


def _findings(document: Document, visit: Visit) -> None:
    document.section("Findings and actions")
    for finding in visit.findings:
        document.subsection(f"{finding.kind.label}: {finding.standard.label}")
        document.words(finding.text)
        for action in finding.actions:
            document.words(f"Action: {action.text}")
            document.quiet(
                f"{action.owner}, by {date_uk(action.due_on)}. Shown by: {action.evidence_required}"
            )

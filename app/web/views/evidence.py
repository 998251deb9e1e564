"""Evidence: what falls due, documents sent and checked, and what each service asks for."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires, visible
from app.kernel.clock import today
from app.kernel.database import db
from app.web import files
from app.web.forms.entries import refuse
from app.web.forms.evidence import AskForEvidence, ReturnDocument, SendDocument
from providers import evidence as evidence_service
from providers.compliance import EvidenceKind, demand
from providers.directory_queries import services
from providers.models.evidence import DocumentState, EvidenceDocument
from providers.models.framework import Service
from providers.models.provider import Provider
from providers.renewals import NEVER_SENT, renewals

evidence = Blueprint("evidence", __name__, url_prefix="/evidence")
PAGE = 20


@evidence.get("/")
@requires(Permission.VIEW_EVIDENCE)
def due():
    """What runs out within 60, 30 or 7 days or has run out: of all providers, or one's own."""
    found = renewals(today(), current_user.provider)
    within = request.args.get("within", type=int)
    urgent = [item for item in found if item.within != NEVER_SENT]
    shown = urgent if within is None else [item for item in found if item.within == within]
    return render_template("evidence/due.html", found=found, shown=shown, within=within)


@evidence.get("/documents")
@requires(Permission.VIEW_EVIDENCE)
def documents():
    """Documents that were sent, the latest first; those that wait to be checked, unless asked."""
    asked = request.args.get("state", "sent")
    state = DocumentState(asked) if asked in set(DocumentState) else None
    listed = visible(
        evidence_service.documents(state=state),
        EvidenceDocument,
        Permission.VIEW_EVIDENCE,
        current_user,
    )
    page = db.paginate(listed, per_page=PAGE, max_per_page=PAGE)
    return render_template("evidence/documents.html", page=page, state=state, states=DocumentState)


@evidence.route("/send/<int:provider_id>", methods=["GET", "POST"])
@requires(Permission.SEND_EVIDENCE, on=Provider)
def send(provider):
    """Send a document as evidence for a provider."""
    form = SendDocument(kind=request.args.get("kind"))
    if form.validate_on_submit():
        kind, days = EvidenceKind(form.kind.data), (form.issued_on.data, form.expires_on.data)
        if not refuse(form, evidence_service.document_faults(kind, *days, form.file.data, today())):
            sent = files.upload(form.file.data)
            about = {"by": current_user.actor, "on": today(), "files": files.storage()}
            row = evidence_service.send(provider, kind, sent, *days, **about)
            flash("The document was sent. It counts once it has been checked.", "success")
            return redirect(url_for("evidence.document", evidence_document_id=row.id))
    return render_template("evidence/send.html", form=form, provider=provider)


@evidence.get("/documents/<int:evidence_document_id>")
@requires(Permission.VIEW_EVIDENCE, on=EvidenceDocument)
def document(evidence_document):
    """One document: what it is, its dates, and what became of it."""
    own = evidence_document.sent_by_id == current_user.id
    return render_template("evidence/document.html", document=evidence_document, own=own)


@evidence.get("/documents/<int:evidence_document_id>/file")
@requires(Permission.SAVE_EVIDENCE, on=EvidenceDocument)
def file(evidence_document):
    """The document itself, to save."""
    return files.give(evidence_document.file)


@evidence.post("/documents/<int:evidence_document_id>/accept")
@requires(Permission.CHECK_EVIDENCE, on=EvidenceDocument)
def accept(evidence_document):
    """Let a document count as evidence."""
    evidence_service.accept(evidence_document, by=current_user.actor, on=today())
    flash(f"{evidence_document.kind.label} was accepted and counts from now on.", "success")
    return redirect(url_for("evidence.documents"))


@evidence.route("/documents/<int:evidence_document_id>/return", methods=["GET", "POST"])
@requires(Permission.CHECK_EVIDENCE, on=EvidenceDocument)
def give_back(evidence_document):
    """Return a document with a reason."""
    form = ReturnDocument()
    if form.validate_on_submit():
        evidence_service.give_back(evidence_document, form.comment.data, by=current_user.actor)
        flash(f"{evidence_document.kind.label} was returned to the provider.", "success")
        return redirect(url_for("evidence.documents"))
    return render_template("evidence/give_back.html", form=form, document=evidence_document)


@evidence.post("/documents/<int:evidence_document_id>/withdraw")
@requires(Permission.SEND_EVIDENCE, on=EvidenceDocument)
def withdraw(evidence_document):
    """Take back a document that nobody has checked."""
    evidence_service.withdraw(evidence_document)
    flash(f"{evidence_document.kind.label} was withdrawn.", "success")
    return redirect(url_for("evidence.documents", state="withdrawn"))


@evidence.get("/services")
@requires(Permission.CHECK_EVIDENCE)
def asked():
    """What evidence each service is asked for."""
    demands = [(row, demand(row.group, row.code, asked=row.evidence_asked)) for row in services()]
    return render_template("evidence/asked.html", demands=demands)


@evidence.route("/services/<int:service_id>", methods=["GET", "POST"])
@requires(Permission.SET_EVIDENCE, on=Service)
def ask(service):
    """Change what evidence a service is asked for, after seeing which offers that would close."""
    now = demand(service.group, service.code, asked=service.evidence_asked)
    form = AskForEvidence.about(now)
    closing = None
    if form.validate_on_submit():
        closing = evidence_service.would_close(service, form.asked(), today())
        if request.form.get("agreed") or not closing:
            evidence_service.ask_for(service, form.asked())
            flash(f"What {service.name} is asked for was changed.", "success")
            return redirect(url_for("evidence.asked"))
    return render_template("evidence/ask.html", form=form, service=service, closing=closing)

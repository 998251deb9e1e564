"""Evidence: a provider sends a document, another person checks it, and from then on it counts."""

from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.kernel.audit import Actor
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import require
from app.kernel.words import in_words
from providers import compliance, storage, uploads
from providers.admission import AdmissionState
from providers.compliance import EvidenceKind
from providers.models.evidence import DOCUMENT, DocumentState, EvidenceDocument
from providers.models.file import StoredFile
from providers.models.framework import Service
from providers.models.offer import Offer
from providers.models.provider import Evidence, Provider
from providers.storage import Storage

INSURANCES = frozenset(
    {
        EvidenceKind.INSURANCE,
        EvidenceKind.EMPLOYERS_LIABILITY,
        EvidenceKind.PROFESSIONAL_INDEMNITY,
    }
)


@dataclass(frozen=True)
class Upload:
    """A file as it was sent. content: seekable."""

    name: str
    content: BinaryIO


def keep_file(upload: Upload, *, by: Actor, files: Storage) -> StoredFile:
    """Keep a file that was sent. Raises RefusedFile where it may not be kept."""
    kind = uploads.recognise(upload.content)
    digest, size = uploads.fingerprint(upload.content)
    row = StoredFile(
        key=storage.keep(files, upload.content),
        name=uploads.safe_name(upload.name, kind),
        type=kind,
        size=size,
        sha256=digest,
        stored_at=now(),
        stored_by=by.name,
    )
    db.session.add(row)
    return row


def date_faults(
    kind: EvidenceKind, issued_on: date, expires_on: date | None, on: date
) -> dict[str, str]:
    """What is wrong with the dates of a document, by field; empty where nothing is."""
    faults = {}
    if issued_on > on:
        faults["issued_on"] = "The date of issue must be today or in the past"
    if expires_on is None and kind in INSURANCES:
        faults["expires_on"] = "Enter the last day that the insurance covers"
    elif expires_on is not None and expires_on < issued_on:
        faults["expires_on"] = "The expiry date must be after the date of issue"
    else:
        item = compliance.Evidence(kind, issued_on, expires_on)
        until = compliance.good_until(item)
        if until is not None and until < on:
            faults["expires_on" if expires_on else "issued_on"] = (
                f"This ran out on {in_words(until)}. Send one that still counts"
            )
    return faults


def document_faults(
    kind: EvidenceKind,
    issued_on: date,
    expires_on: date | None,
    content: BinaryIO,
    on: date,
) -> dict[str, str]:
    """What is wrong with a document and its dates, by field; empty where it may be sent."""
    faults = date_faults(kind, issued_on, expires_on, on)
    try:
        uploads.recognise(content)
    except uploads.RefusedFile as refusal:
        faults["file"] = str(refusal)
    return faults


def send(
    provider: Provider,
    kind: EvidenceKind,
    upload: Upload,
    issued_on: date,
    expires_on: date | None,
    *,
    by: Actor,
    on: date,
    files: Storage,
) -> EvidenceDocument:
    """Send a document to be checked; it does not count before it is accepted.

    on: the present date. Raises RuleBroken where the dates or the file can't be.
    """
    require(*date_faults(kind, issued_on, expires_on, on).values())
    document = EvidenceDocument(
        provider=provider,
        kind=kind,
        file=keep_file(upload, by=by, files=files),
        issued_on=issued_on,
        expires_on=expires_on,
        sent_at=now(),
        sent_by=by.name,
        sent_by_id=by.user_id,
    )
    db.session.add(document)
    db.session.flush()
    return document


def accept(document: EvidenceDocument, *, by: Actor, on: date) -> Evidence:
    """Let a document count from now on. Whoever sent it cannot be the one who accepts it.

    Raises RuleBroken where it was decided about already, is one's own, or has run out meanwhile.
    """
    until = compliance.good_until(
        compliance.Evidence(document.kind, document.issued_on, document.expires_on)
    )
    require(
        *DOCUMENT.reasons_against(document, "accept"),
        _own(document, by),
        f"It ran out on {in_words(until)}. Return it and ask for its renewal."
        if until and until < on
        else None,
    )
    DOCUMENT.fire(document, "accept")
    item = Evidence(
        kind=document.kind, issued_on=document.issued_on, expires_on=document.expires_on
    )
    document.provider.evidence.append(item)
    document.evidence = item
    _checked(document, by)
    return item


def give_back(document: EvidenceDocument, comment: str, *, by: Actor) -> None:
    """Return a document with a reason; one that had been accepted stops counting.

    Raises RuleBroken without a reason, or where it is neither sent nor accepted.
    """
    document.comment = comment.strip()
    accepted = document.state is DocumentState.ACCEPTED
    DOCUMENT.fire(document, "take back" if accepted else "return")
    if document.evidence is not None:
        item, document.evidence = document.evidence, None
        document.provider.evidence.remove(item)
    _checked(document, by)


def withdraw(document: EvidenceDocument) -> None:
    """Take back a document that nobody has checked. Raises RuleBroken where somebody has."""
    DOCUMENT.fire(document, "withdraw")


def ask_for(service: Service, asked: dict[EvidenceKind, compliance.Asked]) -> None:
    """Lay down what evidence a service needs, where it differs from the usual."""
    usual = compliance.demand(service.group, service.code)
    own = {
        kind.value: firmness.value
        for kind, firmness in asked.items()
        if firmness is not firmness_in(usual, kind)
    }
    service.evidence_asked = own or None


def would_close(
    service: Service, asked: dict[EvidenceKind, compliance.Asked], on: date
) -> list[Offer]:
    """The offers of a service that can be used now and could not be if this were asked for."""
    required = {kind for kind, firmness in asked.items() if firmness is compliance.Asked.REQUIRED}
    offers = db.session.scalars(
        select(Offer)
        .where(Offer.service_id == service.id)
        .options(
            joinedload(Offer.service), joinedload(Offer.provider).selectinload(Provider.evidence)
        )
        .order_by(Offer.id)
    )
    return [
        offer
        for offer in offers
        if offer.provider.state is AdmissionState.APPROVED
        and not compliance.evidence_objections(offer.demand().required, offer.held, on)
        and compliance.evidence_objections(required, offer.held, on)
    ]


def firmness_in(demand: compliance.Demand, kind: EvidenceKind) -> compliance.Asked:
    """How firmly a demand asks for a kind of evidence."""
    if kind in demand.required:
        return compliance.Asked.REQUIRED
    return compliance.Asked.EXPECTED if kind in demand.expected else compliance.Asked.NOT_ASKED


def documents(provider: Provider | None = None, state: DocumentState | None = None) -> Select:
    """Documents, the latest first: of one provider, in one state, or all."""
    found = select(EvidenceDocument).options(
        joinedload(EvidenceDocument.provider), joinedload(EvidenceDocument.file)
    )
    if provider is not None:
        found = found.where(EvidenceDocument.provider_id == provider.id)
    if state is not None:
        found = found.where(EvidenceDocument.state == state)
    return found.order_by(EvidenceDocument.id.desc())


def count_to_check() -> int:
    """How many documents wait to be checked."""
    counted = select(func.count(EvidenceDocument.id)).where(
        EvidenceDocument.state == DocumentState.SENT
    )
    return db.session.scalar(counted) or 0


def _own(document: EvidenceDocument, by: Actor) -> str | None:
    if by.user_id is None or by.user_id != document.sent_by_id:
        return None
    return "You sent this document yourself. Another person has to check it."


def _checked(document: EvidenceDocument, by: Actor) -> None:
    document.checked_at, document.checked_by = now(), by.name

"""Documents sent as evidence, and files of every kind, good and bad."""

import io
import zipfile
from datetime import timedelta
from typing import Any

from app.kernel import audit
from app.kernel.clock import now, today
from app.kernel.database import db
from providers.compliance import EvidenceKind
from providers.models.evidence import EvidenceDocument
from providers.models.file import StoredFile
from providers.models.provider import Provider
from providers.storage import new_key
from providers.uploads import FileType

SENDER = audit.Actor(9_001, "Priya Provider")
CHECKER = audit.Actor(9_002, "Quentin Adviser")
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20 + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"\xff\xd9"


def an_archive(**parts: str | bytes) -> bytes:
    """A zip archive; a part's name is written with two underscores for a slash, one for a dot."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return packed.getvalue()


def make_document(provider: Provider, **values: Any) -> EvidenceDocument:
    """Insurance for half a year, sent and waiting to be checked; its file is only on paper."""
    file = StoredFile(
        key=new_key(),
        name="certificate.pdf",
        type=FileType.PDF,
        size=1000,
        sha256="0" * 64,
        stored_at=now(),
        stored_by=SENDER.name,
    )
    defaults = {
        "kind": EvidenceKind.INSURANCE,
        "file": file,
        "issued_on": today() - timedelta(days=5),
        "expires_on": today() + timedelta(days=180),
        "sent_at": now(),
        "sent_by": SENDER.name,
        "sent_by_id": SENDER.user_id,
    }
    document = EvidenceDocument(**{"provider": provider} | defaults | values)
    db.session.add(document)
    db.session.flush()
    return document

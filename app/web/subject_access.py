"""The bundle of everything held on one child: a page to read, the same as data, the documents."""

import io
import json
import shutil
import zipfile

from flask import current_app, render_template

from app.children.models import Child
from app.children.subject_access import documents_about, everything_about
from app.kernel.clock import now
from app.web.entries import subject_in_words
from app.web.files import storage
from providers.storage import MissingFile


def bundle(child: Child) -> bytes:
    """A zip: record.html to read, record.json for machines, and every document."""
    held = [part for part in everything_about(child) if part.rows]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        page = render_template(
            "children/record.html", child=child, held=held, made_at=now(), name_of=subject_in_words
        )
        archive.writestr("record.html", page)
        archive.writestr("record.json", json.dumps(_as_data(held), indent=1, ensure_ascii=False))
        for file in documents_about(child):
            try:
                with (
                    storage().open(file.key) as content,
                    archive.open(f"documents/{file.id}-{file.name}", "w") as target,
                ):
                    shutil.copyfileobj(content, target)
            except MissingFile:
                current_app.logger.error("The file %s is not in the storage", file.id)
    return made.getvalue()


def _as_data(held) -> dict:
    return {
        part.table: [dict(zip(part.columns, row, strict=True)) for row in part.rows]
        for part in held
    }

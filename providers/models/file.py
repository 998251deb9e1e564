"""Files that people send: what is known of each; the content itself lies in the storage."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.audit import Audited
from app.kernel.database import Moment, choice, db
from providers.uploads import FileType


class StoredFile(Audited, db.Model):
    """A file that was sent and kept. key: its place in the storage (`providers.storage`).

    name: as the sender called it, made safe. type: judged by its content. size: bytes. sha256:
    of the content, hexadecimal.
    """

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size > 0", name="not_empty"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[FileType] = mapped_column("file_type", choice(FileType, "file_type"))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    stored_at: Mapped[datetime] = mapped_column(Moment)
    stored_by: Mapped[str] = mapped_column(String(200))

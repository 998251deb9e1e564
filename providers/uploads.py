"""What a document is, judged by its content and never by its name, and whether it may be kept."""

import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import BinaryIO

from app.kernel.rules import RuleBroken
from providers.needs import Labelled

MIB = 1024 * 1024


class RefusedFile(RuleBroken):
    """A file that cannot be kept; its reasons say what to do."""


class FileType(Labelled):
    """The kinds of document that are kept, each with the ending of its name."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG picture"
    JPEG = "jpg", "JPEG picture"
    DOCX = "docx", "Word document"
    ODT = "odt", "OpenDocument text"

    @property
    def media_type(self) -> str:
        """As a browser is told."""
        return _MEDIA_TYPES[self]


_OFFICE = "application/vnd.openxmlformats-officedocument"
_MEDIA_TYPES = {
    FileType.PDF: "application/pdf",
    FileType.PNG: "image/png",
    FileType.JPEG: "image/jpeg",
    FileType.DOCX: f"{_OFFICE}.wordprocessingml.document",
    FileType.ODT: "application/vnd.oasis.opendocument.text",
}
_MAGIC = {
    b"%PDF-": FileType.PDF,
    b"\x89PNG\r\n\x1a\n": FileType.PNG,
    b"\xff\xd8\xff": FileType.JPEG,
}
_ENDS = {FileType.PDF: b"%%EOF", FileType.PNG: b"IEND\xaeB`\x82", FileType.JPEG: b"\xff\xd9"}
_TAIL = 2048  # bytes in which the end mark must stand; some programs write a little after it
_ODT_TYPE = b"application/vnd.oasis.opendocument.text"
KINDS_IN_WORDS = "PDF, PNG, JPEG, Word (.docx) or OpenDocument text (.odt)"
_SAVE_AS = f"Send a file of one of these kinds: {KINDS_IN_WORDS}."


@dataclass(frozen=True)
class UploadLimits:
    """file_bytes: of a file as sent. unpacked_bytes, ratio: of a document that is an archive."""

    file_bytes: int = 10 * MIB
    unpacked_bytes: int = 200 * MIB
    ratio: int = 200


LIMITS = UploadLimits()


def recognise(stream: BinaryIO, limits: UploadLimits = LIMITS) -> FileType:
    """The kind of a seekable file, from its content; the stream is left at its start.

    Raises RefusedFile where it is empty, too large, cut off, of another kind, holds macros, or
    unpacks to far more than a document does.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size == 0:
        raise RefusedFile("The file is empty. Choose another.")
    if size > limits.file_bytes:
        raise RefusedFile(
            f"The file is larger than {limits.file_bytes // MIB} MB. Send a smaller copy."
        )
    head = stream.read(16)
    stream.seek(0)
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            _refuse_unless_whole(stream, kind, size)
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _recognise_archive(stream, limits)
    raise RefusedFile(f"The file is not a document that can be kept. {_SAVE_AS}")


def fingerprint(stream: BinaryIO) -> tuple[str, int]:
    """The SHA-256 of a seekable file in hexadecimal, and its size in bytes; left at its start."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return digest, size


def safe_name(name: str, kind: FileType) -> str:
    """A sender's name for a file without folders, odd characters or a false ending.

    At most 120 characters; "document" where nothing of it is left.
    """
    stem = PurePosixPath(PureWindowsPath(name).name).stem
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9 _-]+", "-", plain).strip(" -_.")
    return f"{stem[:110].rstrip() or 'document'}.{kind.value}"


def _refuse_unless_whole(stream: BinaryIO, kind: FileType, size: int) -> None:
    """Refuse a file that was cut off on its way."""
    stream.seek(max(0, size - _TAIL))
    tail = stream.read()
    stream.seek(0)
    if _ENDS[kind] not in tail:
        raise RefusedFile("The file is damaged or was cut off. Open it, save it and send it again.")


def _recognise_archive(stream: BinaryIO, limits: UploadLimits) -> FileType:
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _refuse_bomb(parts, limits)
            return _archive_kind(archive, {part.filename for part in parts})
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError) as damage:
        raise RefusedFile(
            "The file is damaged or locked. Open it, save it without a password and send it again."
        ) from damage
    finally:
        stream.seek(0)


def _archive_kind(archive: zipfile.ZipFile, names: set[str]) -> FileType:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise RefusedFile("The document holds macros. Save it as a PDF and send that.")
    if "word/document.xml" in names:
        return FileType.DOCX
    if "mimetype" in names and "content.xml" in names:
        with archive.open("mimetype") as part:
            if part.read(100) == _ODT_TYPE:
                return FileType.ODT
    raise RefusedFile(f"The file is an archive, not a document. {_SAVE_AS}")


def _refuse_bomb(parts: list[zipfile.ZipInfo], limits: UploadLimits) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if unpacked > limits.unpacked_bytes or (
        unpacked > 10 * MIB and unpacked > limits.ratio * packed
    ):
        raise RefusedFile("The document unpacks to far too much. Save it as a PDF and send that.")

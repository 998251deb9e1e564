"""What a file is, judged by its content and never by its name, and whether it is safe to open."""

import io
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from app.kernel.rules import RuleBroken

MIB = 1024 * 1024


class UnreadableFile(RuleBroken):
    """A file that cannot be taken at all; its reasons say what to do."""


class FileKind(StrEnum):
    """The kinds of spreadsheet that are read."""

    XLSX = "xlsx"
    ODS = "ods"
    CSV = "csv"


@dataclass(frozen=True)
class Limits:
    """How large a file may be; anything beyond is refused before it can fill the memory.

    file_bytes: as sent. unpacked_bytes: all parts of a workbook unpacked. part_bytes: any part
    that has to be held whole. ratio: unpacked to packed. rows, columns: of one table.
    """

    file_bytes: int = 20 * MIB
    unpacked_bytes: int = 300 * MIB
    part_bytes: int = 64 * MIB
    ratio: int = 200
    rows: int = 100_000
    columns: int = 200


LIMITS = Limits()

# what reading an archive raises where it is broken
ARCHIVE_DAMAGE = (
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_FOREIGN = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a compressed archive",
    b"Rar!": "a compressed archive",
    b"7z\xbc\xaf": "a compressed archive",
    b"{\\rtf": "a text document",
}
_SAVE_AS = "Save it as an Excel workbook (.xlsx), an OpenDocument spreadsheet (.ods) or CSV."


def recognise(stream: BinaryIO, limits: Limits = LIMITS) -> FileKind:
    """The kind of a seekable file, from its content.

    Raises UnreadableFile where it is empty, too large, of another kind, locked with a password,
    damaged, or unpacks to far more than it should.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size == 0:
        raise UnreadableFile("The file is empty. Choose a file with a heading row and records.")
    if size > limits.file_bytes:
        raise UnreadableFile(
            f"The file is larger than {limits.file_bytes // MIB} MB. Split it into smaller files."
        )
    head = stream.read(4096)
    stream.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return _recognise_archive(stream, limits)
    if head.startswith(_OLE):
        _refuse_ole(stream)
    for magic, name in _FOREIGN.items():
        if head.startswith(magic):
            raise UnreadableFile(f"The file is {name}, not a spreadsheet. {_SAVE_AS}")
    _refuse_unless_text(head)
    return FileKind.CSV


def _recognise_archive(stream: BinaryIO, limits: Limits) -> FileKind:
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if any(part.flag_bits & 1 for part in parts):
                raise UnreadableFile(_locked())
            kind = _archive_kind(archive, names)
            _refuse_bomb(parts, kind, limits)
            if kind is FileKind.ODS and _is_locked_ods(archive, names):
                raise UnreadableFile(_locked())
    except ARCHIVE_DAMAGE as damage:
        raise UnreadableFile(damaged()) from damage
    finally:
        stream.seek(0)
    return kind


def _archive_kind(archive: zipfile.ZipFile, names: set[str]) -> FileKind:
    if "xl/workbook.xml" in names:
        return FileKind.XLSX
    if "xl/workbook.bin" in names:
        raise UnreadableFile(f"The file is a binary Excel workbook (.xlsb). {_SAVE_AS}")
    if "mimetype" in names and "content.xml" in names:
        with archive.open("mimetype") as part:
            if part.read(200).startswith(_ODS_TYPE):
                return FileKind.ODS
    if "word/document.xml" in names:
        raise UnreadableFile(f"The file is a Word document, not a spreadsheet. {_SAVE_AS}")
    raise UnreadableFile(f"The file is an archive, not a spreadsheet. {_SAVE_AS}")


def _refuse_bomb(parts: list[zipfile.ZipInfo], kind: FileKind, limits: Limits) -> None:
    """Refuse what unpacks to too much; the sizes hold, since unpacking stops at the stated size."""
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    streamed = "xl/worksheets/" if kind is FileKind.XLSX else "\0"
    whole = max((p.file_size for p in parts if not p.filename.startswith(streamed)), default=0)
    if (
        unpacked > limits.unpacked_bytes
        or whole > limits.part_bytes
        or (unpacked > 10 * MIB and unpacked > limits.ratio * packed)
    ):
        raise UnreadableFile(
            "The workbook unpacks to far more than a list of this kind holds. "
            "Copy the table into a new workbook and send that."
        )


def _is_locked_ods(archive: zipfile.ZipFile, names: set[str]) -> bool:
    manifest = "META-INF/manifest.xml"
    return manifest in names and b"encryption-data" in archive.read(manifest)


def _refuse_ole(stream: BinaryIO) -> None:
    content = stream.read()
    stream.seek(0)
    if _ENCRYPTED_PACKAGE in content:
        raise UnreadableFile(_locked())
    raise UnreadableFile(f"The file is in an older Office format, such as .xls. {_SAVE_AS}")


def _refuse_unless_text(head: bytes) -> None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, as Excel's "Unicode text"
        return
    if b"\0" in head:
        raise UnreadableFile(f"The file is not a spreadsheet. {_SAVE_AS}")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise UnreadableFile(
            f"The file is a web page or XML, whatever its name says. Open it in Excel. {_SAVE_AS}"
        )


def _locked() -> str:
    return "The file is locked with a password. Remove the password and send it again."


def damaged() -> str:
    """The reason given for a file that breaks off or contradicts itself."""
    return "The file is damaged. Open it in Excel, save it again and send the new copy."

"""A file is judged by its content, and refused before it can do harm."""

import io
import zipfile

import pytest

from providers.intake.files import FileKind, Limits, UnreadableFile, recognise
from tests.providers.intake.builders import archive, csv_file, ods_file, xlsx_file

ROWS = [["Ref", "Name"], ["1", "Søren"]]


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        (xlsx_file(ROWS), FileKind.XLSX),
        (ods_file(ROWS), FileKind.ODS),
        (csv_file(ROWS), FileKind.CSV),
        (csv_file(ROWS, encoding="utf-8-sig"), FileKind.CSV),
        (csv_file(ROWS, encoding="cp1252"), FileKind.CSV),
        (csv_file(ROWS, encoding="utf-16"), FileKind.CSV),
    ],
)
def test_a_file_is_recognised_by_its_content(stream, kind):
    assert recognise(stream) is kind
    assert stream.tell() == 0


def locked_ods() -> io.BytesIO:
    manifest = b"<manifest:encryption-data/>"
    stream = archive(mimetype="application/vnd.oasis.opendocument.spreadsheet", content_xml="x")
    with zipfile.ZipFile(stream, "a") as packed:
        packed.writestr("META-INF/manifest.xml", manifest)
    stream.seek(0)
    return stream


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\x1f\x8b\x08", "archive"),
        (b"<html><table><tr><td>Child ref", "a web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "web page or XML"),
        (b"Ref,Name\0\0", "not a spreadsheet"),
        (OLE + bytes(600), "older Office format"),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (b"PK\x03\x04 cut off", "damaged"),
    ],
)
def test_another_kind_of_file_is_refused_with_what_to_do(content, words):
    with pytest.raises(UnreadableFile, match=words) as refused:
        recognise(io.BytesIO(content))
    assert refused.value.reasons[0].endswith(".")


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (archive(word__document_xml="x"), "a Word document"),
        (archive(xl__workbook_bin="x"), "binary Excel workbook"),
        (archive(readme_txt="x"), "an archive"),
        (locked_ods(), "locked with a password"),
    ],
)
def test_another_kind_of_archive_is_refused(stream, words):
    with pytest.raises(UnreadableFile, match=words):
        recognise(stream)


def test_a_file_over_the_limit_is_refused():
    with pytest.raises(UnreadableFile, match="larger than 1 MB"):
        recognise(io.BytesIO(b"a" * 1_100_000), Limits(file_bytes=1024 * 1024))


@pytest.mark.parametrize(
    "members",
    [
        {"xl__sharedStrings_xml": bytes(70 * 1024 * 1024)},
        {"xl__worksheets__sheet1_xml": bytes(12 * 1024 * 1024)},
    ],
)
def test_a_workbook_that_unpacks_to_far_more_is_refused(members):
    with pytest.raises(UnreadableFile, match="unpacks to far more"):
        recognise(archive(xl__workbook_xml="x", **members))


def test_the_name_of_a_file_does_not_matter(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(xlsx_file(ROWS).getvalue())
    with path.open("rb") as stream:
        assert recognise(stream) is FileKind.XLSX

"""Documents are judged by what they hold, whatever they are called."""

import io

import pytest

from providers.uploads import FileType, RefusedFile, UploadLimits, recognise, safe_name
from tests.factories.evidence import JPEG, PDF, PNG, an_archive

DOCX = an_archive(word__document_xml="<document/>")
ODT = an_archive(mimetype=b"application/vnd.oasis.opendocument.text", content_xml="<text/>")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, FileType.PDF),
        (PNG, FileType.PNG),
        (JPEG, FileType.JPEG),
        (DOCX, FileType.DOCX),
        (ODT, FileType.ODT),
    ],
)
def test_a_document_is_known_by_its_content(content, kind):
    assert recognise(io.BytesIO(content)) is kind


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"MZ\x90\0 a program", "not a document"),
        (b"<html><script>alert(1)</script>", "not a document"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a document"),
        (PDF[:20], "cut off"),
        (DOCX[:60], "damaged or locked"),
        (an_archive(xl__workbook_xml="<workbook/>"), "an archive, not a document"),
        (an_archive(word__document_xml="<d/>", word__vbaProject_bin=b"macro"), "macros"),
        (an_archive(word__document_xml=b"0" * 30_000_000), "unpacks to far too much"),
    ],
    ids=["empty", "program", "web page", "svg", "cut", "cut zip", "workbook", "macros", "bomb"],
)
def test_anything_else_is_refused_in_words(content, words):
    with pytest.raises(RefusedFile, match=words):
        recognise(io.BytesIO(content))


def test_a_file_beyond_the_limit_is_refused_with_the_limit():
    with pytest.raises(RefusedFile, match="larger than 10 MB"):
        recognise(io.BytesIO(PDF + b"\0" * 11 * 1024 * 1024))
    with pytest.raises(RefusedFile):
        recognise(io.BytesIO(PDF), UploadLimits(file_bytes=10))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("insurance 2027.PDF", "insurance 2027.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\scan.docx", "scan.pdf"),
        ("policy.pdf.exe", "policy-pdf.pdf"),
        ("Müller\r\nX: y.pdf", "Muller-X- y.pdf"),
        ("保険.pdf", "document.pdf"),
        ("", "document.pdf"),
        ("a" * 300 + ".pdf", "a" * 110 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_and_ends_as_the_content_says(given, kept):
    assert safe_name(given, FileType.PDF) == kept

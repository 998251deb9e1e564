"""The map of security speaks of files that are there, and of each item once."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAP = ROOT / "docs" / "security-asvs.md"
STANDS = {"met", "partly", "open", "the operator", "not applicable"}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def rows() -> list[tuple[str, str, str]]:
    """(item, how it stands, where) of each row."""
    return ROW.findall(MAP.read_text())


def test_each_item_stands_once_in_words_that_are_explained():
    found = rows()
    assert len({item for item, _, _ in found}) == len(found) > 250
    assert {stands for _, stands, _ in found} <= STANDS


def test_every_file_that_proves_an_item_is_there():
    named = {path for _, _, where in rows() for path in re.findall(r"`([\w./-]+/[\w./-]*)`", where)}
    missing = sorted(path for path in named if not (ROOT / path).exists())
    assert missing == [] and len(named) > 25


def test_the_figures_at_the_top_are_those_of_the_rows():
    found = rows()
    for stands in STANDS:
        count = sum(each == stands for _, each, _ in found)
        assert f"| {stands} | {count} |" in MAP.read_text()

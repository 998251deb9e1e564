"""The documentation keeps up: its links lead somewhere, and every setting is explained."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
SETTING = re.compile(r"FAIRPLACE_[A-Z_]+")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_within_the_documentation_lead_to_files_that_exist(page):
    for link in LINK.findall(page.read_text()):
        if "://" not in link:
            assert (page.parent / link).exists(), f"{named(page)} links to {link}"


def test_every_setting_is_explained_to_operators():
    settings = set(SETTING.findall((ROOT / "app" / "config.py").read_text())) - {"FAIRPLACE_"}
    explained = set(SETTING.findall((ROOT / "docs" / "operators.md").read_text()))
    assert settings <= explained, f"docs/operators.md does not explain {settings - explained}"

"""Bringing in GOV.UK Frontend's files."""

import json

import pytest

from app.web import assets

CSS = (
    "@font-face{font-family:GDS Transport;src:url(/assets/fonts/light.woff2)}"
    ".govuk-body{font-family:GDS Transport,arial,sans-serif}"
    ".crest{background-image:url(/assets/images/govuk-crest.svg)}"
    "/*# sourceMappingURL=govuk-frontend.min.css.map */"
)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder of its own, with the package as npm would have left it."""
    version = assets.version()
    package = tmp_path / "node_modules" / "govuk-frontend"
    built = package / "dist" / "govuk"
    built.mkdir(parents=True)
    (package / "package.json").write_text(json.dumps({"version": version}))
    (built / "govuk-frontend.min.css").write_text(CSS)
    (built / "govuk-frontend.min.js").write_text("go();\n//# sourceMappingURL=a.js.map\n")
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "vendor")
    return tmp_path


def test_the_style_sheet_asks_for_no_font_crest_or_map():
    neutral = assets.neutral_css(CSS)

    assert neutral == (".govuk-body{font-family:arial,sans-serif}.crest{background-image:none}")


def test_files_are_put_in_place_once(project):
    assert assets.ensure() is True
    assert assets.ensure() is False

    made = project / "vendor" / f"govuk-frontend-{assets.version()}"
    assert (made / "govuk-frontend.min.js").read_text() == "go();\n\n"
    assert "GDS" not in (made / "govuk-frontend.min.css").read_text()


def test_files_made_by_an_older_recipe_are_made_again(project):
    assets.ensure()
    (assets.folder() / assets.STAMP).write_text("older")

    assert assets.ensure() is True


def test_another_version_is_fetched_with_npm(project, monkeypatch):
    package = project / "node_modules" / "govuk-frontend" / "package.json"
    package.write_text(json.dumps({"version": "1.0.0"}))
    monkeypatch.setattr(assets, "_npm", lambda: ["false"])

    with pytest.raises(assets.AssetsMissing, match="Install Node.js"):
        assets.ensure()


def test_without_npm_the_command_says_in_one_line_what_to_do(project, monkeypatch, capsys):
    package = project / "node_modules" / "govuk-frontend" / "package.json"
    package.unlink()
    monkeypatch.setattr(assets, "_npm", lambda: None)

    assert assets.main() == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_lock_file_names_no_download_address():
    lock = (assets.ROOT / "package-lock.json").read_text()

    assert "://" not in lock
    assert assets.version() in lock

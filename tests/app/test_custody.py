"""Nothing is lost: a backup holds everything, and a restore gives back exactly that."""

import io
import json
import re
import shutil
import zipfile

import pytest
from sqlalchemy import func, select, text

from app.factory import create_app
from app.kernel import audit, seals
from app.kernel.audit import AuditEvent
from app.kernel.database import db
from providers import storage
from providers.models.evidence import EvidenceDocument
from providers.models.provider import Provider
from tests.conftest import TESTER, settings
from tests.factories.children import make_referral
from tests.factories.evidence import PDF, make_document
from tests.factories.providers import make_offer


def fill(app) -> None:
    """A county of one child and one provider, with a document that lies in the storage."""
    with app.app_context(), audit.acting(TESTER, "test"):
        make_referral()
        document = make_document(make_offer().provider)
        document.file.key = storage.keep(app.extensions["files"], io.BytesIO(PDF))
        db.session.commit()


@pytest.fixture
def empty(sqlite_template, tmp_path):
    """A second system, on SQLite, without a row."""
    folder = tmp_path / "second"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "fairplace.db")
    app = create_app(settings(f"sqlite:///{folder / 'fairplace.db'}", folder))
    yield app
    with app.app_context():
        db.engine.dispose()


def run(app, *command: str):
    return app.test_cli_runner().invoke(args=[str(part) for part in command])


def rows(app) -> dict[str, list]:
    with app.app_context():
        return {
            table.name: [
                tuple(row)
                for row in db.session.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in db.metadata.sorted_tables
        }


def test_what_is_backed_up_on_either_engine_comes_back_whole(app, empty, tmp_path):
    fill(app)
    made = run(app, "backup", tmp_path / "county.zip")
    assert "1 document backed up" in made.output, made.output

    answer = run(empty, "restore", tmp_path / "county.zip")
    assert "restored and compared: no difference" in answer.output
    assert "The audit trail is whole" in answer.output
    assert rows(empty) == rows(app)
    with empty.app_context():
        key = db.session.scalars(select(EvidenceDocument)).one().file.key
        with empty.extensions["files"].open(key) as content:
            assert content.read() == PDF


def test_a_backup_of_sqlite_fills_postgresql_which_goes_on_numbering(
    sqlite_app, postgres_app, tmp_path
):
    with postgres_app.app_context():
        names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
        db.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        db.session.commit()
    fill(sqlite_app)
    run(sqlite_app, "backup", tmp_path / "county.zip")
    answer = run(postgres_app, "restore", tmp_path / "county.zip")
    assert "no difference" in answer.output, answer.output
    fill(postgres_app)
    with postgres_app.app_context():
        assert db.session.scalar(select(func.count(Provider.id))) == 2
        assert seals.verify().faults == ()


def test_a_backup_never_writes_over_another(sqlite_app, tmp_path):
    run(sqlite_app, "backup", tmp_path / "county.zip")
    again = run(sqlite_app, "backup", tmp_path / "county.zip")
    assert again.exit_code == 1
    assert "exists already" in again.output


def test_a_system_with_rows_is_never_restored_over(sqlite_app, empty, tmp_path):
    fill(sqlite_app)
    run(sqlite_app, "backup", tmp_path / "county.zip")
    fill(empty)
    before = rows(empty)
    answer = run(empty, "restore", tmp_path / "county.zip")
    assert answer.exit_code == 1
    assert "not empty" in answer.output
    assert rows(empty) == before


@pytest.mark.parametrize("harm", ["cut short", "row changed", "other version", "no archive"])
def test_a_backup_that_is_not_whole_is_refused_and_leaves_nothing(
    sqlite_app, empty, tmp_path, harm
):
    fill(sqlite_app)
    path = tmp_path / "county.zip"
    run(sqlite_app, "backup", path)
    spoil(path, harm)
    answer = run(empty, "restore", path)
    assert answer.exit_code == 1, answer.output
    assert "Traceback" not in answer.output
    assert not any(rows(empty).values())


def spoil(path, harm: str) -> None:
    if harm == "no archive":
        path.write_bytes(b"not a backup")
    elif harm == "cut short":
        path.write_bytes(path.read_bytes()[:-200])
    else:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        if harm == "other version":
            manifest = json.loads(parts["manifest.json"]) | {"revision": "9999"}
            parts["manifest.json"] = json.dumps(manifest).encode()
        else:
            held = parts["tables/provider.jsonl"]
            parts["tables/provider.jsonl"] = re.sub(
                rb'"[A-Z][a-z]+ [^"]*"', b'"Other"', held, count=1
            )
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)


def test_the_check_of_the_trail_says_what_it_found_and_fails_where_it_is_broken(sqlite_app):
    fill(sqlite_app)
    whole = run(sqlite_app, "audit", "verify")
    assert whole.exit_code == 0
    noted = re.search(r"seal: (\d+:\w+)", whole.output).group(1)
    assert run(sqlite_app, "audit", "verify", "--noted", noted).exit_code == 0
    wrong = run(sqlite_app, "audit", "verify", "--noted", "1:abc")
    assert wrong.exit_code == 1
    assert "Seal 1 is not the one that was noted" in wrong.output


def test_a_role_of_postgresql_can_read_and_add_to_the_trail_and_no_more(postgres_app):
    with postgres_app.app_context(), audit.acting(TESTER, "test"):
        db.session.execute(text("DROP OWNED BY site_role") if _has_role() else text("SELECT 1"))
        db.session.execute(text("SELECT 1") if _has_role() else text("CREATE ROLE site_role"))
        make_offer()
        db.session.commit()
    assert "may use every table" in run(postgres_app, "audit", "grant", "site_role").output
    with postgres_app.app_context():
        db.session.execute(text("SET ROLE site_role"))
        assert db.session.scalar(select(func.count(AuditEvent.id))) > 0
        for statement in ("DELETE FROM audit_event", "TRUNCATE audit_seal, audit_event"):
            with pytest.raises(Exception, match="permission denied"), db.session.begin_nested():
                db.session.execute(text(statement))
        db.session.rollback()
        db.session.execute(text("RESET ROLE"))


def _has_role() -> bool:
    return bool(db.session.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = 'site_role'")))

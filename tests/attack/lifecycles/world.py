"""A small county in which people give commands, and what a command may and may not leave behind.

A command by somebody whose role lacks the permission is sent to the site, which must turn it away.
Any other is given to its service in a transaction, as a request would: done, with an entry in the
trail for everything it changed, or refused in words with nothing changed.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from app.access import may
from app.accounts.models import User
from app.accounts.roles import Role
from app.children.lifecycle import ReferralState
from app.factory import create_app
from app.kernel import audit
from app.kernel.audit import Audited, AuditEvent
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.policy import Permission
from tests.conftest import TESTER, settings
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.children import make_child, make_referral
from tests.factories.providers import make_cap, make_lot, make_offer, make_provider, make_service

PEOPLE = {
    "officer": Role.SEND_OFFICER,
    "commissioner": Role.COMMISSIONER,
    "colleague": Role.COMMISSIONER,
    "lead": Role.AP_LEAD,
    "adviser": Role.QUALITY_ADVISER,
    "finance": Role.FINANCE,
    "administrator": Role.ADMINISTRATOR,
    "oak": Role.PROVIDER,
    "elm": Role.PROVIDER,
}
LEFT_OUT = ("audit_event", "audit_seal", "record_look", "sign_in_session", "user_account")
"""What a request may write though it was turned away: who came, and the trail itself."""
DONE, REFUSED, DENIED = "done", "refused", "denied"


def fill() -> None:
    """Two providers with little room, and children who ask for more than there is."""
    mentoring, tutoring = make_service("mentoring"), make_service("tutoring_qts")
    mentoring.lot = tutoring.lot = make_lot()
    make_cap(mentoring, 5_500, framework=mentoring.lot.framework)
    oak, elm = make_provider(name="Oak Farm"), make_provider(name="Elm House")
    make_offer(provider=oak, service=mentoring, places_free=1, hours_free=12)
    make_offer(provider=elm, service=mentoring, places_free=2, hours_free=14, price_pence=5_000)
    make_offer(provider=elm, service=tutoring, places_free=1, hours_free=6, price_pence=6_000)
    for name, role in PEOPLE.items():
        own = {"oak": oak, "elm": elm}.get(name)
        values = {"provider": own} if own else {}
        make_user(role, name=name.title(), email=f"{name}@example.org", **values)
    make_referral(make_child(), {mentoring: 8})
    make_referral(make_child(), {mentoring: 6, tutoring: 5})
    make_referral(make_child(), {mentoring: 10}, state=ReferralState.DRAFT)
    db.session.flush()


class World:
    """The county on one SQLite file, which is put back to its beginning for each sequence."""

    def __init__(self, folder: Path) -> None:
        self.path, self.start = folder / "world.db", folder / "start.db"
        self.app = create_app(settings(f"sqlite:///{self.path}", folder))
        with self.app.app_context(), audit.acting(TESTER, "test"):
            db.create_all()
            fill()
            db.session.commit()
            people = {each.email.partition("@")[0]: each for each in db.session.query(User)}
            self.ids = {name: person.id for name, person in people.items()}
            self.owners = {people[name].provider_id: name for name in ("oak", "elm")}
            db.session.execute(text("PRAGMA journal_mode = DELETE"))
            db.session.commit()
            db.engine.dispose()
        shutil.copyfile(self.path, self.start)
        self.audited = {
            mapper.class_.__tablename__: mapper.class_
            for mapper in db.Model.registry.mappers
            if issubclass(mapper.class_, Audited)
        }
        self.tables = {
            name: [column.name for column in table.primary_key]
            for name, table in db.metadata.tables.items()
            if name not in LEFT_OUT
        }
        self.clients: dict[str, Any] = {}
        self.told: list[tuple[str, str, str]] = []

    def begin(self) -> None:
        """Put everything back to the beginning."""
        with self.app.app_context():
            db.engine.dispose()
        for leftover in self.path.parent.glob("world.db-*"):
            leftover.unlink()
        shutil.copyfile(self.start, self.path)
        self.clients, self.told = {}, []

    def snapshot(self) -> dict[tuple[str, Any], dict[str, Any]]:
        """Every row of every table that counts, as it stands in the file for anybody to read."""
        found = {}
        with closing(sqlite3.connect(self.path)) as reader:
            reader.row_factory = sqlite3.Row
            for name, keys in self.tables.items():
                for row in reader.execute(f'SELECT * FROM "{name}"'):
                    found[name, tuple(row[key] for key in keys)] = dict(row)
        return found

    def do(
        self,
        who: str,
        permission: Permission,
        address: str,
        deed: Callable[..., Any],
        on: tuple[Any, int] | None = None,
    ) -> str:
        """Let somebody give a command; what became of it. on: the model and id it is about."""
        with self.app.app_context():
            before = self.snapshot()
            user = db.session.get_one(User, self.ids[who])
            row = db.session.get_one(*on) if on else None
            permitted = may(user, permission, row)
            outcome = self._served(user, permission, deed, row, before) if permitted else DENIED
        if not permitted:
            self._turned_away(who, address, before)
        self.told.append((who, getattr(deed, "__name__", str(deed)), outcome))
        return outcome

    def _served(self, user: User, permission: Permission, deed, row, before) -> str:
        last = db.session.scalar(select(func.max(AuditEvent.id))) or 0
        try:
            with audit.acting(user.actor, permission.value):
                deed(user, *([row] if row is not None else []))
                db.session.commit()
        except RuleBroken as refusal:
            db.session.rollback()
            assert all(reason.strip() for reason in refusal.reasons)
            assert self.snapshot() == before, f"refused, and yet changed: {refusal}"
            return REFUSED
        self.check_trail(before, self.snapshot(), last, user.id)
        return DONE

    def _turned_away(self, who: str, address: str, before: dict) -> None:
        answer = self._client(who).post(address)
        if answer.status_code == 302 and "/sign-in" in answer.location:  # the session ran out
            del self.clients[who]
            answer = self._client(who).post(address)
        assert answer.status_code in (403, 404), (who, address, answer.status_code)
        assert self.snapshot() == before, (who, address)

    def _client(self, who: str):
        if who not in self.clients:
            client = self.app.test_client()
            data = {"email": f"{who}@example.org", "password": PASSWORD}
            assert client.post("/sign-in", data=data).status_code == 302
            self.clients[who] = client
        return self.clients[who]

    def check_trail(self, before: dict, after: dict, last: int, user_id: int | None) -> None:
        """Everything that changed in an audited table stands in the trail with who did it."""
        entries: dict[tuple[str, Any], dict[str, Any]] = {}
        for entry in db.session.scalars(select(AuditEvent).where(AuditEvent.id > last)):
            assert entry.actor_name and entry.actor_id == user_id, entry
            entries.setdefault((entry.subject, entry.subject_id), {}).update(entry.changes)
        for key in before | after:
            table, identity = key
            if table not in self.audited or before.get(key) == after.get(key):
                continue
            noted = entries.get((table, identity[0] if type(identity[0]) is int else None))
            assert noted is not None, f"{key} changed without an entry"
            old, new = before.get(key) or {}, after.get(key) or {}
            moved = {name for name in old | new if old.get(name) != new.get(name)}
            unseen = moved - noted.keys() - self.audited[table].unaudited - {"id"}
            assert not unseen, f"{key}: {unseen} changed without a word in the trail"
        db.session.rollback()

    def night(self, *errands: Callable[[], Any]) -> None:
        """What the site does by itself each day, in its own name."""
        with self.app.app_context():
            before = self.snapshot()
            last = db.session.scalar(select(func.max(AuditEvent.id))) or 0
            with audit.acting(audit.Actor(None, "Night"), "night"):
                for errand in errands:
                    errand()
                db.session.commit()
            self.check_trail(before, self.snapshot(), last, None)

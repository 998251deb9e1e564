"""A mark in every personal field, and every way out searched for it.

Pages may show a child to those whose work it is. Nothing of a child may stand in a line of the log,
an address, a header, a letter, a notice, a page of refusal or of a fault, a page that needs no
sign-in, a calendar, or on what a provider sees that was asked and not chosen.
"""

import base64
import copy
import html
import json
import logging
import re
import zlib
from email import message_from_bytes, policy
from urllib.parse import unquote_plus

import pytest
from flask import Flask
from sqlalchemy import String, select
from sqlalchemy.exc import IntegrityError

from app import post
from app.access import PUBLIC, declaration_of, public
from app.accounts.roles import Role
from app.kernel import audit
from app.kernel.database import db
from app.kernel.reach import chains
from app.kernel.rules import RuleBroken
from app.kernel.secret import SecretText
from app.notices.models import Notice
from app.web import errors, logs
from tests.app.web.planted import FROZEN, HOME, NAMES, NOT_SAID, Planted, plant
from tests.app.web.test_restricted_outputs import addresses, content, spelled
from tests.app.web.visitors import signed_in
from tests.conftest import TESTER
from tests.factories.children import make_child

LINKS = re.compile(r'\b(?:href|src|action|formaction|data-[\w-]+|srcset|content)="([^"]*)"')
READERS = (Role.AP_LEAD, Role.FINANCE, Role.QUALITY_ADVISER, Role.PROVIDER)
SEARCHED = ("/children/", "/placements/", "/matches/1")
FIELDS = (
    "text", "words", "reason", "why", "note", "notes", "summary", "present", "child_voice",
    "parents_voice", "forename", "surname", "upn", "postcode", "question", "answer",
)  # fmt: skip
PAUSED = ("sign", "account", "end", "forget", "remove")


class Watch:
    """Opens addresses, and keeps what left by the ways that nobody's data may take."""

    def __init__(self, app: Flask, case: Planted) -> None:
        self.app, self.case, self.leaks = app, case, set()
        self.opened = self.links = 0

    def open(self, client, address: str, method: str = "GET", shown: bool = True, **options):
        """One request. shown: whether the page itself may show a child to whoever asks."""
        answer = client.open(address, method=method, **options)
        self.opened += 1
        self.search(f"header of {method} {address}", str(_headers(answer)))
        self.search(f"cookie of {method} {address}", _cookies(answer))
        body = content(answer)
        if answer.mimetype == "text/html":
            links = LINKS.findall(body)
            self.links += len(links)
            self.search(f"link on {address}", unquote_plus(html.unescape(" ".join(links))))
        if answer.status_code >= 400 or not shown:
            self.search(f"{answer.status_code} of {method} {address}", html.unescape(body))
        return answer

    def search(self, where: str, said: str, allowed=frozenset()) -> None:
        """Note each mark that stands in what was said."""
        low = said.lower()
        for mark, holder in self.case.marks.items():
            if mark.lower() in low and mark not in allowed:
                self.leaks.add((where, holder))


def _headers(answer) -> list[tuple[str, str]]:
    return [(n, unquote_plus(v)) for n, v in answer.headers if n != "Set-Cookie"]


def _cookies(answer) -> str:
    """What a browser's owner can read in the cookies."""
    said = []
    for line in answer.headers.getlist("Set-Cookie"):
        value = line.partition("=")[2].partition(";")[0]
        packed = value.startswith(".")
        part = value.lstrip(".").partition(".")[0]
        try:
            raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
            said.append((zlib.decompress(raw) if packed else raw).decode("utf-8", "replace"))
        except (ValueError, zlib.error):
            said.append(value)
    return " ".join(said)


@pytest.fixture
def watch(sqlite_app, caplog):
    """The planted case, watched; the log from its lowest level that production writes."""
    caplog.set_level(logging.INFO)
    sqlite_app.config["PROPAGATE_EXCEPTIONS"] = False
    case = plant(sqlite_app)
    sqlite_app.url_defaults(lambda endpoint, values: made.append(f"{endpoint} {values}"))
    made: list[str] = []
    watched = Watch(sqlite_app, case)
    yield watched
    watched.search("an address that was made", " ".join(made))
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    log_of(watched, records)
    assert made and records
    assert not watched.leaks, sorted(watched.leaks)[:30]


def log_of(watched: Watch, records) -> None:
    """Search each record as it is, and as either format of the log writes it in production."""
    written = [logs.formatter(style, spoken=False) for style in ("text", "json")]
    for record in records:
        if record.name == "werkzeug":
            continue  # the development server's; the log takes its warnings alone
        each = copy.copy(record)
        each.exc_text, each.request_id = None, "-"
        facts = {k: v for k, v in each.__dict__.items() if k not in ("exc_info", "exc_text")}
        watched.search("a record", json.dumps(facts, default=str) + each.getMessage())
        for way in written:
            watched.search(f"the log, {record.name}", way.format(copy.copy(each)))


def numbers(case: Planted, model) -> list[int]:
    """The rows to ask for: those of the case where the table has any, else the first."""
    return case.rows.get(model.__tablename__ if model is not None else "", [1])[:2]


def reader(watch: Watch, role: Role):
    """Somebody signed in; a provider's person is of the provider that was asked."""
    values = {"provider_id": watch.case.asked_id} if role is Role.PROVIDER else {}
    return signed_in(watch.app, role, **values)


def test_pages_and_files_carry_nobody_in_addresses_headers_and_refusals(watch):
    for role in READERS:
        assert _read_all(watch, role) > 25, role
    assert watch.links > 5000


def _read_all(watch: Watch, role: Role) -> int:
    """Open every address that a role may open; returns how many."""
    client, pages = reader(watch, role), 0
    allowed = watch.case.for_providers if role is Role.PROVIDER else set()
    for rule, model in addresses(watch.app, role):
        for number in numbers(watch.case, model)[: 1 + (role is Role.AP_LEAD)]:
            for address in spelled(watch.app, rule, number)[:1]:
                answer = watch.open(client, address)
                assert answer.status_code < 500, address
                pages += 1
                if role is Role.PROVIDER:  # it was asked, and knows of nobody
                    watch.search(address, html.unescape(content(answer)), allowed)
    return pages


def test_forms_full_of_marks_lead_to_no_address_and_no_header(watch):
    client = reader(watch, Role.AP_LEAD)
    sent = dict(zip(FIELDS, [*watch.case.marks] * 2, strict=False))
    sent |= {"forename": NAMES["forename"], "surname": NAMES["surname"], "upn": NAMES["upn"]}
    posted = 0
    for rule in watch.app.url_map.iter_rules():
        declared = declaration_of(watch.app.view_functions[rule.endpoint])
        if declared == PUBLIC or "POST" not in rule.methods:
            continue
        if rule.rule.strip("/").split("/")[0] in PAUSED:
            continue
        for number in numbers(watch.case, declared[1])[:1]:
            for address in spelled(watch.app, rule, number, "POST")[:1]:
                answer = watch.open(client, address, "POST", data=sent)
                assert answer.status_code < 500, address
                posted += 1
    assert posted > 80


def test_letters_and_notices_of_casework_name_nobody(watch, tmp_path):
    """An enquiry is sent and declined, and a concern recorded, each with marks in its texts."""
    officer, provider = reader(watch, Role.SEND_OFFICER), reader(watch, Role.PROVIDER)
    adviser = reader(watch, Role.QUALITY_ADVISER)
    said = [*watch.case.marks][-1]
    words = "Likes the mornings. Unheard of elsewhere."
    watch.case.marks[words] = "enquiry.words"
    watch.case.for_providers.add(words)
    sent = {"offers": [watch.case.offer_id], "words": words}
    address = f"/enquiries/referrals/{watch.case.waiting_id}/new?offer={watch.case.offer_id}"
    led = [watch.open(officer, address, "POST", data=sent)]
    no = {"answer": "decline", "reason": "risk", "note": said}
    led.append(watch.open(provider, f"/answers/{watch.case.ask_id}", "POST", data=no))
    about = {"kind": "staffing", "text": said}
    address = f"/concerns/record/{watch.case.provider_id}"
    led.append(watch.open(adviser, address, "POST", data=about))
    assert [each.status_code for each in led] == [302, 302, 302], [each.text for each in led]
    watch.open(officer, "/notices/")
    with watch.app.app_context():
        post.deliver()
    _letters_and_notices(watch, tmp_path)


def _letters_and_notices(watch: Watch, folder) -> None:
    letters = list((folder / "mail").glob("*.eml"))
    for path in letters:
        letter = message_from_bytes(path.read_bytes(), policy=policy.default)
        said = f"{letter.items()} {letter.get_content()}"
        watch.search("a letter", unquote_plus(said))
    with watch.app.app_context():
        notices = db.session.scalars(select(Notice)).all()
        texts = [c.name for c in Notice.__table__.columns if isinstance(c.type, String)]
        for notice in notices:
            said = " ".join(str(getattr(notice, name)) for name in texts)
            watch.search("a notice", f"{said} {notice.topic}")
    assert letters and notices


def test_what_needs_no_sign_in_and_the_calendar_know_nobody(watch):
    visitor, opened = watch.app.test_client(), 0
    for rule in watch.app.url_map.iter_rules():
        declared = declaration_of(watch.app.view_functions[rule.endpoint])
        if declared == PUBLIC and "GET" in rule.methods and "filename" not in rule.arguments:
            for address in spelled(watch.app, rule, 1)[:1]:
                watch.open(visitor, address, shown=False)
                opened += 1
    for provider_id in (watch.case.provider_id, watch.case.asked_id):
        watch.open(visitor, f"/directory/{provider_id}", shown=False)
    feed = watch.open(visitor, f"/visit-planner/feed/{watch.case.feed}", shown=False)
    assert feed.status_code == 200 and opened > 12


def test_the_link_of_an_enquiry_shows_what_was_written_for_providers_alone(watch):
    [address] = watch.case.addresses
    answer = watch.open(watch.app.test_client(), address)
    assert answer.status_code == 200
    watch.search(address, html.unescape(answer.text), watch.case.for_providers)


def test_a_search_by_name_stays_out_of_addresses_cookies_and_log(watch):
    name = f"{NAMES['forename']} {NAMES['surname']}"
    for role in READERS:
        client = reader(watch, role)
        for address in SEARCHED:
            watch.open(client, f"{address}?sort=name", "POST", data={"text": name})
            watch.open(client, f"{address}?sort=name")
            watch.open(client, f"{address.rstrip('/')}/download.csv?sort=name")


def test_refusals_and_faults_tell_nobody(watch):
    raised = {
        "fault": ValueError(f"time data {NAMES['forename']!r} does not match"),
        "cause": RuntimeError(NAMES["surname"]),
        "overtaken": IntegrityError(
            "INSERT INTO child", {"upn": NAMES["upn"]},
            Exception(f'violates "uq_child_upn"\nDETAIL: Key (upn)=({NAMES["upn"]}) exists.'),
        ),
        "refused": RuleBroken("This referral has been withdrawn."),
    }  # fmt: skip

    @public
    def breaks(how):
        raise raised[how] from KeyError(HOME)

    watch.app.add_url_rule("/breaks/<string:how>", view_func=breaks)
    client = reader(watch, Role.SEND_OFFICER)
    codes = [watch.open(client, f"/breaks/{how}").status_code for how in raised]
    assert codes == [500, 500, 409, 409]
    for address, method, code in (
        ("/children/999999", "GET", 404),
        (f"/children/{NAMES['upn']}", "GET", 404),
        ("/children/999999", "POST", 405),
        ("/finance", "GET", 404),
    ):
        data = dict.fromkeys(FIELDS, NAMES["surname"])
        answer = watch.app.test_client().open(address, method=method, data=data)
        answer = client.open(address, method=method, data=data)
        assert answer.status_code == code, address
        watch.search(f"{code}", answer.text)


@pytest.mark.parametrize("wrong", [{"upn": NAMES["upn"]}, {"upn": None, "surname": None}])
def test_a_database_that_refuses_a_row_is_quoted_without_the_row(app, caplog, wrong):
    caplog.set_level(logging.INFO)
    with app.app_context(), audit.acting(TESTER, "test"):
        make_child(**NAMES)
        db.session.commit()

        @public
        def again():
            make_child(**NAMES | {"postcode": HOME} | wrong)

        with app.test_request_context(), pytest.raises(IntegrityError) as refused:
            again()
        with app.test_request_context():
            _page, status = errors.overtaken(refused.value)
    assert status == 409
    [line] = [each for each in caplog.messages if "constraint" in each]
    assert "A constraint refused a write" in line
    assert not [mark for mark in (*NAMES.values(), HOME) if mark in line], line


def test_every_table_with_texts_about_children_has_a_mark(watch):
    """Grows with the tables: one that is added without a row in the case fails here."""
    wanted = {
        mapper.class_.__tablename__
        for mapper in db.Model.registry.mappers
        if mapper.class_.__tablename__ in chains()
        and any(
            isinstance(c.type, SecretText) and c.name not in NOT_SAID
            for c in mapper.class_.__table__.columns
        )
    } - FROZEN
    marked = {where.partition(".")[0] for where in watch.case.marks.values()}
    assert wanted <= marked, wanted - marked
    assert len(watch.case.marks) > 40
    watch.search("a trial of the search", f"/children/?text={NAMES['surname']}")
    assert watch.leaks == {("a trial of the search", "child.surname")}
    watch.leaks.clear()
    watch.open(watch.app.test_client(), "/help")

"""Hostile requests to every address, as somebody who may use it: nothing breaks, nothing leaks.

Every page is opened with strange queries; every form on it is found by its fields and sent back
with hostile values. An answer of 500 or more is a fault, and so is a script that comes back as it
was sent, or the inside of the program shown on a page.
"""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from app.access import POLICY, PUBLIC, declaration_of
from app.accounts.roles import Role

SCRIPT = "<script>alert('fairplace')</script>"
HOSTILE = (
    "", " ", "0", "-1", "9" * 30, "1e309", "NaN", "٣", "\x00", "\ud7ff", "é" * 5_000, "A" * 70_000,
    "'; DROP TABLE child; --", "' OR 1=1 --", SCRIPT, "{{ 7 * 7 }}", "../../../etc/passwd",
    "=cmd|' /C calc'!A0", "2026-02-31", "31", "13", "true", "null", "[]", "%00", "%s%n",
    "javascript:alert(1)", "//elsewhere.example/", "SO23 8UJ", "10",
)  # fmt: skip
INSIDE = ("Traceback (most recent call last)", "sqlalchemy.", "psycopg.", "site-packages")
FILES = (
    ("../../../../tmp/evil.xlsx", b"PK\x03\x04 not a workbook"),
    ("a.csv", b"\xff\xfe\x00=cmd\x00,"),
    ("CON.pdf\x00.exe", b"MZ\x90\x00"),
    ("x" * 300 + ".csv", b""),
    (f"{SCRIPT}.csv", b'"' * 10_000),
)
KEPT = frozenset({"security.logout", "pages.ready"})
"""Not attacked: it would end the attack; it answers 503 where a database was made for tests."""


class _Forms(HTMLParser):
    """The forms of a page: where each goes, its method and the names of its fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, list[tuple[str, str]]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.found.append((values.get("action", ""), values.get("method", "get").lower(), []))
        elif tag in ("input", "select", "textarea", "button") and self.found and "name" in values:
            kind = values.get("type", tag)
            self.found[-1][2].append((values["name"], kind))


@dataclass
class Tally:
    """What was tried and what was found."""

    requests: int = 0
    forms: int = 0
    faults: list[str] = field(default_factory=list)

    def judge(self, what: str, answer) -> None:
        """Look at one answer."""
        self.requests += 1
        if answer.status_code >= 500:
            self.faults.append(f"{what}: {answer.status_code}")
        if answer.mimetype == "text/html":
            text = answer.text
            if SCRIPT in text:
                self.faults.append(f"{what}: a script came back as it was sent")
            self.faults += [f"{what}: shows {inside}" for inside in INSIDE if inside in text]
        if answer.location and answer.location.startswith(("//", "http://e", "https://e", "java")):
            self.faults.append(f"{what}: sends people to {answer.location}")


@dataclass
class Fuzzer:
    """Attacks a site. clients: a signed-in browser for each role. seed: the same attack again."""

    app: Flask
    clients: dict[Role, FlaskClient]
    seed: int = 0
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def run(self, rounds: int = 1) -> Tally:
        """Attack every address so many times, and each form that its page shows."""
        for _ in range(rounds):
            for rule, role in self._addresses():
                self._attack(rule, self.clients[role])
        return self.tally

    def _addresses(self) -> Iterator[tuple[Rule, Role]]:
        for rule in self.app.url_map.iter_rules():
            declared = declaration_of(self.app.view_functions[rule.endpoint])
            if rule.endpoint in KEPT or rule.endpoint.endswith("static"):
                continue
            roles = self.clients if declared == PUBLIC else POLICY[declared[0]]
            may = [role for role in roles if role in self.clients]
            if may:
                yield rule, self.random.choice(may)

    def _attack(self, rule: Rule, client: FlaskClient) -> None:
        adapter = self.app.url_map.bind("localhost")
        values = {name: self._part(rule._converters[name]) for name in rule.arguments}
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            address = adapter.build(rule.endpoint, values, method=method)
            if method == "GET":
                self._open(rule, client, address)
            else:
                self._send(f"{method} {rule.rule}", client, address, [])

    def _open(self, rule: Rule, client: FlaskClient, address: str) -> None:
        page = client.get(address)
        self.tally.judge(f"GET {rule.rule}", page)
        names = [*self._query_names(page), "page", "sort", "next"]
        query = MultiDict([(name, self._value()) for name in self._some(names)])
        self.tally.judge(f"GET {rule.rule}?…", client.get(address, query_string=query))
        for action, method, fields in self._forms(page):
            if method == "post" and action != "/sign-out":
                self._send(f"the form of {rule.rule}", client, action or address, fields)

    def _send(self, what: str, client: FlaskClient, address: str, fields: list) -> None:
        """Send a form: some fields twice, some not at all, files with hostile names and content."""
        self.tally.forms += 1
        names = fields or [(name, "text") for name in ("name", "reason", "file", "id")]
        data: MultiDict = MultiDict()
        for name, kind in names:
            if self.random.random() < 0.1:
                continue
            if kind == "file":
                filename, content = self.random.choice(FILES)
                data.add(name, (io.BytesIO(content), filename))
            else:
                for _ in range(self.random.choice((1, 1, 1, 3))):
                    data.add(name, self._value())
        answer = client.post(address, data=data, content_type="multipart/form-data")
        self.tally.judge(f"{what} sent to {address}", answer)

    @staticmethod
    def _forms(page) -> list:
        if page.mimetype != "text/html":
            return []
        forms = _Forms()
        forms.feed(page.text)
        return forms.found

    def _query_names(self, page) -> list[str]:
        found = [
            name for _, method, fields in self._forms(page) if method == "get" for name, _ in fields
        ]
        return list(dict.fromkeys(found))

    def _some(self, names: list[str]) -> list[str]:
        return [name for name in names if self.random.random() < 0.7]

    def _value(self) -> str:
        return self.random.choice(HOSTILE)

    def _part(self, converter: BaseConverter):
        """A part of an address: mostly a row that is there."""
        if isinstance(converter, AnyConverter):
            return self.random.choice(sorted(converter.items))
        if isinstance(converter, IntegerConverter):
            return self.random.choice((1, 1, 1, 2, 2**31 - 1))
        return self.random.choice(("1", "x" * 300, "..%2f..", "%00", "é"))

"""Every list can be taken away, every page about one thing shows its history, each in plain words.

Walks the route map, from each page to its template, so that a new list without its spreadsheet or
a new object's page without its history fails here. Held are the rooms of casework: pages whose
views read from `app.commissioning`, `app.children`, `app.notices` or `app.reporting`.
"""

import ast
import inspect
import re
import sys
from pathlib import Path

import pytest

from app.access import declaration_of
from app.factory import create_app
from tests.conftest import settings

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
ROOMS = ("app.commissioning", "app.children", "app.notices", "app.reporting")
FILE = re.compile(r"<any\(csv, xlsx\):kind>")
A_LIST = re.compile(r"\b(pagination|data_table)\(")
AN_EXPORT = re.compile(r"\bexport_links\(")
A_HISTORY = re.compile(r"\bhistory_table\(")

NO_EXPORT = {
    "intakes.sent": "files that were sent in, of which each is a spreadsheet already",
    "intakes.show": "rows of a spreadsheet; the refused ones are saved to be corrected",
    "restrictions.listed": "which children are restricted must not lie in a file that is passed on",
    "teams.listed": "settings, a handful of rows on one page; their changes are in the trail",
    "census.prepare": "taken away by a button of its own, since each file is noted",
    "agreements.text_in_force": "versions of one text, each whole in the agreements made from it",
    "search.compare": "some ticked results side by side; the search that they are of is exported",
}
NO_HISTORY = {
    "intakes.show": "says itself who sent the file, when, and what was saved of it and when",
    "matches.outcome": "a result is written once and never changed; its match has the history",
    "notices.follow": "leads on to the page that the notice is about",
    "progress.own": "a provider's view of a placement; who did what inside is the authority's",
    "providers.show": "its history is a page of its own, which it leads to: earlier versions",
    "rulings.places_now": "what could take a child now; the child's own page has the history",
    "scorecards.show": "figures reckoned afresh from other records; it has no row of its own",
    "search.find_for": "a search, which is no record; the child's own page has the history",
    "search.frozen": "a frozen search is evidence: the database refuses to change it",
    "shortlists.show": "each entry on it says who added it and when",
}


def pages(app):
    """Each page of casework that is read: its rule, view, model or None, and its templates."""
    for rule in app.url_map.iter_rules():
        view = inspect.unwrap(app.view_functions[rule.endpoint])
        module = sys.modules[view.__module__]
        if "GET" not in rule.methods or FILE.search(rule.rule) or not in_the_rooms(module):
            continue
        declared = declaration_of(app.view_functions[rule.endpoint])
        model = declared[1] if isinstance(declared, tuple) else None
        yield rule, model, templates_of(module, view.__name__)


def in_the_rooms(module) -> bool:
    if not module.__name__.startswith("app.web.views."):
        return False
    source = inspect.getsource(module)
    return any(f"from {room}" in source for room in ROOMS)


def templates_of(module, name: str) -> set[str]:
    """The templates that a view renders, itself or through functions of its own file."""
    functions = {
        node.name: node
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.FunctionDef)
    }
    found, wanted, seen = set(), [name], set()
    while wanted:
        here = wanted.pop()
        if here in seen or here not in functions:
            continue
        seen.add(here)
        for node in ast.walk(functions[here]):
            if isinstance(node, ast.Name):
                wanted.append(node.id)
            elif isinstance(node, ast.Constant) and (TEMPLATES / str(node.value)).is_file():
                found.add(node.value)
    return found


def text_of(template: str) -> str:
    """A template with the parts that it takes in from its own folder."""
    source = (TEMPLATES / template).read_text()
    parts = re.findall(r'{% (?:include|from|extends) "([^"]+)"', source)
    theirs = ("components/", "govuk", "layout")
    own = [part for part in parts if part.endswith(".html") and not part.startswith(theirs)]
    return source + "".join(text_of(part) for part in own)


def whole_text(templates: set[str]) -> str:
    return "".join(text_of(template) for template in sorted(templates))


def is_list(rule, model, text: str) -> bool:
    """A page of many things: with pages to turn, or a table on an address that names no thing."""
    of_one = model is not None or bool(rule.arguments)
    return "pagination(" in text or (not of_one and bool(A_LIST.search(text)))


def is_object(rule, model) -> bool:
    """A page about one thing, and no form: its address ends with the thing's number."""
    ends = model is not None and rule.rule.endswith(f"<int:{model.__tablename__}_id>")
    return ends and "POST" not in rule.methods


@pytest.fixture(scope="module")
def walked(sqlite_app_of_module):
    return list(pages(sqlite_app_of_module))


@pytest.fixture(scope="module")
def sqlite_app_of_module(tmp_path_factory):
    return create_app(settings("sqlite://", tmp_path_factory.mktemp("routes")))


def test_every_list_can_be_taken_away(walked):
    lacking = {
        rule.endpoint
        for rule, model, templates in walked
        if is_list(rule, model, text := whole_text(templates)) and not AN_EXPORT.search(text)
    }
    assert lacking == set(NO_EXPORT), "give the list an export, or say here why it needs none"


def test_every_page_about_one_thing_shows_its_history(walked):
    lacking = {
        rule.endpoint
        for rule, model, templates in walked
        if is_object(rule, model) and not A_HISTORY.search(whole_text(templates))
    }
    assert lacking == set(NO_HISTORY), "show the history of it, or say here why there is none"


def test_every_file_of_a_list_comes_as_csv_and_as_excel(sqlite_app_of_module):
    for rule in sqlite_app_of_module.url_map.iter_rules():
        if "kind" in rule.arguments and "csv" in rule.rule:
            assert FILE.search(rule.rule), rule.rule

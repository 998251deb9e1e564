"""How the source is written: short files and views, docstrings, one place that sets a state."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "matching", "providers")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
VIEWS = [path for path in FILES if path.parent.name == "views"]
LONGEST_FILE = 350
LONGEST_VIEW = 15


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_is_short_and_opens_with_a_docstring(path):
    source = path.read_text()
    assert len(source.splitlines()) <= LONGEST_FILE, "would two nouns live better apart?"
    assert ast.get_docstring(ast.parse(source)), "say what the room is for"


@pytest.mark.parametrize("path", [p for p in FILES if p.name == "__init__.py"], ids=named)
def test_an_init_file_holds_only_a_docstring(path):
    assert len(ast.parse(path.read_text()).body) == 1


def is_view(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(mark, ast.Call)
        and isinstance(mark.func, ast.Attribute)
        and mark.func.attr in {"get", "post", "route"}
        for mark in node.decorator_list
    )


@pytest.mark.parametrize("path", VIEWS, ids=named)
def test_a_view_fetches_asks_a_service_and_answers_in_a_few_lines(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if is_view(node):
            length = node.end_lineno - node.lineno + 1
            assert length <= LONGEST_VIEW, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_only_a_lifecycle_sets_a_state(path):
    if path.name == "lifecycle.py" and path.parent.name == "kernel":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        targets = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        for target in targets:
            assert not (isinstance(target, ast.Attribute) and target.attr == "state"), (
                f"line {node.lineno}: use the lifecycle's fire()"
            )


@pytest.mark.parametrize("path", FILES, ids=named)
def test_imports_stand_at_the_top(path):
    tree = ast.parse(path.read_text())
    inside = [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inside, f"imports inside functions at lines {inside}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_public_classes_and_functions_say_what_they_mean(path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            if is_declaration_only(node):
                continue
            assert ast.get_docstring(node), f"{node.name} at line {node.lineno}"


def is_declaration_only(node: ast.AST) -> bool:
    """Whether this is a hook that a decorator registers and nobody calls by name."""
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(mark, ast.Call) and getattr(mark.func, "attr", "") == "listens_for"
        for mark in node.decorator_list
    )

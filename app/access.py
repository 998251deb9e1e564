"""Who may do what: the declaration that every view makes, held to `app.policy`."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from flask import Flask, abort, current_app, request
from flask_login import current_user
from sqlalchemy import Select, false

from app.accounts import looks
from app.accounts.models import User
from app.children.reach.reaching import reach_of, restricted_reach
from app.kernel import audit, reach
from app.kernel.database import db
from app.policy import POLICY, Permission, Scope

PUBLIC = "public"
_DECLARATION = "_access_declaration"


def scope_for(user: User, permission: Permission) -> Scope | None:
    """The rows this person reaches with a permission; None where they lack it."""
    if not user.is_authenticated:
        return None
    return POLICY[permission].get(user.role)


def may(user: User, permission: Permission, row: Any = None) -> bool:
    """Whether this person has a permission, and for this row where one is given."""
    scope = scope_for(user, permission)
    if scope is None or row is None:
        return scope is not None
    return scope.admits(user, row) and restricted_reach(user).admits(row)


def visible(statement: Select, model: Any, permission: Permission, user: User) -> Select:
    """A query narrowed to the rows this person may see; empty where they may see none."""
    scope = scope_for(user, permission)
    if scope is None:
        return statement.where(false())
    clauses = scope.clause(user, model), restricted_reach(user).clause(model)
    return statement.where(*(clause for clause in clauses if clause is not None))


def public(view: Callable) -> Callable:
    """Declare that a view needs no sign-in."""
    setattr(view, _DECLARATION, PUBLIC)
    return view


def requires(
    permission: Permission, on: Any = None, options: Sequence[Any] = ()
) -> Callable[[Callable], Callable]:
    """Declare a view's permission; load the row it is about and pass it in.

    on: the model whose row the address names as `<table>_id`. A row that is missing, or that
    this person may not reach, is the same 404: the answer never tells that it exists.
    options: loader options, for what the view reads with the row in the same query.
    """

    def declare(view: Callable) -> Callable:
        @wraps(view)
        def guarded(**arguments: Any) -> Any:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()
            if not may(current_user, permission):
                abort(403)
            audit.name_deed(current_user.actor, permission.value)
            if on is not None:
                noun = on.__tablename__
                row = db.session.get(on, arguments.pop(f"{noun}_id"), options=options)
                if row is None or not may(current_user, permission, row):
                    abort(404)
                arguments[noun] = row
                _note_look(row)
            answer = view(**arguments)
            db.session.flush()  # a broken constraint shows here, where it can be answered
            return answer

        setattr(guarded, _DECLARATION, (permission, on))
        return guarded

    return declare


def _note_look(row: Any) -> None:
    """Note that a page about a child was opened; a change is in the audit trail already."""
    child_id = getattr(row, "about_child_id", None) or getattr(row, "child_id", None)
    if child_id is not None and request.method == "GET":
        looks.note(current_user, child_id, request.endpoint or "")


def declaration_of(view: Callable) -> Any:
    """What a view has declared: PUBLIC, a (permission, model) pair, or None."""
    return getattr(view, _DECLARATION, None)


def declare_public(app: Flask, *endpoints: str) -> None:
    """Declare views that are not ours (sign-in, static files) as public."""
    for endpoint in endpoints:
        app.view_functions[endpoint] = public(_as_function(app.view_functions[endpoint]))


def _as_function(view: Callable) -> Callable:
    """A view that may be a bound method, which cannot carry a declaration, as a function."""

    @wraps(view)
    def called(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return called


def refuse_undeclared_views(app: Flask) -> None:
    """Stop the start-up where any view has no declaration. Raises RuntimeError."""
    missing = sorted(name for name, view in app.view_functions.items() if not declaration_of(view))
    if missing:
        raise RuntimeError(
            "These views declare no permission; add @requires or @public: " + ", ".join(missing)
        )


def register(app: Flask) -> None:
    """Give templates `may`, and name the person behind sign-in's own writes."""

    @app.context_processor
    def permissions() -> dict[str, Any]:
        return {"Permission": Permission, "may": lambda p, row=None: may(current_user, p, row)}

    @app.before_request
    def narrow_queries() -> None:
        reach.read_as(_reach_of_reader)

    @app.teardown_request
    def widen_queries(_error: BaseException | None) -> None:
        reach.forget_reader()

    @app.before_request
    def name_sign_in() -> None:
        if request.blueprint == "security":
            actor = current_user.actor if current_user.is_authenticated else SIGN_IN
            audit.name_deed(actor, "account:sign-in")


def _reach_of_reader() -> reach.Reach:
    """What whoever asks reaches. A signed link is its own permission, for one row that it names."""
    return reach_of(current_user) if current_user.is_authenticated else reach.EVERYTHING


SIGN_IN = audit.Actor(None, "Sign-in page")

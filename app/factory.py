"""Puts the application together: the only file that knows every room."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_security import Security, SQLAlchemyUserDatastore
from flask_wtf import CSRFProtect

from app import access, cli, jobs, transaction
from app.accounts.models import RoleName, User
from app.config import settings_from
from app.kernel.database import db
from app.web import errors, jinja, navigation
from app.web.blueprints import BLUEPRINTS

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application, ready to serve.

    settings: overrides of what the environment says, for tests.
    Raises RuntimeError where any view lacks a declaration of who may see it.
    """
    app = Flask("app", instance_path=str(ROOT / "instance"), static_folder="web/static")
    app.config.update(settings_from(os.environ, Path(app.instance_path)))
    app.config.update(settings or {})
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    CSRFProtect(app)
    Security(app, SQLAlchemyUserDatastore(db, User, RoleName))
    transaction.register(app)
    access.register(app)
    jobs.register(app)
    jinja.register(app)
    navigation.register(app)
    errors.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    cli.register(app)
    access.declare_public(app, "static", "security.static", "security.login", "security.logout")
    access.refuse_undeclared_views(app)
    return app

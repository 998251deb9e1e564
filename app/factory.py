"""Puts the application together: the only file that knows every room."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_security import Security, SQLAlchemyUserDatastore
from flask_wtf import CSRFProtect

from app import access, casework, cli, custody, demonstration, errands, jobs, mail, transaction
from app.accounts.models import RoleName, User
from app.accounts.passkeys import Passkey
from app.commissioning.progress.reviews import review_everyone_there
from app.config import settings_from
from app.kernel import secret
from app.kernel.database import db
from app.links import address_of
from app.visits import consequences
from app.web import (
    addresses,
    child_search,
    confirming,
    council,
    errors,
    files,
    headers,
    jinja,
    limits,
    logs,
    navigation,
    passkeys,
    second_step,
    sent_once,
    sessions,
    tiles,
    ways,
)
from app.web.blueprints import BLUEPRINTS
from app.web.forms.accounts import SignInForm
from app.web.passkeys import OurPasskeys, RegisterResponse, RemovePasskey, SignInResponse
from app.web.second_step import CodesOnce
from app.web.sign_in import OurMail, OurPasswords
from providers import stops
from providers.places import online_geocoder

NOT_OURS = (
    "static", "security.static", "security.login", "security.logout", "security.verify",
    "security.forgot_password", "security.reset_password", "security.change_password",
    "security.two_factor_setup", "security.two_factor_setup_validate",
    "security.two_factor_token_validation", "security.two_factor_rescue", "security.tf_select",
    "security.mf_recovery", "security.mf_recovery_codes",
    "security.wan_register", "security.wan_register_response", "security.wan_delete",
    "security.wan_signin", "security.wan_signin_response",
)  # fmt: skip
"""Views of the sign-in library, which judge by themselves who may use them."""
ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application, ready to serve.

    settings: overrides of what the environment says, for tests.
    Raises RuntimeError where any view lacks a declaration of who may see it.
    """
    app = errors.Site("app", instance_path=str(ROOT / "instance"), static_folder="web/static")
    app.config.update(settings_from(os.environ, Path(app.instance_path)))
    app.config.update(settings or {})
    secret.configure(app.config["DATA_KEYS"], fallback=app.config["SECRET_KEY"])
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    CSRFProtect(app)
    logs.register(app)
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, User, RoleName, Passkey),
        login_form=SignInForm,
        mail_util_cls=OurMail,
        password_util_cls=OurPasswords,
        totp_cls=CodesOnce,
        webauthn_util_cls=OurPasskeys,
        wan_register_response_form=RegisterResponse,
        wan_signin_response_form=SignInResponse,
        wan_delete_form=RemovePasskey,
    )
    security.login_context_processor(lambda: _demonstration(app))
    confirming.register(security)
    security.verify_context_processor(
        lambda: {"confirm_minutes": app.config["SECURITY_FRESHNESS"] // timedelta(minutes=1)}
    )
    # a link in email goes to our own address, whatever Host a request says it came to
    security.mail_context_processor(lambda: {"address_of": address_of})
    transaction.register(app)
    second_step.register(app)
    passkeys.register(app)
    ways.register(app)
    sessions.register(app)
    council.register(app)
    access.register(app)
    sent_once.register(app)
    jobs.register(app)
    mail.register(app)
    files.register(app)
    if app.config["GEOCODER"]:
        online_geocoder().switch_on(app.config["GEOCODER"], **app.config["GEOCODER_OPTIONS"])
    addresses.register(app)
    tiles.register(app)
    headers.register(app)
    child_search.register(app)
    jinja.register(app)
    navigation.register(app)
    errors.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    limits.register(app)
    consequences.listen()
    stops.imposed.connect(review_everyone_there)
    cli.register(app)
    errands.register(app)
    casework.register(app)
    custody.register(app)
    access.declare_public(app, *NOT_OURS)
    access.refuse_undeclared_views(app)
    return app


def _demonstration(app: Flask) -> dict[str, Any]:
    """What the sign-in page shows of the example's accounts: nothing in production."""
    if app.config["PRODUCTION"]:
        return {"demonstration_sign_ins": []}
    return {
        "demonstration_sign_ins": demonstration.sign_ins(),
        "demonstration_password": demonstration.PASSWORD,
    }

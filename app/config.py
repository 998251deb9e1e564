"""Settings, read once from the environment; each has a default that suits a single machine."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.accounts.roles import Role
from app.kernel.clock import now

MEGABYTE = 1024 * 1024
WRONG_SIGN_IN = "The email address or the password is wrong. Check both and try again"


class InsecureSettings(RuntimeError):
    """Production was asked for with settings that only suit development."""


AUTHORITY_ROLES = (
    "send_officer", "commissioner", "ap_lead", "quality_adviser", "finance", "administrator",
)  # fmt: skip
SECRETS = ("FAIRPLACE_SECRET_KEY", "FAIRPLACE_PASSWORD_SALT")
SHORTEST_SECRET = 32
OIDC = (
    "FAIRPLACE_OIDC_CLIENT_ID", "FAIRPLACE_OIDC_CLIENT_SECRET", "FAIRPLACE_OIDC_ROLES",
)  # fmt: skip
TRIES = {
    "JOIN_LIMIT": "10 per hour; 30 per day",
    "SIGN_IN_LIMIT": "60 per 10 minutes; 300 per day",
    "ACCOUNT_LIMIT": "5 per 5 minutes; 20 per hour",
    "STRANGERS_LIMIT": "30 per hour; 100 per day",
}
"""How often it may be tried to get in, by what `app.web.tries` counts."""
SIGN_IN = {
    "SECURITY_CHANGEABLE": True,
    "SECURITY_CHANGE_URL": "/account/password",
    "SECURITY_CHANGE_PASSWORD_TEMPLATE": "accounts/change_password.html",
    "SECURITY_POST_CHANGE_VIEW": "/account/",
    "SECURITY_RECOVERABLE": True,
    "SECURITY_RESET_URL": "/forgotten-password",
    "SECURITY_FORGOT_PASSWORD_TEMPLATE": "accounts/forgot_password.html",
    "SECURITY_RESET_PASSWORD_TEMPLATE": "accounts/reset_password.html",
    "SECURITY_RESET_PASSWORD_WITHIN": "2 hours",
    "SECURITY_POST_RESET_VIEW": "/sign-in",
    "SECURITY_EMAIL_HTML": False,
    "SECURITY_EMAIL_SUBJECT_PASSWORD_RESET": "Choose a new password for Fairplace",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE": "Your password for Fairplace was changed",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Your password for Fairplace was changed",
    "SECURITY_TWO_FACTOR": True,
    "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
    "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
    "SECURITY_TWO_FACTOR_SETUP_URL": "/account/two-step",
    "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
    "SECURITY_TWO_FACTOR_RESCUE_URL": "/sign-in/rescue",
    "SECURITY_TWO_FACTOR_SELECT_URL": "/sign-in/choose",
    "SECURITY_TWO_FACTOR_SETUP_TEMPLATE": "accounts/two_step.html",
    "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "accounts/enter_code.html",
    "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account/",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "accounts/recovery_codes.html",
    "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
    "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "accounts/enter_recovery_code.html",
    "SECURITY_TOTP_ISSUER": "Fairplace",
    "SECURITY_TWO_FACTOR_SELECT_TEMPLATE": "accounts/choose_step.html",
    "SECURITY_DATETIME_FACTORY": now,
    "SECURITY_VERIFY_URL": "/account/confirm",
    "SECURITY_VERIFY_TEMPLATE": "accounts/confirm.html",
    "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
    "SECURITY_WEBAUTHN": True,
    "SECURITY_WAN_RP_NAME": "Fairplace",
    "SECURITY_WAN_REGISTER_URL": "/account/passkeys",
    "SECURITY_WAN_REGISTER_TEMPLATE": "accounts/passkeys.html",
    "SECURITY_WAN_POST_REGISTER_VIEW": "/account/passkeys",
    "SECURITY_WAN_DELETE_URL": "/account/passkeys/remove",
    "SECURITY_WAN_SIGNIN_URL": "/sign-in/passkey",
    "SECURITY_WAN_SIGNIN_TEMPLATE": "accounts/use_passkey.html",
    "SECURITY_WAN_SIGNIN_WITHIN": timedelta(minutes=5),
    "SECURITY_WAN_ALLOW_USER_HINTS": False,
    "SECURITY_WAN_ALLOW_AS_VERIFY": None,
    "SECURITY_WAN_NAME_MAX_LENGTH": 60,
    "SECURITY_MSG_WEBAUTHN_NAME_REQUIRED": ("Enter a name for the passkey", "error"),
    "SECURITY_MSG_WEBAUTHN_NAME_INUSE": ("Enter another name than %(name)s", "error"),
    "SECURITY_MSG_WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (
        "Enter a name of letters, figures, spaces and hyphens", "error",
    ),
    "SECURITY_MSG_TWO_FACTOR_INVALID_TOKEN": (
        "Enter the 6 figures that your app shows now. Each code works for a minute or two", "error",
    ),
    "SECURITY_MSG_INVALID_RECOVERY_CODE": (
        "This is not one of your recovery codes, or it was used already", "error",
    ),
    "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": ("Enter the same password twice", "error"),
    "SECURITY_MSG_PASSWORD_NOT_PROVIDED": ("Enter a password", "error"),
    "SECURITY_MSG_EMAIL_NOT_PROVIDED": ("Enter your email address", "error"),
    "SECURITY_MSG_INVALID_PASSWORD": ("The password is wrong", "error"),
}  # fmt: skip


def settings_from(environment: Mapping[str, str], instance: Path) -> dict[str, Any]:
    """Every setting of the application, from `FAIRPLACE_…` variables.

    instance: the folder for what is written (database, secret, job queue); made if absent.
    Raises InsecureSettings where FAIRPLACE_ENV=production lacks a secret of its own.
    """
    instance.mkdir(parents=True, exist_ok=True)
    production = environment.get("FAIRPLACE_ENV") == "production"
    secret = environment.get("FAIRPLACE_SECRET_KEY")
    salt = environment.get("FAIRPLACE_PASSWORD_SALT")
    data_keys = [key for key in environment.get("FAIRPLACE_DATA_KEYS", "").split(",") if key]
    if production:
        _refuse_defaults(environment)
    secret = secret or _kept_secret(instance / "secret-key")
    return {
        "PRODUCTION": production,
        "SECRET_KEY": secret,
        "DATA_KEYS": data_keys,
        "SQLALCHEMY_DATABASE_URI": _database_url(
            environment.get("FAIRPLACE_DATABASE_URL", f"sqlite:///{instance / 'fairplace.db'}")
        ),
        # a failed statement is logged without its values: they may be a child's
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "JOBS_URL": environment.get("FAIRPLACE_JOBS_URL", f"sqlite:///{instance / 'jobs.db'}"),
        "MAIL_URL": environment.get("FAIRPLACE_MAIL_URL", f"folder://{instance / 'mail'}"),
        "MAIL_SENDER": environment.get("FAIRPLACE_MAIL_SENDER", "Fairplace <noreply@localhost>"),
        "NOTIFY_KEY": environment.get("FAIRPLACE_NOTIFY_KEY", ""),
        "NOTIFY_TEMPLATE": environment.get("FAIRPLACE_NOTIFY_TEMPLATE", ""),
        "ADDRESS": environment.get("FAIRPLACE_ADDRESS", "http://127.0.0.1:8000"),
        "MAX_CONTENT_LENGTH": 20 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": 2 * MEGABYTE,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": production,
        "HSTS_DAYS": int(environment.get("FAIRPLACE_HSTS_DAYS", "365")),
        # by this name a browser holds it to HTTPS, to the whole site and to this host alone
        "SESSION_COOKIE_NAME": "__Host-session" if production else "session",
        "WTF_CSRF_TIME_LIMIT": None,
        "SECURITY_PASSWORD_SALT": salt or secret,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
        "SECURITY_LOGIN_USER_TEMPLATE": "accounts/sign_in.html",
        "SECURITY_FLASH_MESSAGES": False,
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_CLI_USERS_NAME": False,
        "SECURITY_CLI_ROLES_NAME": False,
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "SECURITY_MSG_GENERIC_AUTHN_FAILED": (WRONG_SIGN_IN, "error"),
        "SECURITY_MSG_UNAUTHENTICATED": ("Sign in to see this page.", "info"),
        "PERMANENT_SESSION_LIFETIME": 12 * 3600,
        "SESSION_IDLE_MINUTES": int(environment.get("FAIRPLACE_SESSION_IDLE_MINUTES", "30")),
        "SESSION_HOURS": int(environment.get("FAIRPLACE_SESSION_HOURS", "12")),
        "SECURITY_FRESHNESS": _minutes_of_trust(environment),
        "TWO_STEP_ROLES": _roles(environment.get("FAIRPLACE_TWO_STEP_ROLES"), production),
        **SIGN_IN,
        "SECURITY_TOTP_SECRETS": {1: secret},
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [_fernet_key(secret)],
        "COUNCIL": _council(environment, production),
        "FILES_URL": environment.get("FAIRPLACE_FILES_URL", f"folder://{instance / 'files'}"),
        "LIMITS_URL": environment.get("FAIRPLACE_LIMITS_URL", "memory://"),
        **{name: environment.get(f"FAIRPLACE_{name}", usual) for name, usual in TRIES.items()},
        "TRUSTED_PROXIES": int(environment.get("FAIRPLACE_TRUSTED_PROXIES", "0")),
        "MAP_TILES": environment.get("FAIRPLACE_MAP_TILES", ""),
        "MAP_ATTRIBUTION": environment.get("FAIRPLACE_MAP_ATTRIBUTION", ""),
        "PUBLIC_DIRECTORY": environment.get("FAIRPLACE_PUBLIC_DIRECTORY", "on") != "off",
        "GEOCODER": environment.get("FAIRPLACE_GEOCODER", ""),
        "GEOCODER_OPTIONS": json.loads(environment.get("FAIRPLACE_GEOCODER_OPTIONS", "{}")),
        "ROADS_URL": environment.get("FAIRPLACE_ROADS_URL", ""),
        "ROADS_SECONDS": float(environment.get("FAIRPLACE_ROADS_SECONDS", "2")),
        "LOG_FORMAT": environment.get("FAIRPLACE_LOG_FORMAT", "text"),
        "ERRORS_DSN": environment.get("FAIRPLACE_ERRORS_DSN", ""),
        "SMALLEST_GROUP": int(environment.get("FAIRPLACE_SMALLEST_GROUP", "5")),
        "CENSUS_REASONS": json.loads(environment.get("FAIRPLACE_CENSUS_REASONS", "{}")),
        "ENQUIRY_DAYS": int(environment.get("FAIRPLACE_ENQUIRY_DAYS", "2")),
        "MATCH_SECONDS": int(environment.get("FAIRPLACE_MATCH_SECONDS", "60")),
    }


def _refuse_defaults(environment: Mapping[str, str]) -> None:
    """Raise InsecureSettings where production would start on what only suits development."""
    secrets_given = [environment.get(name, "") for name in SECRETS]
    keys = [key for key in environment.get("FAIRPLACE_DATA_KEYS", "").split(",") if key]
    weak = any(len(each) < SHORTEST_SECRET or len(set(each)) < 8 for each in secrets_given)
    if weak or len(set(secrets_given)) < len(secrets_given) or not keys:
        raise InsecureSettings(
            "Set FAIRPLACE_SECRET_KEY and FAIRPLACE_PASSWORD_SALT to random values of their own, "
            f"of at least {SHORTEST_SECRET} characters, and FAIRPLACE_DATA_KEYS to a key that "
            "`flask data new-key` makes."
        )
    if any(key in secrets_given for key in keys):
        raise InsecureSettings("FAIRPLACE_DATA_KEYS needs a key that is used for nothing else.")
    if not environment.get("FAIRPLACE_ADDRESS", "").startswith("https://"):
        raise InsecureSettings(
            "Set FAIRPLACE_ADDRESS to the site's own address, which begins with https://."
        )


def _minutes_of_trust(environment: Mapping[str, str]) -> timedelta:
    """How long signing in is proof enough to change the way in. Raises ValueError below one."""
    minutes = int(environment.get("FAIRPLACE_CONFIRM_MINUTES", "10"))
    if minutes < 1:  # the sign-in library takes less to mean that it never asks again
        raise ValueError("FAIRPLACE_CONFIRM_MINUTES needs a whole number of minutes from 1.")
    return timedelta(minutes=minutes)


def _roles(named: str | None, production: bool) -> frozenset[str]:
    """The roles that sign in with a second step: those named, else the authority's own in
    production. Raises ValueError for a role that there is not."""
    if named is None:
        return frozenset(AUTHORITY_ROLES if production else ())
    roles = {role.strip() for role in named.split(",")} - {"", "none"}
    unknown = roles - {*AUTHORITY_ROLES, "provider"}
    if unknown:
        raise ValueError(f"FAIRPLACE_TWO_STEP_ROLES names no such role: {', '.join(unknown)}.")
    return frozenset(roles)


def _council(environment: Mapping[str, str], production: bool) -> dict[str, Any] | None:
    """The council's OpenID provider; None where no FAIRPLACE_OIDC_URL is set.

    Raises InsecureSettings where part of it is missing or it is not asked by HTTPS in production,
    ValueError where a group is given a role that there is not.
    """
    url = environment.get("FAIRPLACE_OIDC_URL", "")
    if not url:
        return None
    client_id, client_secret, mapped = (environment.get(name, "") for name in OIDC)
    if not (client_id and client_secret and mapped) or (
        production and not url.startswith("https://")
    ):
        raise InsecureSettings(
            "Set FAIRPLACE_OIDC_CLIENT_ID, FAIRPLACE_OIDC_CLIENT_SECRET and FAIRPLACE_OIDC_ROLES, "
            "and an address of the provider that begins with https://."
        )
    roles = json.loads(mapped)
    unknown = set(roles.values()) - {*AUTHORITY_ROLES}
    if unknown or not roles:
        raise ValueError(f"FAIRPLACE_OIDC_ROLES names no such role: {', '.join(sorted(unknown))}.")
    return {
        "url": url,
        "client_id": client_id,
        "client_secret": client_secret,
        "roles": {group: Role(role) for group, role in roles.items()},
        "name": environment.get("FAIRPLACE_OIDC_NAME", "your council account"),
        "groups_claim": environment.get("FAIRPLACE_OIDC_GROUPS_CLAIM", "groups"),
        "scope": environment.get("FAIRPLACE_OIDC_SCOPE", "openid profile email"),
    }


def _database_url(url: str) -> str:
    """A PostgreSQL address names the driver that is installed."""
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _fernet_key(secret: str) -> bytes:
    """A key for recovery codes, made from the secret key."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"recovery codes\n" + secret.encode()).digest())


def _kept_secret(path: Path) -> str:
    """A random secret, made once and kept beside the database, so sign-ins survive a restart."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()

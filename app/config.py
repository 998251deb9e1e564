"""Settings, read once from the environment; each has a default that suits a single machine."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MEGABYTE = 1024 * 1024
WRONG_SIGN_IN = "The email address or the password is wrong. Check both and try again"


class InsecureSettings(RuntimeError):
    """Production was asked for with settings that only suit development."""


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
    if production and not (secret and salt and data_keys):
        raise InsecureSettings(
            "Set FAIRPLACE_SECRET_KEY and FAIRPLACE_PASSWORD_SALT to long random values, and "
            "FAIRPLACE_DATA_KEYS to a key that `flask data new-key` makes."
        )
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
        "FILES_URL": environment.get("FAIRPLACE_FILES_URL", f"folder://{instance / 'files'}"),
        "LIMITS_URL": environment.get("FAIRPLACE_LIMITS_URL", "memory://"),
        "JOIN_LIMIT": environment.get("FAIRPLACE_JOIN_LIMIT", "10 per hour; 30 per day"),
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
        "MATCH_SECONDS": int(environment.get("FAIRPLACE_MATCH_SECONDS", "60")),
    }


def _database_url(url: str) -> str:
    """A PostgreSQL address names the driver that is installed."""
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _kept_secret(path: Path) -> str:
    """A random secret, made once and kept beside the database, so sign-ins survive a restart."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()

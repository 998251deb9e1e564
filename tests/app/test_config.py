"""Production does not start on settings that only suit development."""

import secrets
from itertools import product

import pytest

from app.config import InsecureSettings, settings_from
from app.kernel.secret import new_key


def sound_settings() -> dict[str, str]:
    """What production needs at least."""
    return {
        "FAIRPLACE_ENV": "production",
        "FAIRPLACE_SECRET_KEY": secrets.token_hex(32),
        "FAIRPLACE_PASSWORD_SALT": secrets.token_hex(32),
        "FAIRPLACE_DATA_KEYS": new_key(),
        "FAIRPLACE_ADDRESS": "https://fairplace.council.example",
    }


def test_production_starts_on_secrets_of_its_own(tmp_path):
    found = settings_from(sound_settings(), tmp_path)
    assert found["SESSION_COOKIE_SECURE"]
    assert not (tmp_path / "secret-key").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *product(
            ("FAIRPLACE_SECRET_KEY", "FAIRPLACE_PASSWORD_SALT", "FAIRPLACE_ADDRESS"),
            (None, "", "change me", "x" * 64),
        ),
        # any other text that is no key is refused by the package that uses it
        *product(("FAIRPLACE_DATA_KEYS",), (None, "")),
    ],
)
def test_production_does_not_start_without_each_of_them(tmp_path, name, value):
    given = sound_settings()
    given.pop(name)
    if value is not None:
        given[name] = value
    with pytest.raises(InsecureSettings, match=name):
        settings_from(given, tmp_path)


@pytest.mark.parametrize(
    ("name", "as_another"),
    [
        ("FAIRPLACE_PASSWORD_SALT", "FAIRPLACE_SECRET_KEY"),
        ("FAIRPLACE_DATA_KEYS", "FAIRPLACE_SECRET_KEY"),
        ("FAIRPLACE_DATA_KEYS", "FAIRPLACE_PASSWORD_SALT"),
    ],
)
def test_no_secret_serves_twice(tmp_path, name, as_another):
    given = sound_settings()
    given[name] = given[as_another]
    with pytest.raises(InsecureSettings, match=name):
        settings_from(given, tmp_path)


def test_by_plain_http_production_does_not_start(tmp_path):
    given = sound_settings() | {"FAIRPLACE_ADDRESS": "http://fairplace.council.example"}
    with pytest.raises(InsecureSettings, match="https"):
        settings_from(given, tmp_path)


def test_while_developing_a_secret_is_made_once_and_kept(tmp_path):
    first, second = (settings_from({}, tmp_path)["SECRET_KEY"] for _ in range(2))
    assert first == second
    assert len(first) == 64

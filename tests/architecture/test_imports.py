"""Imports run one way, and matching is reached over one bridge."""

import logging
from collections.abc import Iterator

import pytest
from importlinter.cli import lint_imports


@pytest.fixture
def loggers() -> Iterator[None]:
    """The linter silences every logger there is; whoever reads the log next still finds it."""
    before = {name: logging.getLogger(name).disabled for name in logging.root.manager.loggerDict}
    yield
    for name, disabled in before.items():
        logging.getLogger(name).disabled = disabled


def test_every_import_contract_is_kept(loggers):
    assert lint_imports(config_filename="setup.cfg", no_cache=True) == 0

"""Imports run one way, and matching is reached over one bridge."""

from importlinter.cli import lint_imports


def test_every_import_contract_is_kept():
    assert lint_imports(config_filename="setup.cfg", no_cache=True) == 0

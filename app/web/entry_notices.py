"""Telling a provider that what it wanted changed or added in the directory was decided."""

from collections.abc import Sequence

from app.notices import service as notices
from app.notices.topics import Topic
from providers.models.addition import Addition
from providers.models.change import ChangeItem
from providers.models.provider import Provider

PAGE = "/portal/"
"""Where a provider reads each decision with its comment."""


def tell_of_addition(addition: Addition) -> None:
    """Tell a provider's people that a site or an offer was accepted or returned."""
    _tell(addition.provider, f"addition:{addition.id}:{addition.state.value}")


def tell_of_changes(provider: Provider, decided: Sequence[ChangeItem]) -> None:
    """Tell a provider's people once of all changes that were decided together."""
    if decided:
        _tell(provider, f"changes:{min(item.id for item in decided)}:decided")


def _tell(provider: Provider, key: str) -> None:
    notices.tell(notices.people_of(provider), Topic.ENTRY_DECIDED, page=PAGE, key=key)

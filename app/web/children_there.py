"""The children who are at a provider now."""

from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import live_at
from providers.models.provider import Provider


def there_now(provider: Provider) -> list[tuple[Placement, None]]:
    """The live placements at a provider; reviews are kept elsewhere."""
    return [(placement, None) for placement in live_at(provider.id)]

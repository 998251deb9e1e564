"""The children who are at a provider now, and which of them a stop touches."""

from app.commissioning.placements.models import Placement
from app.commissioning.placements.queries import live_at
from providers.models.provider import Provider
from providers.models.stop import PlacementStop


def there_now(provider: Provider) -> list[tuple[Placement, PlacementStop | None]]:
    """The live placements at a provider, each with the first stop that covers its offer."""
    return [
        (placement, next((s for s in provider.stops if s.covers(placement.offer)), None))
        for placement in live_at(provider.id)
    ]

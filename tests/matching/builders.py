"""Small parties with working defaults, and random small problems, for the matching tests."""

from matching.problem import Child, Component, Delivery, Location, Offer, Provider

WINCHESTER = Location(51.0632, -1.3080)
SOUTHAMPTON = Location(50.9097, -1.4044)
BASINGSTOKE = Location(51.2667, -1.0876)


def a_child(**changes) -> Child:
    """A 12-year-old in Winchester with SEMH who needs 10 hours of tutoring a week."""
    name = changes.pop("id", "c1")
    values = {
        "components": (Component(f"{name}-k1", "tutoring", 10),),
        "needs": ("SEMH",),
        "age": 12,
        "location": WINCHESTER,
    }
    return Child(name, **{**values, **changes})


def an_offer(**changes) -> Offer:
    """Tutoring for SEMH at a site in Southampton: 40 hours and 4 places free at £45 an hour."""
    values = {
        "id": "o1",
        "provider_id": "p1",
        "service": "tutoring",
        "needs": frozenset({"SEMH"}),
        "min_age": 5,
        "max_age": 16,
        "deliveries": frozenset({Delivery.AT_BASE}),
        "location": SOUTHAMPTON,
        "hours_free": 40,
        "places_free": 4,
        "price_pence_per_hour": 4_500,
    }
    return Offer(**{**values, **changes})


def a_provider(**changes) -> Provider:
    """A registered provider with nobody there yet."""
    return Provider(**{"id": "p1", "registered": True, **changes})

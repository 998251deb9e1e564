"""Changes to the inputs of a match: what would be if caps, radius, budgets or places were others.

A change is a small dictionary with a "kind"; `applied` makes it on inputs as `inputs.kept` gives
them, and `in_words` says it. Nothing here touches a row of the database.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from app.commissioning.policy_rules import RULES
from app.kernel.geography import km_to_miles
from app.kernel.money import pounds
from app.kernel.words import in_sentence, listed

Change = Mapping[str, Any]
NEW_PROVIDER = "new"
"""The id of a provider, and of its offer, that exist only in a what-if."""


def applied(changes: Sequence[Change], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The packed problem of a match with these changes made; what was kept stays as it is."""
    inputs = deepcopy(dict(kept))
    for change in changes:
        _CHANGES[change["kind"]][0](inputs, change)
    return inputs["problem"]


def in_words(changes: Sequence[Change]) -> list[str]:
    """What each change says, as a sentence."""
    return [_CHANGES[change["kind"]][1](change) for change in changes]


def _rules(inputs: dict[str, Any], change: Change) -> None:
    """Set rules of the policy: {"rules": {key: value}}, None for no limit."""
    policy = inputs["problem"]["policy"]
    for key, value in change["rules"].items():
        group, _, name = key.rpartition(".")
        if group in ("tier_budgets", "transport_pence_per_km"):
            named = int(name) if group == "tier_budgets" else name
            pairs = [pair for pair in policy[group] if pair[0] != named]
            policy[group] = pairs + ([[named, value]] if value is not None else [])
        elif group:
            policy[group][name] = value
        else:
            policy[name] = value


def _rules_in_words(change: Change) -> str:
    named = [RULES[key].label for key in change["rules"] if key in RULES]
    return f"Other rules: {listed(named)}."


def _cap(inputs: dict[str, Any], change: Change) -> None:
    """Another price cap on a service: {"service": name, "pence": net an hour}."""
    problem, cap = inputs["problem"], change["pence"]

    def fits(offer: Mapping[str, Any]) -> bool:
        return offer["service"] != change["service"] or offer["price_pence_per_hour"] <= cap

    opened = [
        offer
        for offer in inputs["above_cap"]
        if offer["service"] == change["service"] and fits(offer)
    ]
    problem["offers"] = [offer for offer in problem["offers"] if fits(offer)] + opened
    known = {provider["id"] for provider in problem["providers"]}
    needed = {offer["provider_id"] for offer in opened} - known
    problem["providers"] += [each for each in inputs["their_providers"] if each["id"] in needed]
    _forget_pairs(problem)


def _cap_in_words(change: Change) -> str:
    service, price = in_sentence(change["service"]), pounds(change["pence"])
    return f"The price cap on {service} is {price} an hour."


def _travel(inputs: dict[str, Any], change: Change) -> None:
    """Children may travel further, or less far: {"km": more kilometres one way}."""
    for child in inputs["problem"]["children"]:
        if child["max_distance_km"] is not None:
            child["max_distance_km"] = max(0.0, child["max_distance_km"] + change["km"])


def _travel_in_words(change: Change) -> str:
    return f"Every child with a travel limit may travel {_further(change['km'])}."


def _radius(inputs: dict[str, Any], change: Change) -> None:
    """Providers' staff travel further, or less far: {"km": more kilometres}."""
    for offer in inputs["problem"]["offers"]:
        if offer["radius_km"] is not None:
            offer["radius_km"] = max(0.0, offer["radius_km"] + change["km"])


def _radius_in_words(change: Change) -> str:
    return f"Providers’ staff travel {_further(change['km'])}."


def _further(km: float) -> str:
    return f"{abs(km_to_miles(km)):.1f} miles {'further' if km >= 0 else 'less far'}"


def _capacity(inputs: dict[str, Any], change: Change) -> None:
    """More or less room: {"provider_id", "provider", "hours", "places"} at each of its offers."""
    for offer in inputs["problem"]["offers"]:
        if offer["provider_id"] == change["provider_id"]:
            offer["hours_free"] = max(0, offer["hours_free"] + change["hours"])
            offer["places_free"] = max(0, offer["places_free"] + change["places"])
            _widen(inputs, change)


def _widen(inputs: dict[str, Any], change: Change) -> None:
    """Raise a provider's limit over all offers by what one of them gains, or it would fill none."""
    for provider in inputs["problem"]["providers"]:
        if provider["id"] == change["provider_id"] and provider.get("places_free") is not None:
            provider["places_free"] += max(0, change["places"])


def _capacity_in_words(change: Change) -> str:
    said = [
        f"{abs(more)} {'more' if more > 0 else 'fewer'} {one if abs(more) == 1 else many}"
        for more, one, many in (
            (change["hours"], "hour a week", "hours a week"),
            (change["places"], "place", "places"),
        )
        if more
    ]
    return f"{change['provider']} has {listed(said)} at each of its offers."


def _new_provider(inputs: dict[str, Any], change: Change) -> None:
    """A provider that does not exist yet: {"provider": packed, "offer": packed, …words}."""
    inputs["problem"]["providers"].append(change["provider"])
    inputs["problem"]["offers"].append(change["offer"])


def _new_provider_in_words(change: Change) -> str:
    offer = change["offer"]
    return (
        f"A new provider at {change['postcode']} gives {in_sentence(offer['service'])} for "
        f"{offer['hours_free']} hours a week and {offer['places_free']} children at "
        f"{pounds(offer['price_pence_per_hour'])} an hour."
    )


def _choice(inputs: dict[str, Any], change: Change) -> None:
    """One offer for one component: {"component_id", "offer_id", "child", "provider"}."""
    problem = inputs["problem"]
    others = [pair for pair in problem["pinned"] if pair[0] != change["component_id"]]
    problem["pinned"] = [*others, [change["component_id"], change["offer_id"]]]


def _choice_in_words(change: Change) -> str:
    return f"{change['child']} goes to {change['provider']}."


def _forget_pairs(problem: dict[str, Any]) -> None:
    """Drop rulings about offers that are no longer there."""
    offers = {offer["id"] for offer in problem["offers"]}
    for name in ("pinned", "forbidden"):
        problem[name] = [pair for pair in problem[name] if pair[1] in offers]


_CHANGES: dict[str, tuple[Callable[[dict[str, Any], Change], None], Callable[[Change], str]]] = {
    "rules": (_rules, _rules_in_words),
    "cap": (_cap, _cap_in_words),
    "travel": (_travel, _travel_in_words),
    "radius": (_radius, _radius_in_words),
    "capacity": (_capacity, _capacity_in_words),
    "new_provider": (_new_provider, _new_provider_in_words),
    "choice": (_choice, _choice_in_words),
}


def new_provider(
    *,
    postcode: str,
    latitude: float,
    longitude: float,
    service: str,
    needs: Sequence[str],
    ages: tuple[int, int],
    hours: int,
    places: int,
    pence: int,
    registered: bool,
) -> Change:
    """A change that adds a provider with a site of its own: hours a week, pence an hour net."""
    return {
        "kind": "new_provider",
        "postcode": postcode,
        "provider": {"id": NEW_PROVIDER, "registered": registered, "name": "The new provider"},
        "offer": {
            "id": NEW_PROVIDER,
            "provider_id": NEW_PROVIDER,
            "service": service,
            "needs": list(needs),
            "min_age": ages[0],
            "max_age": ages[1],
            "deliveries": ["at_base"],
            "location": {"latitude": latitude, "longitude": longitude},
            "hours_free": hours,
            "places_free": places,
            "price_pence_per_hour": pence,
        },
    }

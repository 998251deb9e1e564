"""The smallest changes that would open a place for a component, in words."""

from collections.abc import Callable, Hashable, Mapping

from matching.distance import at_least_in_words, in_words
from matching.eligibility import Objection, Rule, hours_in_words

MOST = 3
_OPENINGS = {
    Rule.TRAVEL_LIMIT: "A travel limit of {far} or more would let the child go to {offer}",
    Rule.RADIUS: "{offer} could take this if it travelled {far} or more",
    Rule.FULL: "A free place at {offer} would be enough{away}",
    Rule.HOURS: "More free hours at {offer} would be enough{away}",
    Rule.MIN_HOURS: "{offer} could take this if it accepted fewer hours",
    Rule.GROUP_SIZE: "{offer} could take this in a smaller group",
    Rule.MUST_REGISTER: "{offer} could take this for fewer hours a week, or once it is registered "
    "as a school",
    Rule.HALF_DAYS: "More open half-days at {offer} would be enough",
    Rule.OPENS_LATE: "{offer} could take this if the child could wait until it opens",
    Rule.EXCLUDED: "{offer} could take this, were it not ruled out for the child",
}

Named = Callable[[Hashable], str]


def single_openings(
    refusal: Mapping[Hashable, tuple[Objection, ...]],
    km_of: Mapping[Hashable, float | None],
    named: Named,
) -> tuple[str, ...]:
    """For offers that one rule alone refuses: what would let each take it, the nearest first.

    One for each rule. named: what to call an offer.
    """
    openings = []
    for offer_id, found in refusal.items():
        rule, km = found[0].code, km_of[offer_id]
        if len(found) == 1 and rule in _OPENINGS:
            text = _OPENINGS[rule].format(
                offer=named(offer_id),
                far="" if km is None else at_least_in_words(km),
                away="" if km is None else f", {in_words(km)} away",
            )
            openings.append((float("inf") if km is None else km, rule, text[:1].upper() + text[1:]))
    best = {}
    for away, rule, text in sorted(openings):
        best.setdefault(rule, (away, text))
    return tuple(text for _, text in sorted(best.values()))[:MOST]


def more_room(offer: str, hours_short: int, no_place: bool) -> str:
    """What room at an offer whose room went to others would let it take a component as well."""
    hours = f"{hours_in_words(hours_short)} more" if hours_short > 0 else ""
    place = "one more place" if no_place else ""
    asked = " and ".join(filter(None, (hours, place)))
    return f"{asked[:1].upper()}{asked[1:]} at {offer} would make room for this child as well"

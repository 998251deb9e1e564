"""The sentences in which placements and refusals are explained."""

from matching.distance import in_words
from matching.eligibility import Rule

_REFUSED = {
    Rule.SERVICE: ("does not offer this service", "do not offer this service"),
    Rule.AGE: ("teaches other ages", "teach other ages"),
    Rule.NEEDS: ("does not provide for the child's needs", "do not provide for the child's needs"),
    Rule.EXCLUDED: ("has been ruled out for the child", "have been ruled out for the child"),
    Rule.KEEP_APART: (
        "has a child there who must be kept apart",
        "have a child there who must be kept apart",
    ),
    Rule.NEEDS_MIX: (
        "has children there whose needs must not mix",
        "have children there whose needs must not mix",
    ),
    Rule.GROUP_SIZE: ("teaches in too large a group", "teach in too large a group"),
    Rule.DELIVERY: ("has not said where it delivers", "have not said where they deliver"),
    Rule.NO_COORDINATES: (
        "is left out, as it or the home cannot be placed on the map",
        "are left out, as they or the home cannot be placed on the map",
    ),
    Rule.TRAVEL_LIMIT: ("is beyond the travel limit", "are beyond the travel limit"),
    Rule.RADIUS: ("does not travel this far", "do not travel this far"),
    Rule.MIN_HOURS: (
        "takes children only for more hours a week",
        "take children only for more hours a week",
    ),
    Rule.HALF_DAYS: ("is not open for enough half-days", "are not open for enough half-days"),
    Rule.OPENS_LATE: ("opens too late", "open too late"),
    Rule.MUST_REGISTER: (
        "is unregistered and would teach the child full-time",
        "are unregistered and would teach the child full-time",
    ),
    Rule.FULL_TIME_LIMIT: (
        "is unregistered and has as many full-time children as it may",
        "are unregistered and have as many full-time children as they may",
    ),
    Rule.FULL: ("is full", "are full"),
    Rule.HOURS: ("has too few hours free", "have too few hours free"),
    Rule.PINNED_ELSEWHERE: (
        "was passed over, as an officer has fixed another",
        "were passed over, as an officer has fixed another",
    ),
    Rule.FORBIDDEN: ("was ruled out by an officer", "were ruled out by an officer"),
    Rule.REGISTERED_FIRST: (
        "is unregistered, and a registered one could take this",
        "are unregistered, and a registered one could take this",
    ),
}


def refused(rule: Rule, count: int, nearest_km: float | None) -> str:
    """How many offers a rule refuses, such as "3 are full", with the nearest where it helps."""
    text = f"{count} {_REFUSED[rule][count != 1]}"
    if nearest_km is not None and rule in (Rule.TRAVEL_LIMIT, Rule.RADIUS, Rule.FULL, Rule.HOURS):
        text += f", {'it is' if count == 1 else 'the nearest is'} {in_words(nearest_km)} away"
    return text


def pounds(pence: int) -> str:
    """Pence as pounds, with pence shown only where there are any."""
    whole, part = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}£{whole:,}" + (f".{part:02d}" if part else "")


def dearer(pence: int) -> str:
    """A difference of weekly cost in words."""
    if not pence:
        return "costs the same"
    return f"costs {pounds(abs(pence))} a week {'more' if pence > 0 else 'less'}"


def standing(rank: int, count: int) -> str:
    """Where the choice stands among the offers that could take the component."""
    if count == 1:
        return "It is the only place that could suit the child"
    if rank == 0:
        return f"Of {count} places that could suit the child, it is the best"
    better = "1 is better but does" if rank == 1 else f"{rank} are better but do"
    return f"Of {count} places that could suit the child, {better} more for other children"


def why_not(options, groups) -> tuple[str, ...]:
    """Why a component has no place: rules, competition or the rest of the package."""
    reasons = []
    if options:
        still = sum(option.open for option in options)
        gone = len(options) - still
        if gone:
            reasons.append(
                f"{gone} could take this, but {'its' if gone == 1 else 'their'} hours or places "
                f"went to children who come first by the council's rules, or whom they suit better"
            )
        if still:
            reasons.append(
                f"{still} could take this part, but the child's other parts found no place, or a "
                f"limit over several children stands against it"
            )
    reasons += [group.text for group in groups]
    return tuple(reasons) or ("There are no offers",)

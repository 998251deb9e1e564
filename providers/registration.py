"""The must-register rule: when a setting that is not a school may not take a child's hours.

A setting that gives full-time education to five or more children of compulsory school age, or
to one child who is looked after or has an EHC plan, must register as an independent school
(Education and Skills Act 2008; Department for Education guidance on registration). "Full-time"
is not defined in law; more than 18 hours a week is generally taken as full-time. The thresholds
are settings. The second test is applied at any age, which is the stricter reading.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from providers.needs import Registration


@dataclass(frozen=True)
class RegistrationSettings:
    """full_time_above, warn_from: hours a week; must_register_at: full-time children."""

    full_time_above: float = 18
    warn_from: float = 15
    must_register_at: int = 5


SETTINGS = RegistrationSettings()


@dataclass(frozen=True)
class HoursAtProvider:
    """One placement, live or proposed, at one provider.

    child: any key that tells children apart. hours: a week. only_education: the child is taught
    nowhere else.
    """

    child: int | str
    hours: float
    ehcp: bool = False
    looked_after: bool = False
    compulsory_age: bool = True
    only_education: bool = False


def registration_objections(
    registration: Registration,
    live: Iterable[HoursAtProvider],
    proposed: HoursAtProvider,
    settings: RegistrationSettings = SETTINGS,
) -> tuple[str, ...]:
    """Why a proposed placement would make the provider an unregistered school; empty if it may go.

    live: every other live or proposed placement at the provider, of this child and of others.
    """
    if registration.is_school:
        return ()
    live = tuple(live)
    totals = sum_by_child((*live, proposed))
    child = totals[proposed.child]
    if child.hours <= settings.full_time_above:
        return ()
    before = sum(each.hours for each in live if each.child == proposed.child)
    reasons = []
    if child.ehcp or child.looked_after:
        standing = "has an EHC plan" if child.ehcp else "is looked after"
        reasons.append(
            f"{_hours(child.hours)} a week is full-time for a child who {standing}, and the "
            f"provider is not registered as a school. Keep the total there to "
            f"{_hours(settings.full_time_above)}, or choose a registered provider."
        )
    full_time = _full_time(totals.values(), settings)
    becomes = before <= settings.full_time_above  # one who is full-time already adds no child
    if becomes and child.compulsory_age and full_time >= settings.must_register_at:
        reasons.append(
            f"This would be full-time child number {full_time} at a provider that is not "
            f"registered as a school; {settings.must_register_at} make it a school. Keep the "
            f"total there to {_hours(settings.full_time_above)}, or choose a registered provider."
        )
    return tuple(reasons)


def registration_warnings(
    registration: Registration,
    live: Iterable[HoursAtProvider],
    proposed: HoursAtProvider,
    settings: RegistrationSettings = SETTINGS,
) -> tuple[str, ...]:
    """What to think about before a placement that the rule allows; empty for a school."""
    if registration.is_school:
        return ()
    totals = sum_by_child((*live, proposed))
    child = totals[proposed.child]
    warnings = []
    if settings.warn_from <= child.hours <= settings.full_time_above:
        warnings.append(
            f"{_hours(child.hours)} a week is near full-time (more than "
            f"{_hours(settings.full_time_above)}) at a provider that is not registered as a school."
        )
    if child.only_education:
        warnings.append(
            "The provider is not registered as a school and would be the child's only education."
        )
    full_time = _full_time(totals.values(), settings)
    if full_time == settings.must_register_at - 1:
        warnings.append(
            f"{full_time} children would be full-time at a provider that is not registered as a "
            "school; one more and it must register."
        )
    return tuple(warnings)


def must_register(
    registration: Registration,
    live: Iterable[HoursAtProvider],
    settings: RegistrationSettings = SETTINGS,
) -> str | None:
    """Why a provider as it stands must register as a school; None where it need not."""
    if registration.is_school:
        return None
    totals = sum_by_child(live).values()
    protected = [
        child
        for child in totals
        if child.hours > settings.full_time_above and (child.ehcp or child.looked_after)
    ]
    if protected:
        return (
            f"{_children(len(protected))} with an EHC plan or looked after full-time at a "
            "provider that is not registered as a school."
        )
    full_time = _full_time(totals, settings)
    if full_time >= settings.must_register_at:
        return f"{full_time} children full-time at a provider that is not registered as a school."
    return None


def sum_by_child(placements: Iterable[HoursAtProvider]) -> dict[int | str, HoursAtProvider]:
    """One entry for each child with the hours of all its placements added up.

    A child counts as protected, or of compulsory age, if any of its placements says so.
    """
    grouped: dict[int | str, list[HoursAtProvider]] = defaultdict(list)
    for placement in placements:
        grouped[placement.child].append(placement)
    return {
        child: replace(
            parts[0],
            hours=sum(part.hours for part in parts),
            ehcp=any(part.ehcp for part in parts),
            looked_after=any(part.looked_after for part in parts),
            compulsory_age=any(part.compulsory_age for part in parts),
            only_education=any(part.only_education for part in parts),
        )
        for child, parts in grouped.items()
    }


def _full_time(children: Iterable[HoursAtProvider], settings: RegistrationSettings) -> int:
    return sum(
        child.compulsory_age and child.hours > settings.full_time_above for child in children
    )


def _hours(hours: float) -> str:
    return "1 hour" if hours == 1 else f"{hours:g} hours"


def _children(number: int) -> str:
    return "1 child" if number == 1 else f"{number} children"

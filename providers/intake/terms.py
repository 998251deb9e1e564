"""The field's own terms out of cells: needs, services, delivery, standings, reasons.

Like `values`, each function takes text that is not blank and returns a value or raises BadValue.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from app.kernel.words import listed
from providers.admission import AdmissionState
from providers.intake.values import BadValue
from providers.needs import (
    NEED_ALIASES,
    Delivery,
    Judgement,
    NeedType,
    ReferralReason,
    Registration,
    SenProvision,
    Service,
    Sex,
    TransportNeed,
)

Term = TypeVar("Term")

_LISTS = r"[;,/&+]|\band\b|\bor\b"


def key(text: str) -> str:
    """Text without case, spacing and punctuation, for comparing terms."""
    return re.sub(r"[^a-z0-9]", "", text.casefold().replace("&", "and"))


_NEEDS = {key(need.value): need for need in NeedType}
_NEEDS |= {key(need.label): need for need in NeedType}
_NEEDS |= {key(alias): need for alias, need in NEED_ALIASES.items()}


def need(text: str) -> NeedType:
    """One need type: a code, ASC for ASD, a name, or "SEMH - Social, emotional …"."""
    found = _NEEDS.get(key(text)) or _described(text)
    if found is None:
        raise BadValue(_unknown_needs([text]))
    return found


def _described(text: str) -> NeedType | None:
    """The code in "SEMH - Social, emotional …"; None where a second need follows the dash."""
    code, *description = re.split(r"\s[-–—:]\s", text, maxsplit=1)
    if not description or any(key(word) in _NEEDS for word in description[0].split()):
        return None
    return _NEEDS.get(key(code))


def needs(text: str) -> tuple[NeedType, ...]:
    """Need types in a list with any usual separator, each once, in order."""
    if key(text) in ("all", "allneeds", "any"):
        return tuple(need for need in NeedType if need is not NeedType.NSA)
    if found := _NEEDS.get(key(text)) or _described(text):
        return (found,)
    parts = [part.strip() for part in re.split(r"[;,/&+|]|\band\b", text) if part.strip()]
    parts = [name for part in parts for name in _unspaced(part)]
    unknown = [part for part in parts if key(part) not in _NEEDS]
    if unknown or not parts:
        raise BadValue(_unknown_needs(unknown or [text]))
    return tuple(dict.fromkeys(_NEEDS[key(part)] for part in parts))


def _unspaced(part: str) -> list[str]:
    """Codes that only blanks separate, as a line break in a cell leaves them."""
    names = part.split()
    return names if all(key(name) in _NEEDS for name in names) else [part]


def _unknown_needs(unknown: list[str]) -> str:
    named = listed([f"“{name[:40]}”" for name in unknown])
    verb = "is not a need type" if len(unknown) == 1 else "are not need types"
    known = ", ".join(("ASC", *(need.value for need in NeedType)))
    return f"{named} {verb}. Enter codes from this list: {known}."


def services(text: str, known: Mapping[str, Service]) -> tuple[Service, ...]:
    """Services in a list, separated by semicolons, commas or line breaks, in order.

    known: `key` of each name and alias to its service, from `service_names`.
    """
    parts = [part.strip() for part in re.split(r"[;,\n]", text) if part.strip()]
    if not parts:
        raise BadValue("Enter a service.")
    return tuple(service(part, known) for part in parts)


def service(text: str, known: Mapping[str, Service]) -> Service:
    """One service, by its name or an alias."""
    found = known.get(key(text))
    if found is None:
        names = listed(sorted({service.name for service in known.values()}), "or")
        raise BadValue(f"“{text[:60]}” is not a service. Enter {names}.")
    return found


def service_names(offered: Iterable[Service]) -> dict[str, Service]:
    """The names, codes and aliases by which services are found in cells."""
    return {
        key(name): service
        for service in offered
        for name in (service.name, service.code, *service.aliases)
    }


_DELIVERIES = {
    Delivery.AT_BASE: "at base, base, on site, at site, site, centre, at centre, at provider, "
    "provider's site, at the provider's site, at_base, provider site",
    Delivery.AT_HOME: "home, at home, child's home, at child's home, at the child's home, in home, "
    "at_home, pupil's home",
    Delivery.IN_COMMUNITY: "community, in community, in the community, in_community",
    Delivery.ONLINE: "online, virtual, remote, at online",
}
_DELIVERY = {
    key(name): delivery for delivery, names in _DELIVERIES.items() for name in names.split(", ")
}


def deliveries(text: str) -> tuple[Delivery, ...]:
    """Ways of delivery, in a list: "At base or online", "Home / community"."""
    if found := _DELIVERY.get(key(text)):
        return (found,)
    parts = [part.strip() for part in re.split(_LISTS, text, flags=re.I) if part.strip()]
    unknown = [part for part in parts if key(part) not in _DELIVERY]
    if unknown or not parts:
        raise BadValue(
            f"“{(unknown or [text])[0][:40]}” is not a way of delivery. "
            "Enter at base, child's home, community or online."
        )
    return tuple(dict.fromkeys(_DELIVERY[key(part)] for part in parts))


def delivery(text: str) -> Delivery:
    """One way of delivery."""
    found = deliveries(text)
    if len(found) > 1:
        raise BadValue("Enter one way of delivery: at base, child's home, community or online.")
    return found[0]


def _pick(text: str, table: Mapping[str, Term], ask: str) -> Term:
    found = table.get(key(text))
    if found is None:
        raise BadValue(f"“{text[:40]}” is not understood. Enter {ask}.")
    return found


def _table(entries: Mapping[Term, str]) -> dict[str, Term]:
    return {key(name): term for term, names in entries.items() for name in names.split(", ")}


_REGISTRATIONS = _table(
    {
        Registration.UNREGISTERED: "n, no, none, unregistered, not registered",
        Registration.PRU: "pru, pupil referral unit",
        Registration.AP_ACADEMY: "ap academy, alternative provision academy",
        Registration.AP_FREE_SCHOOL: "ap free school, alternative provision free school",
        Registration.SPECIAL: "special, special school, academy special, special academy",
        Registration.NON_MAINTAINED_SPECIAL: "nmss, non-maintained special school",
        Registration.INDEPENDENT_SPECIAL: "independent special, independent special school",
        Registration.INDEPENDENT: "independent, independent school",
        Registration.POST_16: "special post-16, special post-16 institution, post-16",
        Registration.ONLINE: "online, accredited online provider",
        Registration.OTHER_SCHOOL: "y, yes, school, other school, registered",
    }
)


def registration(text: str) -> Registration:
    """A provider's standing: "Yes - PRU", "Yes – AP academy", "No"."""
    kind = re.sub(r"^y(es)?\b[\s:,–—-]*", "", text.casefold()) or "yes"
    return _pick(kind, _REGISTRATIONS, "No, or Yes with the kind of school, such as Yes - PRU")


_STANDINGS = _table(
    {
        AdmissionState.PENDING: "pending, applied, applicant, in progress",
        AdmissionState.APPROVED: "approved, active, live",
        AdmissionState.SUSPENDED: "suspended, on hold",
        AdmissionState.REMOVED: "removed, terminated",
        AdmissionState.LEFT: "left, withdrawn, closed",
    }
)


def standing(text: str) -> AdmissionState:
    """Where a provider stands in the directory."""
    return _pick(text, _STANDINGS, "Approved, Pending, Suspended, Removed or Left")


_PROVISIONS = _table(
    {
        SenProvision.NONE: "n, no, none, no sen",
        SenProvision.SUPPORT: "k, sen support, support",
        SenProvision.EHCP: "e, ehcp, ehc plan, ehc",
    }
)


def sen_provision(text: str) -> SenProvision:
    """How special needs are provided for: "EHCP", "SEN support", "K", "None"."""
    return _pick(text, _PROVISIONS, "EHCP, SEN support or None")


_SEXES = _table(
    {Sex.FEMALE: "f, female, girl", Sex.MALE: "m, male, boy", Sex.UNKNOWN: "u, unknown"}
)


def sex(text: str) -> Sex:
    """Sex as the census records it."""
    return _pick(text, _SEXES, "F, M or U")


_JUDGEMENTS = _table(
    {
        Judgement.GREEN: "green, g, good",
        Judgement.AMBER: "amber, a, yellow",
        Judgement.RED: "red, r",
    }
)


def judgement(text: str) -> Judgement:
    """What a visit concluded."""
    return _pick(text, _JUDGEMENTS, "Green, Amber or Red")


_TRANSPORTS = _table(
    {
        TransportNeed.NONE: "none, no, n, not needed",
        TransportNeed.MINIBUS: "minibus, bus",
        TransportNeed.TAXI: "taxi",
        TransportNeed.ESCORTED_TAXI: "taxi + assistant, taxi and assistant, taxi with assistant, "
        "escorted taxi, taxi with passenger assistant, taxi + escort, taxi with escort",
    }
)


def transport(text: str) -> TransportNeed:
    """Transport that a child needs."""
    return _pick(text, _TRANSPORTS, "none, minibus, taxi or taxi + assistant")


_REASONS = {key(name): reason for reason in ReferralReason for name in (reason.label, reason)}


def reason(text: str) -> ReferralReason:
    """Why provision is asked for."""
    return _pick(text, _REASONS, listed([reason.label for reason in ReferralReason], "or"))

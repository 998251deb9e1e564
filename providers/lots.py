"""Which lots of the framework a provider was admitted to: only in those may it be called off.

A provider that applied was admitted to the lots of the services in its applications. One that was
taken over from the supplier tool, and never applied, was admitted with all that it listed.

The rule stands twice: in words for one offer, and as conditions for searching thousands.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, or_, select

from providers.applications.lifecycle import ApplicationState
from providers.applications.sections import Section
from providers.models.application import Application, ApplicationSection
from providers.models.framework import Lot
from providers.models.offer import Offer


def _codes(answers: Mapping[str, Any]) -> set[str]:
    """The codes of the services that the offers of an application name."""
    return {item["service"] for item in answers.get("items", ())}


def lot_objection(offer: Offer) -> str | None:
    """Why an offer may not be called off: its lot is none that its provider was admitted to."""
    admitted = offer.provider.admitted_with
    if not admitted or offer.service.lot_id is None:
        return None
    codes = set().union(*(_codes(section.answers) for section in admitted))
    lot: Lot = offer.service.lot
    if offer.service.code in codes or any(each.code in codes for each in lot.services):
        return None
    return (
        f"It was not admitted to lot {lot.code} ({lot.name}), to which {offer.service.name} "
        "belongs. It must apply to join that lot first."
    )


def within_lots(services_by_lot: Mapping[int, Collection[tuple[int, str]]]) -> list[ColumnElement]:
    """That an offer is in none of the lots to which its provider was not admitted.

    services_by_lot: id and code of the services of each lot. One condition for each lot, which
    both engines answer from one list of providers: no query of its own.
    """
    return [
        or_(
            Offer.service_id.not_in([number for number, _code in services]),
            Offer.provider_id.not_in(_admitted_elsewhere([code for _, code in services])),
        )
        for services in services_by_lot.values()
    ]


def _admitted_elsewhere(codes: Iterable[str]) -> Select:
    """The providers whose admitted applications name none of these services.

    The answers are read as the text that they are kept as, which both engines can search: a
    quotation mark that an applicant wrote stands there with a backslash, so no free text matches.
    """
    written = cast(ApplicationSection.answers, Text)
    named = or_(*(written.contains(f'"service": "{code}"', autoescape=True) for code in codes))
    return (
        select(Application.provider_id)
        .join(ApplicationSection.application)
        .where(
            Application.state == ApplicationState.ADMITTED,
            ApplicationSection.section == Section.OFFERS,
        )
        .group_by(Application.provider_id)
        .having(func.max(case((named, 1), else_=0)) == 0)
    )

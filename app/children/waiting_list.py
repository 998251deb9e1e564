"""The waiting list held against the children known: what each row would change, and saving it."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.children.lifecycle import REFERRAL, ReferralState
from app.children.models import Child, ChildNeed, Component, ProviderWish, Referral
from app.children.reach.restrictions import restricted_references
from app.kernel.clock import today
from app.kernel.database import db
from app.kernel.geography import km_to_miles
from app.kernel.words import in_words
from providers.admission import AdmissionState
from providers.intake import waiting_list
from providers.intake.faults import ReadRow
from providers.intake.referral_columns import ReferralRow, ReferralRules
from providers.intake.staging import Judged, refusal, verdict
from providers.models.framework import Service
from providers.models.provider import Provider
from providers.needs import SERVICES
from providers.places import Locator, put_on_map

RESTRICTED = (
    "The record of this child is restricted. Whoever is named for it makes the change on the "
    "child’s page."
)


class WaitingListReader:
    """Reads the waiting list for the preview, and saves its good rows."""

    def __init__(self) -> None:
        """Load what rows are held against."""
        self._services = {row.code: row for row in db.session.scalars(select(Service))}
        self._providers = {row.reference: row for row in db.session.scalars(select(Provider))}
        self._restricted = restricted_references()
        self._rules = ReferralRules(
            today=today(),
            locate=Locator(),
            providers=self._providers.keys(),
            closed={
                reference
                for reference, provider in self._providers.items()
                if provider.state is not AdmissionState.APPROVED
            },
            upn_holder=_upn_holder,
            services=[service for service in SERVICES if service.code in self._services],
        )
        self._reader = waiting_list.ReferralReader(self._rules)

    def open(self, content: bytes, tell) -> tuple[list[str], Iterator[Judged]]:
        """The file's headings, and its rows judged one by one. Raises UnreadableFile."""
        sheet = waiting_list.open_file(BytesIO(content))
        rows = waiting_list.read(sheet, self._rules, tell)
        return list(sheet.headings), map(self._judge, rows)

    def judge(self, number: int, values: dict[str, str]) -> Judged:
        """A row of the preview, judged again as things stand now."""
        with db.session.no_autoflush:  # no two rows of a file are the same child
            return self._judge(self._reader.read_stored(number, values))

    def _judge(self, read: ReadRow[ReferralRow]) -> Judged:
        record = read.record
        if record is None:
            return verdict(read, read.row.values.get("reference") or "", None, {})
        if record.reference in self._restricted:
            # every officer may look at a preview, which says what the record holds now
            return refusal(read, record.reference, "reference", RESTRICTED)
        child = _find(record.reference)
        waiting = _waiting(child) if child else None
        before = self._facts_of_row(child, waiting) if child and waiting else None
        label = f"{record.reference} {record.forename} {record.surname}"
        return verdict(read, label, before, self._facts_of_record(record))

    def save(self, record: ReferralRow) -> None:
        """Bring one good row in: the child, and the referral that waits.

        Rows are written a batch at a time, when the caller flushes.
        """
        with db.session.no_autoflush:
            child = _find(record.reference) or Child(reference=record.reference)
            db.session.add(child)
            _save_child(child, record)
            referral = _waiting(child)
            if referral is None:
                referral = Referral(state=REFERRAL.initial)
                child.referrals.append(referral)
            self._save_referral(referral, record)
            if referral.state is REFERRAL.initial:
                REFERRAL.fire(referral, "take in from a file")

    def _save_referral(self, referral: Referral, record: ReferralRow) -> None:
        for name in (
            "reason", "out_of_education_since", "start_from", "preferred_delivery",
            "max_travel_km", "transport", "notes",
        ):  # fmt: skip
            setattr(referral, name, getattr(record, name))
        kept = {component.service.code: component for component in referral.components}
        components = []
        for code, hours in record.components:
            component = kept.get(code) or Component(service=self._services[code])
            component.hours = hours
            components.append(component)
        referral.components = components
        self._save_wishes(referral, record)

    @staticmethod
    def _save_wishes(referral: Referral, record: ReferralRow) -> None:
        ranks = {reference: rank for rank, reference in enumerate(record.preferred, 1)}
        ranks |= dict.fromkeys(record.not_with, 0)
        kept = {wish.provider_reference: wish for wish in referral.wishes}
        wishes = []
        for reference, rank in ranks.items():
            wish = kept.get(reference) or ProviderWish(provider_reference=reference)
            wish.rank = rank
            wishes.append(wish)
        referral.wishes = wishes

    def _facts_of_record(self, record: ReferralRow) -> dict[str, Any]:
        """A row as the preview compares it: words to words."""
        return _facts(
            record,
            record,
            needs=record.needs,
            components=[(self._services[code].name, hours) for code, hours in record.components],
            preferred=record.preferred,
            not_with=record.not_with,
        )

    def _facts_of_row(self, child: Child, referral: Referral) -> dict[str, Any]:
        """What is known already, in the same words."""
        return _facts(
            child,
            referral,
            needs=child.need_types,
            components=[(part.service.name, part.hours) for part in referral.components],
            preferred=[w.provider_reference for w in referral.wishes if not w.excluded],
            not_with=[w.provider_reference for w in referral.wishes if w.excluded],
        )


def _upn_holder(upn: str) -> str | None:
    return db.session.scalar(select(Child.reference).where(Child.upn == upn))


def _find(reference: str) -> Child | None:
    whole = selectinload(Child.referrals).options(
        selectinload(Referral.components).selectinload(Component.service),
        selectinload(Referral.wishes),
    )
    statement = select(Child).where(Child.reference == reference)
    return db.session.scalar(statement.options(selectinload(Child.needs), whole))


def _waiting(child: Child) -> Referral | None:
    """The referral that waits; a child has at most one at a time."""
    return next((r for r in child.referrals if r.state is ReferralState.WAITING), None)


def _save_child(child: Child, record: ReferralRow) -> None:
    for name in (
        "upn", "forename", "surname", "born_on", "sex", "sen_provision", "looked_after", "postcode",
    ):  # fmt: skip
        setattr(child, name, getattr(record, name))
    put_on_map(child, record.coordinates)
    if child.need_types != record.needs:
        if child.needs:
            child.needs.clear()
            db.session.flush()  # ranks are keys: the old ones go before the new ones come
        child.needs = [
            ChildNeed(rank=rank, need_type=need) for rank, need in enumerate(record.needs, 1)
        ]


def _facts(person: Any, request: Any, *, needs, components, preferred, not_with) -> dict[str, Any]:
    """Field names as people read them, with values in words."""
    travel = request.max_travel_km
    return {
        "UPN": person.upn,
        "Forename": person.forename,
        "Surname": person.surname,
        "Date of birth": in_words(person.born_on),
        "Sex": person.sex.label,
        "Home postcode": person.postcode,
        "SEN provision": person.sen_provision.label,
        "Looked after": "Yes" if person.looked_after else "No",
        "Needs": ", ".join(needs),
        "Support": "; ".join(sorted(f"{name} {hours} hours" for name, hours in components)),
        "Out of education since": _day(request.out_of_education_since),
        "Reason": request.reason.label,
        "Preferred delivery": request.preferred_delivery and request.preferred_delivery.label,
        "Travel limit": None if travel is None else f"{km_to_miles(travel):.1f} miles",
        "Transport": request.transport.label,
        "Preferred providers": ", ".join(preferred) or None,
        "Not with": ", ".join(sorted(not_with)) or None,
        "Start from": _day(request.start_from),
        "Notes": request.notes,
    }


def _day(day: date | None) -> str | None:
    return in_words(day) if day else None

"""Children and what is asked for them; all of them invented."""

from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any

from app.children.lifecycle import ReferralState
from app.children.models import Child, ChildNeed, Component, ProviderWish, Referral
from app.kernel.database import db
from providers.models.framework import Service
from providers.models.place import Accuracy
from providers.needs import NeedType, ReferralReason, SenProvision, Sex
from tests.factories.providers import WINCHESTER, make_service

_numbers = count(1)


def make_child(needs: tuple[NeedType, ...] = (NeedType.SEMH,), **values: Any) -> Child:
    """A child of school year 9 in November 2026, with SEMH and an EHC plan, in Winchester."""
    number = next(_numbers)
    defaults = {
        "reference": f"C{number:07}",
        "forename": "Robin",
        "surname": f"Example{number}",
        "born_on": date(2013, 3, 1),
        "sex": Sex.UNKNOWN,
        "sen_provision": SenProvision.EHCP,
        "accuracy": Accuracy.POSTCODE,
    }
    child = Child(**defaults | WINCHESTER | values)
    child.needs = [ChildNeed(rank=rank, need_type=need) for rank, need in enumerate(needs, 1)]
    db.session.add(child)
    db.session.flush()
    return child


def make_referral(
    child: Child | None = None, hours: Mapping[Service, int] | None = None, **values: Any
) -> Referral:
    """A waiting referral, by default for ten hours of mentoring a week.

    hours: a week, by service. Of a child of its own unless one is given.
    """
    defaults = {
        "state": ReferralState.WAITING,
        "reason": ReferralReason.PERMANENT_EXCLUSION,
        "out_of_education_since": date(2026, 10, 1),
    }
    asked = {make_service(): 10} if hours is None else hours
    referral = Referral(**{"child": child or make_child()} | defaults | values)
    referral.components = [Component(service=s, hours=number) for s, number in asked.items()]
    db.session.add(referral)
    db.session.flush()
    return referral


def make_wish(referral: Referral, provider: Any, rank: int = 1) -> ProviderWish:
    """A provider that the family prefers, or with rank 0 one that must not be used."""
    wish = ProviderWish(referral=referral, provider_reference=provider.reference, rank=rank)
    db.session.add(wish)
    db.session.flush()
    return wish

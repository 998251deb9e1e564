"""The lifecycle of a referral: from a draft to waiting and placed, or withdrawn."""

from enum import StrEnum
from typing import Any

from app.kernel.lifecycle import Lifecycle, move
from providers.needs import SenProvision


class ReferralState(StrEnum):
    """Where a request for provision stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    PLACED = "placed"
    WITHDRAWN = "withdrawn"


S = ReferralState


def _asks_for_something(referral: Any) -> str | None:
    if not referral.components:
        return "Add what is asked for: at least one service with its hours a week."
    return None


def _has_need(referral: Any) -> str | None:
    has_none = referral.child.sen_provision is SenProvision.NONE
    return None if referral.child.needs or has_none else "Add the child’s primary need."


def _waits_once(referral: Any) -> str | None:
    others = (other for other in referral.child.referrals if other is not referral)
    if any(other.state is S.WAITING for other in others):
        return "This child is waiting already. Change that referral, or withdraw it first."
    return None


REFERRAL = Lifecycle(
    "referral",
    S.DRAFT,
    move(
        "submit",
        S.DRAFT,
        to=S.WAITING,
        requires=[_has_need, _asks_for_something, _waits_once],
    ),
    move("take in from a file", S.DRAFT, to=S.WAITING),
    move("record as placed", S.WAITING, to=S.PLACED),
    move("return to waiting", S.PLACED, S.WITHDRAWN, to=S.WAITING),
    move("withdraw", S.DRAFT, S.WAITING, to=S.WITHDRAWN),
)

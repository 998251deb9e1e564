"""The lifecycle of a referral: from waiting to placed, or withdrawn."""

from enum import StrEnum

from app.kernel.lifecycle import Lifecycle, move


class ReferralState(StrEnum):
    """Where a request for provision stands."""

    WAITING = "waiting"
    PLACED = "placed"
    WITHDRAWN = "withdrawn"


S = ReferralState

REFERRAL = Lifecycle(
    "referral",
    S.WAITING,
    move("record as placed", S.WAITING, to=S.PLACED),
    move("return to waiting", S.PLACED, S.WITHDRAWN, to=S.WAITING),
    move("withdraw", S.WAITING, to=S.WITHDRAWN),
)

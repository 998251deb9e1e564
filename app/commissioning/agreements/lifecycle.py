"""A version of a placement agreement: offered to the provider, accepted, later replaced."""

from typing import Any

from app.kernel.lifecycle import Lifecycle, move
from providers.needs import Labelled


class AgreementState(Labelled):
    """Where a version of an agreement stands."""

    WAITING = "waiting", "Waiting for approval"
    OFFERED = "offered", "Waiting for the provider"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined by the provider"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REPLACED = "replaced", "Replaced by a later version"


def _has_another_decider(agreement: Any) -> str | None:
    if agreement.decided_by_id is not None and agreement.decided_by_id == agreement.proposed_by_id:
        return "You proposed this change, so somebody else must decide about it."
    return None


A = AgreementState

AGREEMENT = Lifecycle(
    "agreement",
    A.WAITING,
    move("approve", A.WAITING, to=A.OFFERED, requires=[_has_another_decider]),
    move("offer", A.WAITING, to=A.OFFERED),
    move("refuse", A.WAITING, to=A.REFUSED, requires=[_has_another_decider]),
    move("accept", A.OFFERED, to=A.ACCEPTED),
    move("decline", A.OFFERED, to=A.DECLINED),
    move("withdraw", A.WAITING, A.OFFERED, to=A.WITHDRAWN),
    move("replace", A.ACCEPTED, to=A.REPLACED),
)

UNDER_WAY = (A.WAITING, A.OFFERED)
ONCE_ACCEPTED = (A.ACCEPTED, A.REPLACED)

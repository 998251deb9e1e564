"""The lifecycle of a provider in the directory: from applying to leaving."""

from enum import StrEnum

from app.kernel.lifecycle import Lifecycle, move


class AdmissionState(StrEnum):
    """Where a provider stands. Only an approved provider's offers can be commissioned."""

    PENDING = "pending"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    REMOVED = "removed"
    LEFT = "left"


S = AdmissionState

ADMISSION = Lifecycle(
    "provider",
    S.PENDING,
    move("approve", S.PENDING, to=S.APPROVED),
    move("suspend", S.APPROVED, to=S.SUSPENDED),
    move("reinstate", S.SUSPENDED, to=S.APPROVED),
    move("remove", S.PENDING, S.APPROVED, S.SUSPENDED, to=S.REMOVED),
    move("record as left", S.PENDING, S.APPROVED, S.SUSPENDED, to=S.LEFT),
    move("take back as an applicant", S.REMOVED, S.LEFT, to=S.PENDING),
)

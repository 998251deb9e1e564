"""The lifecycles of an enquiry and of what it asks of each provider."""

from app.kernel.lifecycle import Lifecycle, move
from providers.needs import Labelled


class EnquiryState(Labelled):
    """Where an enquiry stands."""

    OPEN = "open", "Open"
    CHOSEN = "chosen", "Provider chosen"
    CLOSED = "closed", "Closed without a choice"


class AskState(Labelled):
    """What a provider has made of an enquiry."""

    ASKED = "asked", "Not answered"
    OFFERED = "offered", "Offer made"
    DECLINED = "declined", "Declined"
    CHOSEN = "chosen", "Chosen"
    PASSED = "passed", "Not chosen"


class DeclineReason(Labelled):
    """Why a provider declines, as codes that can be counted."""

    FULL = "full", "No room at present"
    START = "start", "Cannot start in time"
    HOURS = "hours", "Cannot give the hours asked for"
    NEEDS = "needs", "Cannot meet the needs"
    AGE = "age", "Outside the ages taken"
    DISTANCE = "distance", "Too far away"
    RISK = "risk", "Needs more information or cannot meet the risks"
    STAFF = "staff", "No suitable member of staff"
    OTHER = "other", "Another reason"


ENQUIRY = Lifecycle(
    "enquiry",
    EnquiryState.OPEN,
    move("close with a choice", EnquiryState.OPEN, to=EnquiryState.CHOSEN),
    move("close", EnquiryState.OPEN, to=EnquiryState.CLOSED),
)
A = AskState
ASK = Lifecycle(
    "enquiry",
    A.ASKED,
    move("offer", A.ASKED, to=A.OFFERED),
    move("decline", A.ASKED, to=A.DECLINED),
    move("choose", A.OFFERED, to=A.CHOSEN),
    move("pass over", A.ASKED, A.OFFERED, to=A.PASSED),
)

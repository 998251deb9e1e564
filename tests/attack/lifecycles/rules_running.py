"""What people do while a placement runs: registers, reviews, stops, invoices, the ending."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.commissioning.invoices.models import Invoice
from app.commissioning.placements.models import Placement
from app.policy import Permission as P
from providers.models.provider import Provider
from providers.models.stop import PlacementStop
from tests.attack.lifecycles import deeds
from tests.attack.lifecycles.choosing import BACK, CASE, OWNERS, alone, on, usually
from tests.attack.lifecycles.world import PEOPLE


class Running:
    """From the start to the ending, and what it cost."""

    start = on(
        Placement, deeds.start, P.MANAGE_PLACEMENT, "/placements/{}/start", *CASE, states="agreed"
    )
    cancel = on(
        Placement, deeds.cancel, P.MANAGE_PLACEMENT, "/placements/{}/cancel", *CASE, states="agreed"
    )
    stop = on(Provider, deeds.stop, P.SET_STOP, "/stops/impose/{}", "lead")
    lift = on(PlacementStop, deeds.lift, P.SET_STOP, "/stops/{}/lift", "lead", states="in_force")
    hold_review = on(
        Placement,
        deeds.hold_review,
        P.HOLD_REVIEW,
        "/progress/placements/{}/review",
        *CASE,
        back=BACK,
        states="live",
    )
    end = on(
        Placement,
        deeds.end,
        P.END_PLACEMENT,
        "/progress/placements/{}/end",
        *CASE,
        back=BACK,
        broke_down=st.booleans(),
        again=st.booleans(),
        states="live",
    )
    draft_invoice = alone(
        deeds.draft_invoice, P.WRITE_INVOICE, "/invoices/start", *OWNERS, back=BACK
    )
    change_line = on(
        Invoice,
        deeds.change_line,
        P.WRITE_INVOICE,
        "/invoices/{}/submit",
        "owner",
        minutes=st.integers(15, 600),
        more=st.sampled_from([0, 100]),
        states="draft queried",
    )
    submit_invoice = on(
        Invoice,
        deeds.submit_invoice,
        P.WRITE_INVOICE,
        "/invoices/{}/submit",
        "owner",
        number=st.integers(1, 9),
        states="draft queried",
    )
    withdraw_invoice = on(
        Invoice,
        deeds.withdraw_invoice,
        P.WRITE_INVOICE,
        "/invoices/{}/withdraw",
        "owner",
        states="queried",
    )
    query_invoice = on(
        Invoice,
        deeds.query_invoice,
        P.DECIDE_INVOICE,
        "/invoices/{}/decide",
        "finance",
        states="submitted",
    )
    approve_invoice = on(
        Invoice,
        deeds.approve_invoice,
        P.DECIDE_INVOICE,
        "/invoices/{}/decide",
        "finance",
        reason=st.sampled_from(["", deeds.WHY]),
        states="submitted",
    )
    refuse_invoice = on(
        Invoice,
        deeds.refuse_invoice,
        P.DECIDE_INVOICE,
        "/invoices/{}/decide",
        "finance",
        states="submitted",
    )
    credit = on(
        Invoice,
        deeds.credit,
        P.WRITE_INVOICE,
        "/invoices/{}/credit",
        "owner",
        hours=st.integers(1, 12),
        states="approved",
    )
    export = alone(deeds.export, P.EXPORT_INVOICES, "/invoices/exports", "finance")
    change_price = on(
        Provider,
        deeds.change_price,
        P.DECIDE_CHANGE,
        "/changes/providers/{}",
        "lead",
        pence=st.sampled_from([-200, 200]),
    )

    @precondition(lambda self: self.known[Placement])
    @rule(
        who=usually("owner"),
        pick=st.integers(0, 5),
        back=BACK,
        code=st.sampled_from(["K", "K", "K", "I", "N"]),
        minutes=st.integers(0, 300),
    )
    def attend(self, who: str, pick: int, **values: Any) -> None:
        """A register is filled in, of one's own placement or of another's."""
        number = list(self.known[Placement])[pick % len(self.known[Placement])]
        person = who if who in PEOPLE else self.known[Placement][number][1]
        self.give(
            person,
            P.RECORD_ATTENDANCE,
            "/attendance/register",
            deeds.attend,
            None,
            number=number,
            **values,
        )

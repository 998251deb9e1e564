"""The machine that gives commands at random; `hypothesis` shrinks a sequence that breaks a rule."""

import os
import tempfile
from datetime import datetime, timedelta
from functools import partial, update_wrapper
from pathlib import Path
from typing import Any

import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)
from sqlalchemy import select

from app.children.models import Child, Referral
from app.commissioning.agreements.models import Agreement
from app.commissioning.enquiries import service as enquiries
from app.commissioning.enquiries.models import EnquiryAsk
from app.commissioning.invoices.models import Invoice
from app.commissioning.placements import running
from app.commissioning.placements.models import Placement, Proposal
from app.commissioning.progress import reviews
from app.kernel import seals
from app.kernel.clock import LONDON, today
from app.kernel.database import db
from app.policy import Permission as P
from providers import commitments
from providers.models.provider import Provider
from providers.models.stop import PlacementStop
from tests.attack.lifecycles import deeds
from tests.attack.lifecycles.invariants import hold_everywhere
from tests.attack.lifecycles.rules_placing import Placing
from tests.attack.lifecycles.rules_running import Running
from tests.attack.lifecycles.world import DONE, World

FIRST = datetime(2026, 11, 23, 9, tzinfo=LONDON)
KNOWN = (Child, Referral, EnquiryAsk, Proposal, Placement, Agreement, Invoice, PlacementStop)
SEQUENCES = int(os.environ.get("FAIRPLACE_SEQUENCES", "8"))
STEPS = int(os.environ.get("FAIRPLACE_STEPS", "30"))
LENGTHS = settings(
    max_examples=SEQUENCES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=SEQUENCES <= 8,
    database=None,
    suppress_health_check=list(HealthCheck),
)
_worlds: list[World] = []


def world() -> World:
    """The one county of this process."""
    if not _worlds:
        _worlds.append(World(Path(tempfile.mkdtemp(prefix="fairplace-lifecycles-"))))
    return _worlds[0]


def _owner_of(row: Any) -> int | None:
    """The provider whose people give commands about a row."""
    if isinstance(row, Placement):
        return row.offer.provider_id
    return getattr(row, "owner_provider_id", None)


class Commissioning(Placing, Running, RuleBasedStateMachine):
    """Referral to reintegration, by anybody, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.world = world()
        self.travel = time_machine.travel(FIRST, tick=False)
        self.clock = self.travel.start()
        self.world.begin()
        self.known: dict[type, dict[int, tuple[str, str]]] = {}
        self.moved, self.count = True, 0
        self.look()

    def look(self) -> None:
        """Note which rows there are to give commands about, their states and their owners."""
        with self.world.app.app_context():
            for model in (*KNOWN, Provider):
                rows = db.session.scalars(select(model).order_by(model.id))
                self.known[model] = {each.id: self._seen(each) for each in rows}

    def _seen(self, row: Any) -> tuple[str, str]:
        owner = self.world.owners.get(_owner_of(row), "oak")
        return str(getattr(row, "state", "")), owner

    def give(self, who, permission, address, deed, about, **values) -> str:
        """Let somebody give a command, and look at what is there afterwards."""
        self.count += 1
        named = update_wrapper(partial(deed, **values), deed)
        outcome = self.world.do(who, permission, address, named, about)
        if outcome == DONE:
            self.look()
            self.moved = True
        return outcome

    @initialize(far=st.integers(0, 9), which=st.integers(0, 1))
    def go_some_way(self, far: int, which: int) -> None:
        """Begin with a first placement that has come some way, so that its later steps are met."""
        owner = ("oak", "elm")[which]
        way = [
            ("officer", P.PROPOSE_PLACEMENT, deeds.propose, Referral, {"which": which}),
            ("commissioner", P.DECIDE_PROPOSAL, deeds.approve, Proposal, {}),
            ("officer", P.WRITE_PLAN, deeds.write_plan, Proposal, {"number": 2}),
            (owner, P.ANSWER_AGREEMENT, deeds.accept, Agreement, {}),
            ("officer", P.MANAGE_PLACEMENT, deeds.start, Placement, {}),
            (owner, P.RECORD_ATTENDANCE, deeds.attend, None, {}),
            (owner, P.WRITE_INVOICE, deeds.draft_invoice, None, {}),
            (owner, P.WRITE_INVOICE, deeds.submit_invoice, Invoice, {}),
            ("finance", P.DECIDE_INVOICE, deeds.approve_invoice, Invoice, {}),
        ]
        for who, permission, deed, model, values in way[:far]:
            about = (model, next(iter(self.known[model]))) if model else None
            assert self.give(who, permission, "/", deed, about, **values) == DONE

    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        """Time goes on, and the site does what it does each day."""
        self.clock.shift(timedelta(days=days))
        self.world.night(
            lambda: commitments.settle(today()),
            lambda: running.start_due(today()),
            enquiries.chase,
            lambda: reviews.remind(today()),
        )
        self.look()
        self.moved = True

    @invariant()
    def what_holds(self) -> None:
        """Every invariant, after every command that changed something."""
        if self.moved:
            with self.world.app.app_context():
                hold_everywhere()
        self.moved = False

    def teardown(self) -> None:
        """The chain of the trail is whole at the end."""
        try:
            with self.world.app.app_context():
                assert seals.verify().faults == ()
        finally:
            self.travel.stop()

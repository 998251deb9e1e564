"""What people do until a placement is agreed, and when its terms change."""

from hypothesis import strategies as st

from app.children.models import Child, Referral
from app.commissioning.agreements.models import Agreement
from app.commissioning.enquiries.models import EnquiryAsk
from app.commissioning.placements.models import Placement, Proposal
from app.policy import Permission as P
from tests.attack.lifecycles import deeds
from tests.attack.lifecycles.choosing import CASE, DAYS, MONEY, on


class Placing:
    """From a referral to an agreement and its variations."""

    refer_again = on(
        Child, deeds.refer_again, P.WRITE_REFERRAL, "/referrals/children/{}/begin", *CASE
    )
    submit_referral = on(
        Referral,
        deeds.submit_referral,
        P.WRITE_REFERRAL,
        "/referrals/{}/submit",
        *CASE,
        states="draft",
    )
    withdraw_referral = on(
        Referral,
        deeds.withdraw_referral,
        P.WRITE_REFERRAL,
        "/referrals/{}/withdraw",
        *CASE,
        states="draft",
    )
    enquire = on(
        Referral,
        deeds.enquire,
        P.SEND_ENQUIRY,
        "/enquiries/referrals/{}/new",
        *CASE,
        states="waiting",
    )
    offer = on(
        EnquiryAsk,
        deeds.offer,
        P.ANSWER_ENQUIRY,
        "/answers/{}",
        "owner",
        days=DAYS,
        hours=st.integers(0, 12),
        less=st.integers(-1, 20).map(lambda n: 40 * n),
        states="asked",
    )
    turn_down = on(
        EnquiryAsk, deeds.turn_down, P.ANSWER_ENQUIRY, "/answers/{}", "owner", states="asked"
    )
    choose = on(
        EnquiryAsk,
        deeds.choose,
        P.SEND_ENQUIRY,
        "/enquiries/asks/{}/choose",
        *CASE,
        states="offered",
    )
    propose = on(
        Referral,
        deeds.propose,
        P.PROPOSE_PLACEMENT,
        "/placement-proposals/make/{}",
        *CASE,
        which=st.integers(0, 1),
        days=DAYS,
        weeks=st.integers(-1, 30),
        hours=st.none() | st.integers(1, 40),
        states="waiting",
    )
    withdraw_proposal = on(
        Proposal,
        deeds.withdraw_proposal,
        P.PROPOSE_PLACEMENT,
        "/placement-proposals/{}/withdraw",
        *CASE,
        states="questioned",
    )
    answer = on(
        Proposal,
        deeds.answer,
        P.PROPOSE_PLACEMENT,
        "/placement-proposals/{}/answer",
        *CASE,
        days=st.none() | DAYS,
        states="questioned",
    )
    approve = on(
        Proposal,
        deeds.approve,
        P.DECIDE_PROPOSAL,
        "/placement-proposals/{}/decide",
        *MONEY,
        states="submitted",
    )
    approve_another = on(
        Proposal,
        deeds.approve,
        P.DECIDE_PROPOSAL,
        "/placement-proposals/{}/decide",
        *MONEY,
        states="submitted",
    )
    question = on(
        Proposal,
        deeds.question,
        P.DECIDE_PROPOSAL,
        "/placement-proposals/{}/decide",
        *MONEY,
        states="submitted",
    )
    refuse = on(
        Proposal,
        deeds.refuse,
        P.DECIDE_PROPOSAL,
        "/placement-proposals/{}/decide",
        *MONEY,
        states="submitted",
    )
    write_plan = on(
        Proposal,
        deeds.write_plan,
        P.WRITE_PLAN,
        "/plans/{}/write",
        *CASE,
        whole=st.booleans(),
        number=st.integers(1, 3),
        states="approved",
    )
    accept = on(
        Agreement,
        deeds.accept,
        P.ANSWER_AGREEMENT,
        "/agreements/{}/accept",
        "owner",
        states="offered",
    )
    accept_another = on(
        Agreement,
        deeds.accept,
        P.ANSWER_AGREEMENT,
        "/agreements/{}/accept",
        "owner",
        states="offered",
    )
    decline = on(
        Agreement,
        deeds.decline,
        P.ANSWER_AGREEMENT,
        "/agreements/{}/decline",
        "owner",
        states="offered",
    )
    offer_again = on(
        Placement,
        deeds.offer_again,
        P.VARY_AGREEMENT,
        "/agreements/again/{}",
        *CASE,
        states="approved",
    )
    vary = on(
        Placement,
        deeds.vary,
        P.VARY_AGREEMENT,
        "/agreements/vary/{}",
        *CASE,
        days=DAYS,
        hours=st.integers(-3, 3),
        pence=st.sampled_from([0, 0, -500, 500]),
        weeks=st.integers(-4, 4),
        states="agreed live",
    )
    approve_version = on(
        Agreement,
        deeds.approve_version,
        P.DECIDE_AGREEMENT,
        "/agreements/{}/approve",
        *MONEY,
        states="waiting",
    )
    refuse_version = on(
        Agreement,
        deeds.refuse_version,
        P.DECIDE_AGREEMENT,
        "/agreements/{}/refuse",
        *MONEY,
        states="waiting",
    )
    withdraw_version = on(
        Agreement,
        deeds.withdraw_version,
        P.VARY_AGREEMENT,
        "/agreements/{}/withdraw",
        *CASE,
        states="waiting",
    )

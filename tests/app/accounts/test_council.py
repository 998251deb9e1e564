"""Staff who come by the council's own sign-in: who is let in, and who has left."""

import pytest
from sqlalchemy import select

from app.accounts import holds, sessions
from app.accounts.council import Claims, connect, enter, leave, not_among, role_for
from app.accounts.models import CouncilIdentity
from app.accounts.passkeys import Passkey
from app.accounts.roles import Role
from app.kernel.audit import AuditEvent
from app.kernel.clock import now
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from tests.factories.accounts import make_user

ROLES = {"leads": Role.AP_LEAD, "send-team": Role.SEND_OFFICER}


def claims(subject="7f3a", groups=("send-team",), **more) -> Claims:
    values = {"name": "Ada Officer", "email": "ada@council.example", "is_verified": True}
    return Claims(issuer="https://login.example", subject=subject, groups=groups, **values | more)


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["send-team"], Role.SEND_OFFICER),
        (["gardening", "send-team", "leads"], Role.AP_LEAD),
        (["Send-Team"], None),
        ([], None),
    ],
)
def test_the_first_group_of_the_setting_gives_the_role(groups, role):
    assert role_for(groups, ROLES) is role


def test_whoever_leaves_is_signed_out_and_let_in_again_on_return(context):
    user = enter(claims(), ROLES).user
    sessions.begin(user, "Firefox on Windows")
    mark = user.fs_uniquifier
    assert enter(claims(groups=()), ROLES).user is None
    assert (user.active, sessions.lasting(user)) == (False, [])
    assert user.fs_uniquifier != mark
    assert enter(claims(), ROLES).user is user
    assert user.active


def test_the_same_subject_of_another_provider_is_another_person(context):
    user = enter(claims(), ROLES).user
    other = Claims("https://other.example", "7f3a", "Eve", "eve@x.example", True, ("leads",))
    assert enter(other, ROLES).user is not user


def test_connecting_ends_every_other_way_into_the_account(context):
    user = make_user(Role.SEND_OFFICER, email="ada@council.example", tf_primary_method="x")
    key = {"public_key": b"k", "backup_state": False, "device_type": "single_device"}
    user.webauthn.append(
        Passkey(name="Phone", credential_id=b"c", usage="first", lastuse_datetime=now(), **key)
    )
    db.session.flush()
    password = user.password
    connect(user, claims(), ROLES)
    db.session.flush()
    assert db.session.scalars(select(Passkey)).all() == []
    assert user.tf_primary_method is None
    assert user.password != password
    assert user.is_locked()


@pytest.mark.parametrize(
    ("role", "said", "reason"),
    [
        (Role.PROVIDER, {}, "sign in with a password"),
        (Role.FINANCE, {"email": "eve@council.example"}, "another email address"),
        (Role.FINANCE, {"groups": ()}, "in no group"),
    ],
)
def test_an_account_is_not_connected_where_it_should_not_be(context, role, said, reason):
    user = make_user(role, email="ada@council.example")
    with pytest.raises(RuleBroken, match=reason):
        connect(user, claims(**said), ROLES)


def test_reconciling_goes_by_subject_or_address_and_writes_the_trail(context):
    ada = enter(claims(), ROLES).user
    enter(claims("8c", name="Ben", email="ben@council.example"), ROLES)
    enter(claims("9d", name="Cy", email="cy@council.example"), ROLES)
    [gone] = not_among([" ADA@council.example", "9D"])
    leave(gone)
    leave(gone)
    assert gone.user.name == "Ben"
    assert ada.active
    assert not_among(["ada@council.example", "9d"]) == []
    left = select(AuditEvent).where(
        AuditEvent.subject == CouncilIdentity.__tablename__, AuditEvent.kind == "changed"
    )
    assert [set(event.changes) for event in db.session.scalars(left)] == [{"left_at"}]


def test_tries_that_were_held_up_are_told_to_the_owner_alone(context):
    owner, other = make_user(), make_user()
    holds.hold("password", owner.id, "192.0.2.1")
    holds.hold("password", None, "192.0.2.1")
    assert [held.step for held in holds.lately(owner)] == ["password"]
    assert holds.lately(other) == []

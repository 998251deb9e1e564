"""What an invitation's link stands for."""

from app.accounts import people
from app.accounts.models import Invitation, User
from app.kernel import audit
from app.kernel.database import db
from app.links import DeadLink, Purpose, subject_of


def invited_by(token: str) -> Invitation:
    """The invitation that a link is about. Raises DeadLink where it can't be used."""
    row = db.session.get(Invitation, subject_of(Purpose.SET_PASSWORD, token))
    if row is None or row.used_at is not None:
        raise DeadLink("This invitation was used already, or a newer one was sent since.")
    return row


def join_by_link(invitation: Invitation, password: str) -> User:
    """Set a password; the trail names its owner, who is not signed in yet."""
    audit.name_deed(invitation.user.actor, "account:join")
    return people.join(invitation, password)

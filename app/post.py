"""Taking the outbox of notices to the carrier of letters, by the background worker or a command."""

import logging

from flask import current_app

from app import mail
from app.kernel.clock import now
from app.kernel.database import db
from app.mail import Letter, MailFailed, MailInDoubt
from app.notices import outbox
from app.notices.letters import subject_of, text_of

log = logging.getLogger(__name__)
NOT_TAKEN = "The mail server did not take it."


def deliver() -> int:
    """Send every letter that is due, each in steps of its own; returns how many were sent.

    First puts in order what an earlier process left behind. Any number of workers may do this
    at the same time.
    """
    outbox.sweep(now(), mail.took)
    db.session.commit()
    sent = 0
    while claim := outbox.claim(now()):
        db.session.commit()
        sent += _send(claim)
    db.session.rollback()  # let go of the lock that the last question took
    return sent


def _send(claim: outbox.Claim) -> bool:
    """Send one letter that is claimed; whether it was taken."""
    held = outbox.hand_over(claim.mark)
    db.session.commit()
    if not held:
        return False
    address = current_app.config["ADDRESS"].rstrip("/")
    letter = Letter(claim.to, subject_of(claim), text_of(claim, address), claim.mark)
    try:
        mail.send(letter)
    except MailInDoubt:
        outbox.doubt(claim.mark)
        taken = False
    except MailFailed:
        outbox.put_back(claim.mark, NOT_TAKEN)
        taken = False
    else:
        outbox.confirm(claim.mark)
        taken = True
    db.session.commit()
    return taken

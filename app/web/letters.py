"""The e-mails that the service writes: plain words, a link, and nothing about any person."""

from collections.abc import Iterable

from app.accounts.models import Invitation
from app.kernel.clock import today
from app.kernel.words import in_words
from app.links import Purpose, address_of, token_for
from app.mail import Letter
from app.web.formats import plural
from providers.models.application import Application
from providers.models.ask import CapacityAsk
from providers.models.provider import Provider

_SIGNED = "This message was sent by Fairplace for the local authority. Replies are not read."


def capacity_letter(ask: CapacityAsk, to: str) -> Letter:
    """Asks a provider whether what it said is free still is."""
    provider = ask.provider
    oldest = min(offer.confirmed_on for offer in provider.offers)
    link = address_of("capacity.answer", token=token_for(Purpose.CONFIRM_CAPACITY, ask.id))
    return Letter(
        to,
        f"Is this still free? {provider.name}",
        f"""To {provider.name}

The hours and places that you offer were last confirmed on {in_words(oldest)}. Officers look for
providers whose figures are fresh, and are warned of older ones.

See what is recorded for your {plural(len(provider.offers), "offer")}, and confirm it with one \
click if nothing has changed:

{link}

The link works once, and for {Purpose.CONFIRM_CAPACITY.days} days from {in_words(today())}. \
You need not sign in.
To change the figures, sign in instead: {address_of("capacity.own")}

{_SIGNED}
""",
    )


def invitation_letter(invitation: Invitation) -> Letter:
    """Asks a provider's colleague to set a password."""
    provider = invitation.user.provider
    link = address_of("people.join", token=token_for(Purpose.SET_PASSWORD, invitation.id))
    return Letter(
        invitation.user.email,
        f"Your access to Fairplace for {provider.name}",
        f"""You have been invited to look after the entry of {provider.name} in the directory of
alternative provision.

Set a password to begin:

{link}

The link works once, and for {Purpose.SET_PASSWORD.days} days from {in_words(today())}. If you \
did not expect this, ignore it: nothing happens.

{_SIGNED}
""",
    )


def evidence_letter(provider: Provider, lines: Iterable[str], to: str) -> Letter:
    """Tells a provider which evidence runs out. lines: one sentence an item."""
    items = "\n".join(f"- {line}" for line in lines)
    return Letter(
        to,
        f"Evidence to renew: {provider.name}",
        f"""To {provider.name}

{items}

Without evidence that is required your offers leave search and matching by themselves. They come
back once a renewal has been sent and checked.

Sign in to send it: {address_of("evidence.due")}

{_SIGNED}
""",
    )


def question_letter(application: Application, to: str) -> Letter:
    """Tells an applicant that a question waits; what is asked stands on the page alone."""
    due_on = min(row.due_on for row in application.clarifications if row.answered_at is None)
    return Letter(
        to,
        f"A question about your application: {application.provider.name}",
        f"""To {application.provider.name}

The authority has a question about your application to join the framework. Please answer it by
{in_words(due_on)}. You can change the section that it is about until then.

Sign in to answer: {address_of("applications.show", application_id=application.id)}

{_SIGNED}
""",
    )


def decision_letter(application: Application, to: str) -> Letter:
    """Tells an applicant that its application was decided; the reasons stand on the page."""
    outcome = application.state.label.lower()
    return Letter(
        to,
        f"Your application to join the framework: {outcome}",
        f"""To {application.provider.name}

Your application to join the framework was {outcome}.

Sign in to see the decision: {address_of("applications.show", application_id=application.id)}

{_SIGNED}
""",
    )

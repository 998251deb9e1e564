"""What the pages of applications show: sections with their state, answers as facts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask_security import login_user

from app import mail
from app.access import Permission
from app.accounts.people import addresses_of
from app.accounts.roles import Role
from app.accounts.service import open_account
from app.kernel import audit
from app.mail import Letter
from app.web.forms.applications import StartApplication
from app.web.places import postcode_in_words
from providers.applications.proposals import ProposedOffer
from providers.applications.sections import QUESTIONS, Section, in_words
from providers.applications.service import register_applicant
from providers.compliance import EvidenceKind
from providers.models.application import Application, ApplicationSection
from providers.models.evidence import DocumentState, EvidenceDocument
from providers.models.framework import Scheme


@dataclass(frozen=True)
class Task:
    """A section of the task list. open: what is unanswered in it. may_change: by the applicant."""

    row: ApplicationSection
    open: list[str]
    may_change: bool

    @property
    def section(self) -> Section:
        """Which section it is."""
        return self.row.section


def begin(form: StartApplication, scheme: Scheme) -> Application:
    """A new provider that has not been admitted, its first person signed in, and an application.

    Raises RuleBroken.
    """
    visitor = audit.Actor(None, form.name.data)
    audit.name_deed(visitor, Permission.WRITE_APPLICATION.value)
    application = register_applicant(form.organisation.data, scheme, by=visitor)
    user = open_account(
        email=form.email.data,
        name=form.name.data,
        role=Role.PROVIDER,
        password=form.password.data,
        provider=application.provider,
    )
    login_user(user)
    return application


def tell(application: Application, letter: Callable[[Application, str], Letter]) -> None:
    """Write to the applicant's people. Raises MailFailed, and then nothing is saved."""
    for address in addresses_of(application.provider):
        mail.send(letter(application, address))


def tasks(application: Application) -> list[Task]:
    """Every section in order."""
    return [
        Task(
            application.section(section),
            application.unanswered(section),
            application.may_change(section),
        )
        for section in Section
    ]


def facts(application: Application, section: Section) -> list[tuple[str, str]]:
    """A section's answers by name, for reading; of evidence none, since it has a list."""
    if section in QUESTIONS:
        answers = application.answers(section)
        return [(item.text, in_words(item, answers)) for item in QUESTIONS[section]]
    if section is Section.SITES:
        return [(site.name, postcode_in_words(site.postcode)) for site in application.sites]
    if section is Section.OFFERS:
        return [
            (application.service_name(offer), offer_in_words(application, offer))
            for offer in application.offers
        ]
    return []


def offer_in_words(application: Application, offer: ProposedOffer) -> str:
    """An offer in a few phrases."""
    site = next((site.name for site in application.sites if site.number == offer.site), "no site")
    ways = ", ".join(way.label.lower() for way in offer.ways)
    return (
        f"{offer.price}, {', '.join(offer.needs)}, ages {offer.min_age} to {offer.max_age}, "
        f"{ways}, from {site}, {offer.days}, {offer.hours_free} hours a week and "
        f"{offer.places_free} places free"
    )


def evidence_rows(
    application: Application,
) -> Iterator[tuple[EvidenceKind, bool, EvidenceDocument | None, bool]]:
    """Each kind of evidence asked for: whether it is required, its latest document, held or not.

    A document that was withdrawn is passed over.
    """
    held = {item.kind for item in application.provider.held_for_all}
    sent = [d for d in application.documents if d.state is not DocumentState.WITHDRAWN]
    for kind in EvidenceKind:
        required = kind in application.required_evidence
        if required or kind in application.expected_evidence:
            latest = next((d for d in sent if d.kind is kind), None)
            yield kind, required, latest, kind in held

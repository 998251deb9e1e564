"""What the authority does with an application: review, ask, visit, admit or refuse."""

from datetime import date

from sqlalchemy import select

from app.kernel.audit import Actor
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import require
from providers.admission import ADMISSION, AdmissionState
from providers.applications.lifecycle import APPLICATION, ApplicationState
from providers.applications.sections import Section
from providers.changes import keep_version
from providers.models.application import Application, Clarification, Review
from providers.models.offer import Offer
from providers.models.profile import Profile
from providers.models.provider import Provider, Site
from providers.needs import Judgement, Registration
from providers.places import Locator
from providers.publishing import publish_offer, publish_site


def start_review(application: Application) -> None:
    """Begin the review. Raises RuleBroken."""
    APPLICATION.fire(application, "start the review")


def review(
    application: Application, section: Section, verdict: Review, note: str, *, by: Actor
) -> None:
    """Say whether a section meets what is asked.

    Raises RuleBroken where no review is under way, or a section fails without a note.
    """
    require(
        _not_under_review(application),
        "Say what does not meet what is asked."
        if verdict is Review.DOES_NOT_MEET and not note.strip()
        else None,
    )
    row = application.section(section)
    row.review, row.review_note = verdict, note.strip() or None
    row.reviewed_by, row.reviewed_at = by.name, now()


def ask(
    application: Application, section: Section, question: str, due_on: date, *, by: Actor
) -> Clarification:
    """Ask the applicant about a section, who may change it again until it is answered.

    Raises RuleBroken where no review is under way or the day has passed.
    """
    require(
        None if question.strip() else "Enter the question.",
        "The answer must be due today or later." if due_on < today() else None,
        *APPLICATION.reasons_against(application, "ask about"),
    )
    APPLICATION.fire(application, "ask about")
    row = Clarification(
        section=section,
        question=question.strip(),
        due_on=due_on,
        asked_by=by.name,
        asked_at=now(),
    )
    application.clarifications.append(row)
    db.session.flush()
    return row


def record_visit(
    application: Application, visited_on: date, judgement: Judgement, notes: str, *, by: Actor
) -> None:
    """Record the initial visit. Raises RuleBroken where none can have been made."""
    require(
        _not_under_review(application),
        "The visit must have been today or earlier." if visited_on > today() else None,
        None if notes.strip() else "Enter what was seen.",
    )
    application.visited_on, application.visit_judgement = visited_on, judgement
    application.visit_notes, application.visit_recorded_by = notes.strip(), by.name


def refuse(application: Application, reasons: list[str], *, by: Actor) -> None:
    """Refuse an application, with every reason. Raises RuleBroken without one."""
    application.refusal_reasons = [line for reason in reasons if (line := reason.strip())] or None
    APPLICATION.fire(application, "refuse")
    _decided(application, by)


def reasons_found(application: Application) -> list[str]:
    """The notes of the sections that do not meet what is asked, as reasons to start from."""
    rows = (application.section(section) for section in Section)
    return [
        f"{row.section.label}: {row.review_note}"
        for row in rows
        if row.review is Review.DOES_NOT_MEET
    ]


def admit(application: Application, *, by: Actor) -> list[Offer]:
    """Admit the applicant and publish its offers; returns them.

    Raises RuleBroken with every reason against it.
    """
    provider = application.provider
    APPLICATION.fire(application, "admit")
    _decided(application, by)
    _take_over_particulars(application)
    if provider.state is AdmissionState.PENDING:
        ADMISSION.fire(provider, "approve")
    if (provider.last_visit_on or date.min) <= application.visited_on:
        provider.last_visit_on = application.visited_on
        provider.judgement = application.visit_judgement
    sites = _publish_sites(application)
    offers = [
        publish_offer(provider, proposed, sites[proposed.site], confirmed_on=today())
        for proposed in application.offers
    ]
    db.session.flush()
    for row in (provider, *offers):
        keep_version(row, f"Admitted by application {application.id}")
    return offers


def _take_over_particulars(application: Application) -> None:
    """Name, registration and contacts, as the application gives them."""
    provider, organisation = application.provider, application.answers(Section.ORGANISATION)
    staff = application.answers(Section.STAFF)
    registration = Registration(organisation["registration"])
    urn = organisation.get("urn") if registration is not Registration.UNREGISTERED else None
    taken = urn and db.session.scalar(
        select(Provider.name).where(Provider.urn == urn, Provider.id != provider.id)
    )
    require(f"The URN {urn} belongs to {taken} already." if taken else None)
    provider.name = organisation["legal_name"]
    provider.registration, provider.urn = registration, urn
    profile = db.session.get(Profile, provider.id) or Profile(provider=provider)
    profile.about = organisation["about"][:2000]
    profile.contact_email = organisation["contact_email"]
    profile.contact_phone = organisation["contact_phone"]
    profile.website = organisation.get("website", "")
    profile.safeguarding_name = staff["lead_name"]
    profile.safeguarding_email = staff["lead_email"]
    profile.safeguarding_phone = staff["lead_phone"]
    db.session.add(profile)


def _publish_sites(application: Application) -> dict[int, Site]:
    """The provider's sites by the application's numbers, those it has already used again."""
    locate = Locator()
    return {
        proposed.number: publish_site(application.provider, proposed, locate)
        for proposed in application.sites
    }


def _not_under_review(application: Application) -> str | None:
    if application.state in (ApplicationState.IN_REVIEW, ApplicationState.CLARIFYING):
        return None
    return f"Start the review first: the application is {application.state.label.lower()}."


def _decided(application: Application, by: Actor) -> None:
    application.decided_at, application.decided_by = now(), by.name

"""What applicants do: begin, save section by section, submit, answer, withdraw, begin again."""

from copy import deepcopy
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.audit import Actor
from app.kernel.clock import now, today
from app.kernel.database import db
from app.kernel.rules import require
from providers.admission import ADMISSION, AdmissionState
from providers.applications.lifecycle import APPLICATION, ApplicationState
from providers.applications.proposals import NEW, ProposedOffer, ProposedSite, offer_faults
from providers.applications.sections import QUESTIONS, Answers, Section
from providers.editing import Clash, Values, clashes, lock, merged
from providers.models.application import (
    Application,
    ApplicationSection,
    Clarification,
    Review,
)
from providers.models.framework import Framework, Lot, Scheme
from providers.models.provider import Provider
from providers.queries import caps_in_force

GONE = (AdmissionState.REMOVED, AdmissionState.LEFT)
LIVE = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.IN_REVIEW,
    ApplicationState.CLARIFYING,
)


def register_applicant(name: str, scheme: Scheme, *, by: Actor) -> Application:
    """A provider that has not been admitted, with an application to begin.

    Raises RuleBroken where the scheme is closed or there is no name.
    """
    require(None if name.strip() else "Enter the organisation’s name.")
    last = db.session.scalar(select(func.max(Provider.id))) or 0
    provider = Provider(reference=f"P{last + 1:05}", name=name.strip())
    db.session.add(provider)
    db.session.flush()
    application = start(provider, scheme, by=by)
    application.section(Section.ORGANISATION).answers = {"legal_name": name.strip()}
    return application


def start(
    provider: Provider, scheme: Scheme, *, by: Actor, earlier: Application | None = None
) -> Application:
    """A new application, empty or with the answers of an earlier one of the same provider.

    Declarations are always made anew. Raises RuleBroken where the scheme is closed, another
    application is under way, or the earlier one is somebody else's.
    """
    under_way = db.session.scalar(
        select(Application.id).where(
            Application.provider_id == provider.id, Application.state.in_(LIVE)
        )
    )
    foreign = earlier is not None and earlier.provider_id != provider.id
    require(
        None if scheme.is_open(today()) else "The framework takes no applications at present.",
        "An application is under way already. Finish or withdraw it first." if under_way else None,
        "You can only start from an application of your own." if foreign else None,
    )
    if provider.state in GONE:
        ADMISSION.fire(provider, "take back as an applicant")
    application = Application(
        provider=provider,
        scheme=scheme,
        state=APPLICATION.initial,
        started_at=now(),
        started_by=by.name,
        copied_from_id=earlier.id if earlier else None,
        sections=[
            ApplicationSection(section=section, answers=_first_answers(section, earlier))
            for section in Section
        ],
    )
    db.session.add(application)
    db.session.flush()
    return application


def _first_answers(section: Section, earlier: Application | None) -> dict[str, Any]:
    if earlier is None or section is Section.DECLARATIONS:
        return {}
    return deepcopy(earlier.answers(section))


def save(application: Application, section: Section, answers: dict[str, Any], *, by: Actor) -> None:
    """Keep a section as it was written, complete or not; a review of it has to be made again.

    Raises RuleBroken where the section may not be changed now.
    """
    require(closed_to_changes(application, section))
    row = application.section(section)
    row.answers = {key: value for key, value in answers.items() if value not in (None, "")}
    row.saved_at, row.saved_by = now(), by.name
    row.review, row.review_note = Review.NOT_YET, None


def bring_in(
    application: Application, section: Section, base: Values, entered: Answers, *, by: Actor
) -> tuple[Clash, ...]:
    """Keep an edit of a section's questions; what another person changed meanwhile stays.

    base: the answers that the editor started from. Returns what both changed, and then nothing
    was saved. Raises RuleBroken where the section may not be changed now.
    """
    lock(application)
    require(closed_to_changes(application, section))
    now, names = application.answers(section), [each.key for each in QUESTIONS[section]]
    found = clashes(base, now, entered, names)
    if not found:
        save(application, section, merged(base, now, entered, names), by=by)
    return found


def put_site(
    application: Application, site: ProposedSite, base: Values | None = None, *, by: Actor
) -> tuple[Clash, ...]:
    """Add a site, or replace the one with its number.

    base: as the editor found it; returns what another person changed as well, and then nothing
    was saved. Raises RuleBroken for a postcode that another site has.
    """
    lock(application)
    found, item = _settled(application, Section.SITES, site.kept(), base)
    site = ProposedSite(**item)
    same = [s for s in application.sites if s.postcode == site.postcode and s.number != site.number]
    require("You have added a site with this postcode already." if same and not found else None)
    return found or _put(application, Section.SITES, item, by)


def put_offer(
    application: Application, offer: ProposedOffer, base: Values | None = None, *, by: Actor
) -> tuple[Clash, ...]:
    """Add an offer, or replace the one with its number.

    base, and what is returned: as for a site. Raises RuleBroken with all that is wrong with it.
    """
    lock(application)
    found, item = _settled(application, Section.OFFERS, offer.kept(), base)
    require(*(() if found else faults_of(application, ProposedOffer.read(item)).values()))
    return found or _put(application, Section.OFFERS, item, by)


def faults_of(application: Application, offer: ProposedOffer) -> dict[str, str]:
    """What is wrong with an offer of an application, by field; empty where nothing is."""
    return offer_faults(
        offer,
        services={row.code: row.name for row in application.services},
        sites=[site.number for site in application.sites],
        caps=caps_in_force(today()),
        on=today(),
    )


def take_out(application: Application, section: Section, number: int, *, by: Actor) -> None:
    """Take a site or an offer out of an application.

    Raises RuleBroken for a site that an offer is given from.
    """
    lock(application)
    used = section is Section.SITES and any(o.site == number for o in application.offers)
    require(
        "An offer is given from this site. Change or take out the offer first." if used else None
    )
    kept = [item for item in _items(application, section) if item["number"] != number]
    save(application, section, {"items": kept}, by=by)


def _items(application: Application, section: Section) -> list[dict[str, Any]]:
    return list(application.answers(section).get("items", ()))


def _settled(
    application: Application, section: Section, item: dict[str, Any], base: Values | None
) -> tuple[tuple[Clash, ...], dict[str, Any]]:
    """What two people changed of an item, and the item with what others changed of it."""
    now = next((i for i in _items(application, section) if i["number"] == item["number"]), None)
    if now is None or base is None:
        return (), item
    return clashes(base, now, item, item), merged(base, now, item, item)


def _put(
    application: Application, section: Section, item: dict[str, Any], by: Actor
) -> tuple[Clash, ...]:
    """Keep an item; a further one gets a number, but for one sent twice."""
    items = _items(application, section)
    if item["number"] == NEW:
        if any(item == {**old, "number": NEW} for old in items):
            return ()
        item = {**item, "number": max((old["number"] for old in items), default=0) + 1}
    at = next((i for i, old in enumerate(items) if old["number"] == item["number"]), len(items))
    items[at : at + 1] = [item]
    save(application, section, {"items": items}, by=by)
    return ()


def submit(application: Application) -> None:
    """Hand an application in. Raises RuleBroken with everything that is missing."""
    lock(application)
    APPLICATION.fire(application, "submit")
    application.submitted_at = now()


def withdraw(application: Application) -> None:
    """End an application that is not decided. Raises RuleBroken."""
    APPLICATION.fire(application, "withdraw")


def answer(clarification: Clarification, text: str, *, by: Actor) -> None:
    """Answer a question; with the last open one the review goes on.

    Raises RuleBroken without an answer, or where it is answered or the application decided.
    """
    application = clarification.application
    require(
        None if text.strip() else "Enter your answer.",
        None if application.live else "The application has been decided.",
        "This question is answered already." if clarification.answered_at else None,
    )
    clarification.answer = text.strip()
    clarification.answered_by, clarification.answered_at = by.name, now()
    if all(question.answered_at for question in application.clarifications):
        APPLICATION.fire(application, "go on with")


def applications(provider: Provider | None = None) -> Select:
    """Applications, the latest first: of one provider, or all."""
    found = select(Application).options(joinedload(Application.provider))
    if provider is not None:
        found = found.where(Application.provider_id == provider.id)
    return found.order_by(Application.id.desc())


def count_to_decide() -> int:
    """How many applications wait for the authority."""
    waiting = (ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW)
    counted = select(func.count(Application.id)).where(Application.state.in_(waiting))
    return db.session.scalar(counted) or 0


def whole(application: Application) -> Application:
    """The same application with all that its pages read, in a fixed number of queries."""
    return db.session.scalars(
        select(Application)
        .where(Application.id == application.id)
        .options(
            joinedload(Application.scheme)
            .selectinload(Scheme.frameworks)
            .selectinload(Framework.lots)
            .selectinload(Lot.services),
            selectinload(Application.sections),
            selectinload(Application.clarifications),
            joinedload(Application.provider).selectinload(Provider.evidence),
        )
        .execution_options(populate_existing=True)
    ).one()


def closed_to_changes(application: Application, section: Section) -> str | None:
    """Why an applicant may not change a section now; None where it may."""
    if application.may_change(section):
        return None
    if not application.live:
        return f"The application is {application.state.label.lower()}, so nothing can be changed."
    return (
        "The application has been submitted. You can change a section again where a question "
        "is asked about it."
    )

"""Quality visits of the example county: some made, some under way, some planned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.roles import Role
from app.kernel.audit import Actor
from app.kernel.clock import today
from app.kernel.database import db
from app.visits import actions, days, judging, planning, reports, service, versions
from app.visits.cycles import cycle_in_force
from app.visits.lifecycle import VISIT
from app.visits.models import Action, Visit, VisitPart
from app.visits.terms import Answer, FindingKind, Part, Standard, VisitKind
from providers.admission import AdmissionState
from providers.models.provider import Provider

ONE_DAY = timedelta(days=1)
PROVIDERS_OWN = "SUP0008"
_keys = count(1)


@dataclass(frozen=True)
class Story:
    """A visit that was made. ago: days. weak: keys of questions that were only partly met."""

    kind: VisitKind
    ago: int
    weak: tuple[str, ...]
    summary: str
    weakness: str
    action: str
    shown_by: str
    due_in: int


_MADE = (
    Story(VisitKind.YEARLY, 24, ("absence",),
          "Children arrive on time and know the day’s plan. Absence is noted in the register, but "
          "schools are told only the next day.",
          "Absence is told to schools only on the next day.",
          "Tell school and authority of an absence on the same morning, and record when.",
          "The absence log of two weeks", 30),
    Story(VisitKind.FOLLOW_UP, 75, ("risk", "progress", "induction", "fire"),
          "Mentors are committed and children speak well of them. Risk assessments of two "
          "activities are older than a year, and progress is not compared with the start.",
          "Risk assessments of climbing and cooking are older than a year.",
          "Review the risk assessments of climbing and cooking, and sign them.",
          "The signed assessments", -12),
    Story(VisitKind.TERMLY, 40, (),
          "A calm house with clear routines. Plans say how each child returns to school.",
          "The date of the last fire drill is not shown.",
          "Put the date of the last fire drill beside the exit.",
          "A photograph of the notice", 20),
)  # fmt: skip


def load() -> None:
    """Visits for providers of the example; nothing where it has no adviser or provider."""
    adviser = db.session.scalar(select(User).where(User.role == Role.QUALITY_ADVISER))
    lead = db.session.scalar(select(User).where(User.role == Role.AP_LEAD))
    chosen = _providers()
    if adviser is None or lead is None or len(chosen) < 12:
        return
    for story, provider in zip(_MADE, chosen, strict=False):
        visit = _finish(_made(provider, story, adviser), adviser)
        if story.kind is VisitKind.TERMLY:
            _answer(visit.actions[0])
    draft = _drafted(_made(chosen[0], _follow_up(), adviser), adviser)
    reports.share(draft, by=adviser.actor)
    _drafted(_made(chosen[3], _MADE[0], adviser), adviser)
    _under_way(chosen[4], adviser)
    _plan_ahead(chosen[5:12], (adviser, lead))
    db.session.flush()


def _providers() -> Sequence[Provider]:
    """Approved providers with a site on the map, the one that has a sign-in first."""
    found = db.session.scalars(
        select(Provider).where(Provider.state == AdmissionState.APPROVED).order_by(Provider.id)
    )
    placed = [each for each in found if each.sites and each.sites[0].latitude is not None]
    return sorted(placed, key=lambda each: (each.reference != PROVIDERS_OWN, each.id))


def _follow_up() -> Story:
    return Story(
        VisitKind.FOLLOW_UP,
        3,
        ("register",),
        "Children settle quickly. The register of one afternoon did not say who had gone home.",
        "The register of one afternoon was not complete.",
        "Mark who leaves, and when, in every session.",
        "Two weeks of the register",
        28,
    )


def _made(provider: Provider, story: Story, adviser: User) -> Visit:
    """A visit of some days ago, filled in and carried out."""
    day = _open_before(today() - timedelta(days=story.ago))
    visit = _visit(provider, story.kind, adviser, day)
    by = Actor(adviser.id, adviser.name)
    service.start(visit, by=by)
    visit.visited_on = day
    for section in visit.sections:
        given = {
            f"answer-{q.key}": (Answer.PARTLY if q.key in story.weak else Answer.MET).value
            for q in section.questions
        }
        _save(visit, section.part, given, by)
    _save(visit, Part.PEOPLE, {"people": "The proprietor, the safeguarding lead, a tutor"}, by)
    _save(visit, Part.PUPILS, {"spoken": "3", "said": "They like the small groups."}, by)
    _save(visit, Part.RECORD, {"sampled": "5", "complete": "5"}, by)
    service.finish(visit)
    strength = "Staff know each child’s plan and speak of it with care."
    service.record_finding(visit, Standard.QUALITY, FindingKind.STRENGTH, strength, by=by)
    found = service.record_finding(
        visit, Standard.ADMISSIONS, FindingKind.IMPROVEMENT, story.weakness, by=by
    )
    due_on = days.next_open(today() + timedelta(days=max(story.due_in, 1)))
    action = actions.set_action(found, story.action, "The proprietor", due_on, story.shown_by)
    if story.due_in < 0:
        action.due_on = _open_before(today() + timedelta(days=story.due_in))
    visit.summary = story.summary
    return visit


def _drafted(visit: Visit, adviser: User) -> Visit:
    by = Actor(adviser.id, adviser.name)
    for section in visit.sections:
        suggested = judging.suggest(section, visit.all_answers).judgement
        if suggested is not None:
            reports.judge(visit, section.standard, suggested, "", by=by)
    overall = judging.suggest_overall(visit.sections, visit.all_answers).judgement
    reports.judge_overall(visit, overall, "", visit.summary or "", by=by)
    reports.write(visit, by=by)
    return visit


def _finish(visit: Visit, adviser: User) -> Visit:
    _drafted(visit, adviser)
    reports.share(visit, by=adviser.actor)
    reports.answer(visit, "", by=Actor(None, "The provider"))
    reports.make_final(visit, by=Actor(adviser.id, adviser.name))
    return visit


def _answer(action: Action) -> None:
    by = Actor(None, "The provider")
    actions.answer_in_words(action, "The notice hangs beside both exits since Monday.", by=by)


def _under_way(provider: Provider, adviser: User) -> None:
    by = Actor(adviser.id, adviser.name)
    visit = _visit(provider, VisitKind.UNANNOUNCED, adviser, _open_before(today()))
    service.start(visit, by=by)
    some = {f"answer-{q.key}": Answer.MET.value for q in visit.sections[0].questions[:3]}
    _save(visit, Part.SAFEGUARDING, some, by)


def _plan_ahead(providers: Sequence[Provider], people: Sequence[User]) -> None:
    """Three visits on one day, for the day planner, and others on the days after."""
    first = days.next_open(today() + ONE_DAY)
    dates = _and_after(first)
    for number, provider in enumerate(providers):
        day = first if number < 4 else next(dates)
        kind = VisitKind.TERMLY if number % 2 else VisitKind.YEARLY
        person = people[0] if number < 5 else people[1]
        minutes = 75 if number < 4 else None
        about = {"minutes": minutes, "why": "Due by the visit cycle."}
        planning.plan(provider, kind, person, day, by=Actor(people[1].id, people[1].name), **about)


def _and_after(day: date) -> Iterator[date]:
    while True:
        day = days.next_open(day + ONE_DAY)
        yield day


def _open_before(day: date) -> date:
    while days.closed(day):
        day -= ONE_DAY
    return day


def _visit(provider: Provider, kind: VisitKind, adviser: User, day: date) -> Visit:
    """A visit planned for a day that may be past, as only the example may."""
    visit = Visit(
        kind=kind,
        state=VISIT.initial,
        provider=provider,
        site=provider.sites[0],
        adviser=adviser,
        template=versions.to_plan_with(kind, by=Actor(None, "Example")),
        planned_on=day,
        minutes=cycle_in_force().minutes(kind),
        why="Due by the visit cycle.",
        parts=[VisitPart(part=part, content={}, version=0) for part in Part],
    )
    db.session.add(visit)
    db.session.flush()
    return visit


def _save(visit: Visit, part: Part, content: dict[str, str], by: Actor) -> None:
    key = f"example-{next(_keys):06}"
    service.save_part(visit, part, content, key=key, seen=visit.part(part).version, by=by)

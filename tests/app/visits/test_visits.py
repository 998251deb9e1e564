"""A visit from its plan to the final report: what is allowed, refused, and follows from it."""

import io
from datetime import date, timedelta

import pytest
import time_machine
from PIL import Image
from sqlalchemy import func, select

from app.accounts.roles import Role
from app.kernel.audit import Actor
from app.kernel.database import db
from app.kernel.rules import RuleBroken
from app.notices import letters as letters_of
from app.notices.models import Notice
from app.notices.outbox import Claim
from app.notices.topics import Topic
from app.visits import (
    actions,
    events,
    interests,
    planning,
    queries,
    reports,
    service,
    versions,
)
from app.visits.lifecycle import ActionState, VisitState
from app.visits.models import Action, Visit, VisitFile, VisitSave
from app.visits.templates import Question
from app.visits.terms import Answer, FindingKind, Part, Standard, VisitKind
from providers.applications import review
from providers.evidence import Upload
from providers.models.application import Application
from providers.needs import Judgement
from providers.storage import FolderStorage
from tests.conftest import TESTER
from tests.factories.accounts import make_user
from tests.factories.applications import complete, make_application
from tests.factories.providers import make_provider
from tests.factories.visits import (
    a_photo,
    drafted,
    fill_in,
    finished,
    make_action,
    make_finding,
    make_template,
    make_visit,
)

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def on_a_wednesday():
    """Visits are made on working days."""
    with time_machine.travel("2026-11-25 10:00 +0000", tick=False):
        yield


def by_adviser(visit):
    return Actor(visit.adviser_id, visit.adviser.name)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 11, 24), "a day that has passed"),
        (date(2026, 11, 28), "is a Saturday"),
        (date(2026, 12, 25), "bank holiday"),
        (date(2027, 3, 29), "bank holiday"),  # Easter Monday
    ],
)
def test_a_visit_is_not_planned_for_a_past_or_closed_day(sqlite_app_context, day, reason):
    adviser = make_user(Role.QUALITY_ADVISER)
    with pytest.raises(RuleBroken, match=reason):
        planning.plan(make_provider(), VisitKind.YEARLY, adviser, day, by=TESTER)


def test_an_adviser_with_an_interest_neither_visits_nor_judges(sqlite_app_context):
    visit = drafted(make_visit())
    interests.declare(visit.adviser, visit.provider, "A relative works there")
    refused = "has declared an interest"
    with pytest.raises(RuleBroken, match=refused):
        planning.plan(visit.provider, VisitKind.YEARLY, visit.adviser, WEDNESDAY, by=TESTER)
    with pytest.raises(RuleBroken, match=refused):
        reports.judge(visit, Standard.QUALITY, Judgement.GREEN, "", by=by_adviser(visit))
    interests.end(interests.in_force()[0], WEDNESDAY)
    reports.judge(visit, Standard.QUALITY, Judgement.GREEN, "", by=by_adviser(visit))


def test_whoever_comes_to_have_an_interest_judges_and_decides_nothing_any_more(
    sqlite_app_context, tmp_path
):
    visit = drafted(make_visit())
    final = finished(make_visit(provider=visit.provider))
    (action,) = final.actions
    actions.answer_in_words(action, "Done.", by=TESTER)
    interests.declare(visit.adviser, visit.provider, "A relative works there.")
    by = by_adviser(visit)
    finding = (visit, Standard.QUALITY, FindingKind.CRITICAL, "No plans.")
    for deed in (
        lambda: service.record_finding(*finding, by=by),
        lambda: reports.judge(visit, Standard.QUALITY, Judgement.GREEN, "", by=by),
        lambda: reports.judge_overall(visit, Judgement.GREEN, "", "Calm.", by=by),
        lambda: reports.share(visit, by=by),
        lambda: actions.close(action, "", by=by),
        lambda: actions.give_back(action, "More.", WEDNESDAY, by=by),
    ):
        with pytest.raises(RuleBroken, match="has declared an interest"):
            deed()
    reports.share(visit, by=TESTER)
    reports.answer(visit, "", by=TESTER)
    with pytest.raises(RuleBroken, match="has declared an interest"):
        reports.make_final(visit, by=by)


def told(person):
    found = select(Notice).where(Notice.user_id == person.id).order_by(Notice.id)
    return [(row.topic, row.page) for row in db.session.scalars(found)]


def test_a_provider_is_told_of_a_visit_to_come_and_of_a_report_to_check(context):
    provider = make_provider()
    person = make_user(Role.PROVIDER, provider=provider)
    adviser = make_user(Role.QUALITY_ADVISER)
    ahead = (Topic.VISIT_TO_YOU, "/visit-reports/")
    visit = planning.plan(provider, VisitKind.YEARLY, adviser, WEDNESDAY, by=TESTER)
    assert told(person) == [ahead]
    planning.move(visit, adviser, WEDNESDAY + timedelta(days=1), 120)
    assert told(person) == [ahead, ahead]
    planning.move(visit, adviser, WEDNESDAY + timedelta(days=1), 90)
    assert told(person) == [ahead, ahead]
    assert queries.announced(provider.id, WEDNESDAY) == [visit]
    planning.cancel(visit, "The adviser is ill.")
    assert told(person) == [ahead] * 3
    assert queries.announced(provider.id, WEDNESDAY) == []
    made = drafted(make_visit(provider=provider))
    reports.share(made, by=TESTER)
    page = f"/visit-reports/{made.id}"
    assert told(person)[3:] == [(Topic.REPORT_TO_CHECK, page)]
    assert queries.to_check(provider.id) == [made]
    reports.answer(made, "", by=TESTER)
    assert queries.to_check(provider.id) == []
    reports.make_final(made, by=by_adviser(made))
    assert told(person)[4:] == [(Topic.VISIT_REPORTED, page)]


def test_a_visit_moved_there_and_back_is_told_of_each_time(context):
    person = make_user(Role.PROVIDER, provider=make_provider())
    adviser = make_user(Role.QUALITY_ADVISER)
    visit = planning.plan(person.provider, VisitKind.YEARLY, adviser, WEDNESDAY, by=TESTER)
    for days in (1, 0):
        planning.move(visit, adviser, WEDNESDAY + timedelta(days=days), 120)
    assert len(told(person)) == len(told(adviser)) == 3
    planning.move(visit, adviser, WEDNESDAY, 90)
    assert len(told(person)) == len(told(adviser)) == 3  # the day stays


def test_nobody_there_is_told_of_a_visit_without_notice(context):
    provider = make_provider()
    person = make_user(Role.PROVIDER, provider=provider)
    adviser = make_user(Role.QUALITY_ADVISER)
    visit = planning.plan(provider, VisitKind.UNANNOUNCED, adviser, WEDNESDAY, by=TESTER)
    planning.move(visit, adviser, WEDNESDAY + timedelta(days=1), 90)
    planning.cancel(visit, "Not needed.")
    assert told(person) == []
    assert queries.announced(provider.id, WEDNESDAY) == []


def test_a_letter_about_a_visit_names_nobody(context):
    provider = make_provider(name="Oak Farm")
    person = make_user(Role.PROVIDER, provider=provider, name="Priya Provider")
    adviser = make_user(Role.QUALITY_ADVISER, name="Ada Adviser")
    planning.plan(provider, VisitKind.YEARLY, adviser, WEDNESDAY, by=TESTER)
    finished(make_visit(provider=provider, adviser=adviser))
    letters = [
        letters_of.text_of(Claim("mark", person.email, ((row.topic, row.page),)), "https://x")
        for row in db.session.scalars(select(Notice))
    ]
    assert len(letters) >= 4
    for letter in letters:
        for name in ("Oak", "Priya", "Ada", "Wednesday", "25"):
            assert name not in letter


def test_only_an_adviser_visits(sqlite_app_context):
    officer = make_user(Role.SEND_OFFICER)
    with pytest.raises(RuleBroken, match="cannot make visits"):
        planning.plan(make_provider(), VisitKind.YEARLY, officer, WEDNESDAY, by=TESTER)


def test_a_changed_template_leaves_a_visit_that_is_planned_or_under_way_alone(context):
    adviser = make_user(Role.QUALITY_ADVISER)
    visit = planning.plan(make_provider(), VisitKind.YEARLY, adviser, WEDNESDAY, by=TESTER)
    service.start(visit, by=by_adviser(visit))
    before = visit.sections
    added = Question("q-new", "Children know whom to tell.", critical=True)
    row = versions.change_question(
        VisitKind.YEARLY, Standard.SAFEGUARDING, added, "Asked by the panel", by=TESTER
    )
    assert row.version == 2
    assert visit.sections == before
    later = planning.plan(make_provider(), VisitKind.YEARLY, adviser, WEDNESDAY, by=TESTER)
    assert added in later.sections[0].questions
    fill_in(visit)
    service.finish(visit)  # the new critical question is none of its own


def test_a_save_is_taken_once_however_often_it_is_sent(context):
    visit = make_visit()
    service.start(visit, by=TESTER)
    sent = {"content": {"people": "The proprietor"}, "key": "key-00000001", "seen": 0, "by": TESTER}
    first = service.save_part(visit, Part.PEOPLE, **sent)
    again = service.save_part(visit, Part.PEOPLE, **sent)
    assert (first.version, first.again) == (1, False)
    assert (again.version, again.again) == (1, True)
    assert db.session.scalar(select(func.count(VisitSave.id))) == 1


def test_words_over_a_newer_version_are_not_taken_and_nothing_is_lost(context):
    visit = make_visit()
    service.start(visit, by=TESTER)
    about = {"seen": 0, "by": TESTER}
    service.save_part(visit, Part.PUPILS, {"said": "Theirs"}, key="key-00000001", **about)
    mine = service.save_part(visit, Part.PUPILS, {"said": "Mine"}, key="key-00000002", **about)
    assert not mine.taken
    assert mine.part.content == {"said": "Theirs"}
    kept = {"said": "Both"}
    later = service.save_part(visit, Part.PUPILS, kept, key="key-00000003", seen=1, by=TESTER)
    assert later.taken
    assert later.part.content == kept


def test_a_save_that_comes_after_the_end_is_refused_but_one_that_was_taken_is_known(context):
    visit = fill_in(make_visit())
    service.save_part(visit, Part.PUPILS, {"said": "A"}, key="key-before", seen=0, by=TESTER)
    service.finish(visit)
    same = {"key": "key-before", "seen": 0, "by": TESTER}
    assert service.save_part(visit, Part.PUPILS, {"said": "A"}, **same).again
    with pytest.raises(RuleBroken, match="cannot be changed now"):
        service.save_part(visit, Part.PUPILS, {"said": "B"}, key="key-after", seen=1, by=TESTER)


def test_what_the_template_does_not_ask_is_left_out(sqlite_app_context):
    visit = make_visit()
    content = {"answer-dsl": "met", "answer-else": "met", "answer-code": "perhaps", "note": " x "}
    tidy = service.tidied(visit, Part.SAFEGUARDING, content)
    assert tidy == {"answers": {"dsl": "met"}, "notes": {}, "note": "x"}


def test_a_visit_is_finished_once_critical_questions_are_answered(sqlite_app_context):
    visit = make_visit()
    service.start(visit, by=TESTER)
    with pytest.raises(RuleBroken) as refusal:
        service.finish(visit)
    assert "A trained safeguarding lead is on site" in str(refusal.value)
    assert "Enter who was spoken to" in str(refusal.value)


def test_a_visit_does_not_begin_before_its_day(sqlite_app_context):
    visit = make_visit(planned_on=WEDNESDAY + timedelta(days=1))
    with pytest.raises(RuleBroken, match="Move it to today"):
        service.start(visit, by=TESTER)


def test_no_report_without_findings(sqlite_app_context):
    visit = fill_in(make_visit())
    service.finish(visit)
    for standard in Standard:
        reports.judge(visit, standard, Judgement.GREEN, "", by=TESTER)
    reports.judge_overall(visit, Judgement.GREEN, "", "Fine.", by=TESTER)
    with pytest.raises(RuleBroken, match="Record at least one finding"):
        reports.write(visit, by=TESTER)
    make_finding(visit)
    db.session.refresh(visit)
    with pytest.raises(RuleBroken, match="Set an action for"):
        reports.write(visit, by=TESTER)


def test_a_critical_failure_cannot_be_judged_away(sqlite_app_context):
    visit = fill_in(make_visit(), dsl=Answer.NOT_MET)
    service.finish(visit)
    must = "the judgement must be red"
    with pytest.raises(RuleBroken, match=must):
        reports.judge(visit, Standard.SAFEGUARDING, Judgement.AMBER, "All else good", by=TESTER)
    with pytest.raises(RuleBroken, match=must):
        reports.judge_overall(visit, Judgement.AMBER, "All else is good", "x", by=TESTER)


def test_a_critical_finding_is_told_of_at_once(sqlite_app_context):
    visit, heard = fill_in(make_visit()), []
    with events.finding_recorded.connected_to(heard.append):
        service.record_finding(
            visit, Standard.SAFEGUARDING, FindingKind.CRITICAL, "No DBS checks.", by=TESTER
        )
    assert [finding.kind for finding in heard] == [FindingKind.CRITICAL]


def test_a_report_is_final_only_after_the_check_of_its_facts(context):
    visit = drafted(make_visit())
    assert visit.owner_provider_id is None
    reports.share(visit, by=TESTER)
    assert visit.check_due_on == date(2026, 12, 9)  # ten working days
    assert visit.owner_provider_id == visit.provider_id
    with pytest.raises(RuleBroken, match="time to check the facts is not over"):
        reports.make_final(visit, by=TESTER)
    with time_machine.travel("2026-12-10 10:00 +0000", tick=False):
        reports.make_final(visit, by=TESTER)
    assert visit.provider.last_visit_on == WEDNESDAY
    assert visit.provider.judgement is Judgement.GREEN


def test_an_older_visit_does_not_undo_a_newer_judgement(sqlite_app_context):
    provider = make_provider(last_visit_on=WEDNESDAY + timedelta(days=1))
    finished(make_visit(provider=provider), Judgement.AMBER)
    assert provider.judgement is Judgement.GREEN


def test_a_corrected_report_is_checked_again(sqlite_app_context):
    visit = drafted(make_visit())
    reports.share(visit, by=TESTER)
    reports.answer(visit, "We have two tutors, not three.", by=TESTER)
    reports.correct(visit)
    assert visit.owner_provider_id is None
    reports.share(visit, by=TESTER)
    assert visit.checked_at is None


def test_an_initial_visit_is_recorded_with_the_application(sqlite_app_context):
    application = complete(make_application())
    application = db.session.get(Application, application.id)
    visit = make_visit(kind=VisitKind.INITIAL, provider=application.provider)
    bring_to(application, "submitted")
    drafted(visit)
    reports.share(visit, by=TESTER)
    reports.answer(visit, "", by=TESTER)
    with pytest.raises(RuleBroken, match="Start the review of application"):
        reports.make_final(visit, by=TESTER)
    review.start_review(application)
    reports.make_final(visit, by=TESTER)
    assert application.visited_on == WEDNESDAY
    assert application.visit_judgement is Judgement.GREEN


def bring_to(application, state):
    """Set the state as the database would hold it: how it got there is tested elsewhere."""
    db.session.flush()
    db.session.execute(
        Application.__table__.update()
        .where(Application.__table__.c.id == application.id)
        .values(state=state)
    )
    db.session.expire(application)


def test_the_python_and_the_sql_form_of_who_may_read_agree(context):
    visits = [make_visit(), drafted(make_visit()), finished(make_visit())]
    shared = drafted(make_visit())
    reports.share(shared, by=TESTER)
    db.session.flush()
    for visit in (*visits, shared):
        owner = select(Visit.owner_provider_id).where(Visit.id == visit.id)
        assert db.session.scalar(owner) == visit.owner_provider_id
        published = select(Visit.is_published).where(Visit.id == visit.id)
        assert db.session.scalar(published) == visit.is_published
        for action in visit.actions:
            owner = select(Action.owner_provider_id).where(Action.id == action.id)
            assert db.session.scalar(owner) == action.owner_provider_id
            published = select(Action.is_published).where(Action.id == action.id)
            assert db.session.scalar(published) == action.is_published


def test_where_a_photograph_was_taken_is_removed(sqlite_app_context, tmp_path):
    visit, files = fill_in(make_visit()), FolderStorage(tmp_path)
    sent = a_photo()
    assert b"Exif" in sent.getvalue()
    upload = Upload("IMG_1.jpg", sent)
    row = service.add_file(
        visit, Part.HEALTH_SAFETY, upload, "Exit", by=TESTER, files=files, key="key-0001"
    )
    with files.open(row.file.key) as kept:
        content = kept.read()
    assert b"Exif" not in content
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (60, 40)
        assert not picture.getexif()


def test_a_photograph_that_is_too_large_or_damaged_is_refused(sqlite_app_context, tmp_path):
    visit, files = fill_in(make_visit()), FolderStorage(tmp_path)
    large = io.BytesIO(b"\xff\xd8\xff\xe0" + bytes(11 * 1024 * 1024) + b"\xff\xd9")
    about = {"by": TESTER, "files": files, "key": "key-0001"}
    with pytest.raises(RuleBroken, match="larger than 10 MB"):
        service.add_file(visit, Part.QUALITY, Upload("a.jpg", large), "x", **about)
    broken = io.BytesIO(b"\xff\xd8\xff\xe0" + bytes(50) + b"\xff\xd9")
    with pytest.raises(RuleBroken, match="cannot be read"):
        service.add_file(visit, Part.QUALITY, Upload("a.jpg", broken), "x", **about)
    assert not db.session.scalars(select(VisitFile)).all()


def test_a_photograph_that_is_sent_again_is_kept_once(context, tmp_path):
    folder = tmp_path / "files"
    visit, files = fill_in(make_visit()), FolderStorage(folder)
    about = {"by": TESTER, "files": files}
    first, again = (
        service.add_file(
            visit, Part.QUALITY, Upload("a.jpg", a_photo()), "Exit", **about, key="key-0001"
        )
        for _ in range(2)
    )
    other = service.add_file(
        visit, Part.QUALITY, Upload("a.jpg", a_photo()), "Exit", **about, key="key-0002"
    )
    assert first.id == again.id != other.id
    assert len(db.session.scalars(select(VisitFile)).all()) == 2
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 2


def test_files_are_added_until_the_report_is_shared(sqlite_app_context, tmp_path):
    planned, draft = make_visit(), drafted(make_visit())
    about = {"by": TESTER, "files": FolderStorage(tmp_path)}
    what = (Part.QUALITY, Upload("a.jpg", a_photo()), "Exit")
    service.add_file(draft, *what, **about, key="key-0001")
    reports.share(draft, by=TESTER)
    for visit in (planned, draft):
        with pytest.raises(RuleBroken, match="until its report is shared"):
            service.add_file(visit, *what, **about, key="key-0002")


def test_a_provider_answers_and_the_adviser_returns_and_closes(context, tmp_path):
    visit = finished(make_visit())
    action, files = visit.actions[0], FolderStorage(tmp_path)
    about = {"by": TESTER, "files": files}
    actions.answer(action, "Drill held.", Upload("drill.jpg", a_photo()), **about)
    assert action.state is ActionState.ANSWERED
    with pytest.raises(RuleBroken, match="what is still missing"):
        actions.give_back(action, "", WEDNESDAY, by=TESTER)


def test_a_returned_action_waits_for_the_provider_again(context, tmp_path):
    action = finished(make_visit()).actions[0]
    about = {"by": TESTER, "files": FolderStorage(tmp_path)}
    actions.answer(action, "Drill held.", None, **about)
    actions.give_back(action, "Send the record.", WEDNESDAY + timedelta(days=7), by=TESTER)
    assert action.state is ActionState.RETURNED
    assert action.answered_at is None
    actions.answer(action, "Here it is.", None, **about)
    actions.close(action, "Thank you.", by=TESTER)
    assert action.state is ActionState.CLOSED
    assert not action.is_overdue(WEDNESDAY + timedelta(days=90))


def test_an_action_is_not_answered_before_the_report_is_final(sqlite_app_context, tmp_path):
    action = make_action(make_finding(drafted(make_visit())))
    with pytest.raises(RuleBroken, match="not final yet"):
        actions.answer(action, "Done.", None, by=TESTER, files=FolderStorage(tmp_path))


def test_overdue_actions_are_told_of_once_a_week(context):
    action, heard = finished(make_visit()).actions[0], []
    late = action.due_on + timedelta(days=1)
    with events.action_overdue.connected_to(heard.append):
        assert actions.escalate(action.due_on) == []
        assert actions.escalate(late) == [action]
        assert actions.escalate(late + timedelta(days=6)) == []
        assert actions.escalate(late + timedelta(days=7)) == [action]
    assert heard == [action, action]


def test_a_report_that_is_shared_is_not_changed(sqlite_app_context):
    visit = finished(make_visit())
    with pytest.raises(RuleBroken, match="until its report is shared"):
        service.record_finding(visit, Standard.QUALITY, FindingKind.STRENGTH, "x", by=TESTER)
    with pytest.raises(RuleBroken, match="before its report is shared"):
        reports.judge(visit, Standard.QUALITY, Judgement.RED, "x", by=TESTER)


def test_a_cancelled_visit_says_why(context):
    visit = make_visit()
    with pytest.raises(RuleBroken, match="why the visit is cancelled"):
        planning.cancel(visit, " ")
    planning.cancel(visit, "The provider is closed that week.")
    assert visit.state is VisitState.CANCELLED


def test_versions_count_up_and_a_template_keeps_one_question(sqlite_app_context):
    make_template(VisitKind.CLOSING)
    keys = ["dsl", "code", "fire", "plans"]
    for key in keys:
        versions.remove_question(VisitKind.CLOSING, key, by=TESTER)
    assert versions.in_use(VisitKind.CLOSING).version == 5
    with pytest.raises(RuleBroken, match="at least one question"):
        versions.remove_question(VisitKind.CLOSING, "progress", by=TESTER)

"""When the next visit is due, and why; on pure facts."""

from datetime import date, timedelta

import pytest

from app.kernel.rules import RuleBroken
from app.visits.schedule import Cycle, Facts, next_due
from app.visits.terms import VisitKind
from providers.needs import Judgement

ON = date(2026, 11, 25)
VISITED = date(2026, 10, 1)


def facts(**values):
    return Facts(**{"last_visit_on": VISITED, "judgement": Judgement.GREEN} | values)


@pytest.mark.parametrize(
    ("known", "kind", "due_on", "reason"),
    [
        (Facts(), VisitKind.YEARLY, ON, "No quality visit is recorded"),
        (
            Facts(applied_on=date(2026, 11, 2)),
            VisitKind.INITIAL,
            date(2026, 11, 30),
            "nobody is admitted without a visit",
        ),
        (facts(), VisitKind.YEARLY, date(2027, 10, 1), "one is due each year"),
        (
            facts(last_kind=VisitKind.INITIAL),
            VisitKind.FOLLOW_UP,
            date(2026, 11, 26),
            "6 to 8 weeks after it",
        ),
        (facts(judgement=Judgement.AMBER), VisitKind.FOLLOW_UP, date(2026, 11, 26), "Judged amber"),
        (
            facts(concerns=(date(2026, 11, 24),)),
            VisitKind.UNANNOUNCED,
            date(2026, 11, 29),
            "without notice is due within 5 days",
        ),
        (
            facts(staff_changed_on=date(2026, 11, 2), children=1),
            VisitKind.FOLLOW_UP,
            date(2027, 1, 1),
            "A person in charge changed",
        ),
        (
            facts(children=20, hours=150),
            VisitKind.TERMLY,
            date(2027, 1, 29),
            "The risk is higher",
        ),
    ],
)
def test_the_earliest_of_what_the_rules_ask_for_is_due(known, kind, due_on, reason):
    due = next_due(known, ON)
    assert (due.kind, due.due_on) == (kind, due_on)
    assert reason in due.reasons[0]


def test_a_concern_from_before_the_last_visit_asks_for_none():
    assert next_due(facts(concerns=(VISITED - timedelta(days=1),)), ON).kind is VisitKind.YEARLY


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"children": 8}, "8 children are placed there"),
        ({"hours": 100}, "100 hours a week"),
        ({"lapsed": ("Insurance",)}, "Evidence has run out: Insurance"),
        ({"overdue_actions": 2}, "Actions overdue: 2"),
        ({"critical_overdue": 1}, "A critical action is overdue"),
    ],
)
def test_each_risk_is_said_and_two_make_visits_termly(values, words):
    one = next_due(facts(**values), ON)
    assert [words in risk for risk in one.risks] == [True]
    assert one.kind is VisitKind.YEARLY
    two = next_due(facts(**values, judgement=Judgement.AMBER), ON)
    assert two.reasons[0].startswith("Judged amber")


def test_the_cycle_decides_and_refuses_what_cannot_be():
    assert next_due(facts(), ON, Cycle(yearly=100)).due_on == VISITED + timedelta(days=100)
    for wrong in (
        {"yearly": 0},
        {"day_starts": 17},
        {"follow_up_from": 90},
        {"road_factor_percent": 5},
    ):
        with pytest.raises(RuleBroken):
            Cycle(**wrong)

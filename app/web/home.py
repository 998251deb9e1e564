"""What each role's home page shows: that person's next work, in a fixed number of queries."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.access import Permission, may
from app.accounts.models import User
from app.accounts.queries import accounts_by_role, deeds_since
from app.accounts.roles import Role
from app.children.queries import days_out_of_education, longest_waiting
from app.commissioning import queries
from app.commissioning.budgets.costs import financial_year_of, year_in_figures
from app.commissioning.figures import record_counts
from app.commissioning.invoices import queries as invoices
from app.commissioning.invoices.spend import budgets_of
from app.commissioning.invoices.spend import figures as figures_of_year
from app.kernel.clock import now, today
from app.kernel.database import db
from app.web.matches import WEEKS_A_YEAR, figures
from app.web.trail import by_day
from app.web.visit_lists import own_quality, watch, work_on_visits
from providers import additions
from providers.applications.service import count_to_decide
from providers.attention import Concern, files_to_correct, needing_attention
from providers.compliance import Freshness
from providers.evidence import count_to_check
from providers.gias import claims
from providers.profile import EvidenceState, evidence_standings, offer_standings
from providers.queries import caps_in_force

SHOWN = 10
LATELY = timedelta(days=14)
ENTRIES_SHOWN = 15


def work_of(user: User) -> dict[str, Any]:
    """What the template of this person's role needs."""
    return _WORK[user.role](user)


def _send_officer(user: User) -> dict[str, Any]:
    on = today()
    longest = longest_waiting(SHOWN)
    children, hours = queries.waiting_counts()
    return {
        "longest": [(referral, days_out_of_education(referral, on)) for referral in longest],
        "children": children,
        "hours": hours,
        "run": queries.last_finished_run(),
        "to_correct": files_to_correct(SHOWN) if may(user, Permission.RUN_INTAKE) else [],
    }


def _commissioner(_user: User) -> dict[str, Any]:
    children, hours = queries.waiting_counts()
    run = queries.last_finished_run()
    if run is None:
        return {"children": children, "hours": hours, "run": None}
    unplaced = queries.outcomes(run, queries.OutcomeCriteria(placed=False)).limit(SHOWN)
    return {
        "children": children,
        "hours": hours,
        "run": run,
        "unplaced": db.session.scalars(unplaced).unique().all(),
        **figures(run),
    }


def _ap_lead(user: User) -> dict[str, Any]:
    doubtful = [claim for _provider, claim in claims() if claim.finding.is_doubtful]
    concerns = _concerns(
        Concern.PENDING, Concern.SUSPENDED, Concern.EVIDENCE, Concern.CAP, Concern.CAPACITY
    )
    return concerns | {
        "changes": additions.count_waiting(),
        "doubtful": len(doubtful),
        "applications": count_to_decide(),
        "documents": count_to_check(),
        "watch": watch(user, today(), SHOWN),
    }


def _quality_adviser(user: User) -> dict[str, Any]:
    concerns = _concerns(Concern.JUDGEMENT, Concern.VISIT)
    return concerns | {"documents": count_to_check(), "visits": work_on_visits(user)}


def _concerns(*concerns: Concern) -> dict[str, Any]:
    found = needing_attention(today())
    return {
        "concerns": [(concern, found[concern]) for concern in concerns],
        "shown": SHOWN,
    }


def _provider(user: User) -> dict[str, Any]:
    on = today()
    provider = user.provider
    offers = offer_standings(provider.offers, on, caps_in_force(on))
    evidence = evidence_standings(provider, on)
    return {
        "provider": provider,
        "quality": own_quality(provider, on, SHOWN),
        "on": on,
        "offers": offers,
        "to_confirm": sum(offer.freshness is not Freshness.CONFIRMED for offer in offers),
        "renew": [item for item in evidence if item.state is not EvidenceState.CURRENT],
    }


def _finance(_user: User) -> dict[str, Any]:
    run, year = queries.last_finished_run(), financial_year_of(today())
    return {
        "invoices": invoices.counts(),
        "waiting": invoices.waiting(SHOWN),
        "to_export": invoices.count_to_export(),
        "spend": figures_of_year(year),
        "budgets": budgets_of(year),
        "year": year_in_figures(year),
        "run": run,
        "by_service": queries.cost_by_service(run) if run else [],
        "weeks": WEEKS_A_YEAR,
    }


def _administrator(_user: User) -> dict[str, Any]:
    return {
        "accounts": accounts_by_role(),
        "entries": by_day(deeds_since(now() - LATELY))[:ENTRIES_SHOWN],
        "records": record_counts(),
    }


_WORK: dict[Role, Callable[[User], dict[str, Any]]] = {
    Role.SEND_OFFICER: _send_officer,
    Role.COMMISSIONER: _commissioner,
    Role.AP_LEAD: _ap_lead,
    Role.QUALITY_ADVISER: _quality_adviser,
    Role.PROVIDER: _provider,
    Role.FINANCE: _finance,
    Role.ADMINISTRATOR: _administrator,
}

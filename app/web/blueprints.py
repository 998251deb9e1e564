"""Every blueprint of the site, one a noun."""

from app.web.views.account import account
from app.web.views.additions import additions
from app.web.views.agreements import agreements
from app.web.views.answers import answers
from app.web.views.applications import applications
from app.web.views.attendance import attendance
from app.web.views.budgets import budgets
from app.web.views.bulk_proposals import bulk_proposals
from app.web.views.capacity import capacity
from app.web.views.caps import caps
from app.web.views.census import census
from app.web.views.changes import changes
from app.web.views.children import children
from app.web.views.commitments import commitments
from app.web.views.concerns import concerns
from app.web.views.council import council
from app.web.views.enquiries import enquiries
from app.web.views.evidence import evidence
from app.web.views.frameworks import frameworks
from app.web.views.home import home
from app.web.views.intakes import intakes
from app.web.views.invoices import invoices
from app.web.views.joining import joining
from app.web.views.mail import mail
from app.web.views.matches import matches
from app.web.views.notices import notices
from app.web.views.pages import pages
from app.web.views.panels import panels
from app.web.views.people import people
from app.web.views.placement_proposals import placement_proposals
from app.web.views.placements import placements
from app.web.views.plans import plans
from app.web.views.policies import policies
from app.web.views.portal import portal
from app.web.views.progress import progress
from app.web.views.proposals import proposals
from app.web.views.provider_limits import provider_limits
from app.web.views.providers import providers
from app.web.views.public import public
from app.web.views.referrals import referrals
from app.web.views.restrictions import restrictions
from app.web.views.reviews import reviews
from app.web.views.rulings import rulings
from app.web.views.schools import schools
from app.web.views.scorecards import scorecards
from app.web.views.search import search
from app.web.views.shortlists import shortlists
from app.web.views.spend import spend
from app.web.views.standings import standings
from app.web.views.stops import stops
from app.web.views.teams import teams
from app.web.views.terms import terms
from app.web.views.ties import ties
from app.web.views.trail import trail
from app.web.views.trials import trials
from app.web.views.uplifts import uplifts
from app.web.views.visit_actions import visit_actions
from app.web.views.visit_history import visit_history
from app.web.views.visit_planner import visit_planner
from app.web.views.visit_reports import visit_reports
from app.web.views.visit_settings import visit_settings
from app.web.views.visits import visits
from app.web.views.what_ifs import what_ifs

BLUEPRINTS = (
    home,
    account,
    children,
    restrictions,
    teams,
    referrals,
    ties,
    enquiries,
    answers,
    terms,
    search,
    shortlists,
    public,
    providers,
    matches,
    trials,
    what_ifs,
    policies,
    rulings,
    placements,
    attendance,
    placement_proposals,
    bulk_proposals,
    plans,
    agreements,
    panels,
    budgets,
    progress,
    commitments,
    portal,
    provider_limits,
    people,
    council,
    capacity,
    changes,
    additions,
    caps,
    uplifts,
    evidence,
    frameworks,
    joining,
    applications,
    proposals,
    reviews,
    standings,
    stops,
    visits,
    visit_reports,
    visit_actions,
    visit_planner,
    visit_settings,
    visit_history,
    concerns,
    scorecards,
    census,
    schools,
    intakes,
    trail,
    invoices,
    spend,
    notices,
    mail,
    pages,
)

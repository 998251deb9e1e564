"""What pages about placements and agreements show and offer."""

from typing import Any

from flask_login import current_user

from app.access import Permission, may
from app.commissioning.agreements import service
from app.commissioning.agreements.lifecycle import AGREEMENT, AgreementState
from app.commissioning.agreements.models import Agreement
from app.commissioning.budgets import costs, limits
from app.commissioning.placements import queries, running
from app.commissioning.placements.lifecycle import PLACEMENT, PlacementState
from app.commissioning.placements.models import Placement
from app.web.history import history_of as history_of_rows
from app.web.placement_trail import history_for_provider, history_of

BEFORE_START = (PlacementState.APPROVED, PlacementState.AGREED)


def facts_of(version: Agreement) -> dict[str, Any]:
    """Everything that the page of one version shows."""
    waiting = version.state is AgreementState.WAITING
    decides = waiting and may(current_user, Permission.DECIDE_AGREEMENT)
    return {
        "version": version,
        "placement": version.placement,
        "lines": marked(version.text),
        "growth": service.growth(version) if waiting else None,
        "whole": service.whole_cost_with(version) if waiting else None,
        "decides": decides and version.proposed_by_id != current_user.id,
        "limit": limits.limit_of(current_user) if decides else None,
        "beyond": service.beyond_limit(version, current_user) if decides else None,
        "items": queries.panel_items_about(version),
        "answers": may(current_user, Permission.ANSWER_AGREEMENT, version)
        and not AGREEMENT.reasons_against(version, "accept"),
        "history": history_of_rows(version),
        "withdraws": may(current_user, Permission.VARY_AGREEMENT)
        and version.number > 1
        and not AGREEMENT.reasons_against(version, "withdraw"),
    }


def marked(text: str) -> list[tuple[str, list[str]]]:
    """The text of an agreement as blocks: heading, list or words, each with its lines."""
    blocks: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        kind = "words"
        if line.startswith("## "):
            kind, line = "heading", line[3:]
        elif line.startswith("# "):
            continue
        elif line.startswith("- "):
            kind, line = "list", line[2:]
        if not line.strip():
            blocks.append(("gap", []))
        elif kind == "list" and blocks and blocks[-1][0] == "list":
            blocks[-1][1].append(line)
        else:
            blocks.append((kind, [line]))
    return [block for block in blocks if block[0] != "gap"]


def placement_facts(placement: Placement) -> dict[str, Any]:
    """Everything that the page of a placement shows, for the authority or its provider."""
    inside = may(current_user, Permission.MANAGE_PLACEMENT)
    versions = [
        version
        for version in queries.versions_of(placement)
        if may(current_user, Permission.VIEW_AGREEMENT, version)
    ]
    return {
        "placement": placement,
        "versions": versions,
        "to_answer": next((v for v in versions if v.state is AgreementState.OFFERED), None),
        "missing": running.what_is_missing(placement) if placement.state in BEFORE_START else (),
        "costs": queries.costs_of(placement) if not current_user.provider_id else [],
        "year_words": costs.year_in_figures,
        "may_start": inside and not PLACEMENT.reasons_against(placement, "start"),
        "may_cancel": inside and placement.state in BEFORE_START,
        "may_vary": inside and placement.state in service.VARIED,
        "may_offer_again": inside
        and placement.state is PlacementState.APPROVED
        and service.under_way(placement) is None,
        "plan": queries.plan_of(placement.proposal)
        if may(current_user, Permission.VIEW_PLAN, placement)
        else None,
        "history": history_of(placement.proposal)
        if not current_user.provider_id
        else history_for_provider(placement, versions),
    }

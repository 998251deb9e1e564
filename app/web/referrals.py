"""The parts of a referral: for each its form, filled from what is there, and how it is saved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm

from app.children import referring as service
from app.children.models import Referral
from app.kernel.clock import today
from app.kernel.rules import RuleBroken
from app.web.forms import referrals as forms
from app.web.forms.entries import refuse


@dataclass(frozen=True)
class Part:
    """A page of the referral form. done: whether anything was entered."""

    title: str
    form: Callable[[Referral], FlaskForm]
    save: Callable[[Referral, Any], None]
    done: Callable[[Referral], bool]


def save_part(part: Part, referral: Referral, form: FlaskForm) -> bool:
    """Save what was entered; a refusal is shown on the form. Returns whether it was saved."""
    try:
        part.save(referral, form)
    except RuleBroken as refusal:
        first = next(field for field in form if field.name != "csrf_token")
        refuse(form, {first.name: str(refusal)})
        return False
    return not form.errors


def _child_form(referral: Referral) -> FlaskForm:
    return forms.ReferChild(data=forms.ReferChild.entries(referral.child))


def _save_child(referral: Referral, form: forms.ReferChild) -> None:
    facts = form.facts()
    if not refuse(form, service.child_faults(facts, referral.child, today())):
        service.save_child(referral.child, facts)


def _case_form(referral: Referral) -> FlaskForm:
    return forms.ReferCase(data=forms.ReferCase.entries(referral))


def _needs_form(referral: Referral) -> FlaskForm:
    return forms.ReferNeeds(data=forms.ReferNeeds.entries(referral))


def _save_needs(referral: Referral, form: forms.ReferNeeds) -> None:
    service.save_needs(referral, form.needs())
    service.save_case(referral, form.facts())


def _support_form(referral: Referral) -> FlaskForm:
    return forms.support_form()(data=forms.ReferSupport.entries(referral))


def _wishes_form(referral: Referral) -> FlaskForm:
    entries = forms.ReferWishes.entries(referral)
    return forms.ReferWishes(obj=referral, data=entries).known_to(referral)


def _save_wishes(referral: Referral, form: forms.ReferWishes) -> None:
    wanted, unwanted = form.references(form.wanted), form.references(form.unwanted)
    service.save_wishes(referral, wanted, unwanted)
    service.save_case(referral, form.facts())


PARTS = {
    "child": Part("The child", _child_form, _save_child, lambda _referral: True),
    "case": Part(
        "Reason and officer",
        _case_form,
        lambda referral, form: service.save_case(referral, form.facts()),
        lambda referral: referral.out_of_education_since is not None,
    ),
    "needs": Part(
        "Needs",
        _needs_form,
        _save_needs,
        lambda referral: bool(referral.child.needs),
    ),
    "support": Part(
        "What is asked for",
        _support_form,
        lambda referral, form: service.save_support(referral, form.hours()),
        lambda referral: bool(referral.components),
    ),
    "views": Part(
        "Risks and views",
        lambda referral: forms.ReferViews(obj=referral),
        lambda referral, form: service.save_case(referral, form.facts()),
        lambda referral: bool(referral.risks and (referral.child_view or referral.parents_view)),
    ),
    "wishes": Part(
        "What the family prefers",
        _wishes_form,
        _save_wishes,
        lambda referral: bool(referral.wishes or referral.preferred_delivery),
    ),
}
"""By their name in an address, in the order in which they are asked."""

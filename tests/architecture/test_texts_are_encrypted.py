"""Every column of words is encrypted, or stands here with the reason why it may be read plainly."""

from sqlalchemy import JSON, Enum, LargeBinary, String

import app.factory  # noqa: F401 - loads every model
from app.kernel.database import db
from app.kernel.reach import chains
from app.kernel.secret import Secret

SHORT = 100
"""Up to so many characters a column holds a code, a name or a number, and no text."""

NAMED_ELSEWHERE = ("_by", "_by_id")
"""Who did something: a person of the authority or of a provider, by name."""

ABOUT_PROVIDERS = "about a provider, an offer or a contract, and written to be read by its provider"
OURS = "the authority's own rules, settings and names of things; about no child"
COUNTS = "codes, numbers and ids, no words"
ACCOUNT = "of an account; secrets in it are hashed or encrypted by the packages that hold them"
LEFT_BY_CODE = "written by the program, never with a child's name"

PLAIN = {
    "addition.comment": ABOUT_PROVIDERS,
    "addition.wanted": ABOUT_PROVIDERS,
    "agreement_text.body": OURS,
    "application.refusal_reasons": ABOUT_PROVIDERS,
    "application.visit_notes": ABOUT_PROVIDERS,
    "application_section.answers": ABOUT_PROVIDERS,
    "application_section.review_note": ABOUT_PROVIDERS,
    "attendance_mark.out_of_term": LEFT_BY_CODE,
    "audit_event.actor_name": "who did something",
    "audit_event.changes": "encrypted columns stand in it by a shadow (app.kernel.audit)",
    "bulk_work.chosen": COUNTS,
    "bulk_work.done": COUNTS,
    "bulk_work.failure": LEFT_BY_CODE,
    "bulk_work.options": COUNTS,
    "cap_exception.reason": ABOUT_PROVIDERS,
    "change_item.after": ABOUT_PROVIDERS,
    "change_item.before": ABOUT_PROVIDERS,
    "change_item.comment": ABOUT_PROVIDERS,
    "clarification.answer": ABOUT_PROVIDERS,
    "clarification.question": ABOUT_PROVIDERS,
    "commitment.source": LEFT_BY_CODE,
    "concern_action.owner": "who of the authority does it",
    "council_identity.issuer": ACCOUNT,
    "council_identity.subject": ACCOUNT,
    "declared_interest.what": "about a member of staff and a provider",
    "evidence_document.comment": ABOUT_PROVIDERS,
    "framework.name": OURS,
    "identity_disclosure.ground": LEFT_BY_CODE,
    "intake.columns": "headings of a spreadsheet",
    "intake.failure": LEFT_BY_CODE,
    "intake.filename": "a file's name, shown in the list of files",
    "invoice.answer": "about sums of money, by references of placements",
    "invoice.note": "about sums of money, by references of placements",
    "invoice.query": "about sums of money, by references of placements",
    "invoice.reason": "about sums of money, by references of placements",
    "invoice_line.differences": COUNTS,
    "lot.name": OURS,
    "match_policy.note": OURS,
    "match_policy.rules": OURS,
    "match_run.failure": LEFT_BY_CODE,
    "match_run.inputs": "needs, homes and hours by number, which stand plainly in their tables too",
    "match_run.parameters": COUNTS,
    "match_run.result": COUNTS,
    "match_run.summary": COUNTS,
    "notice.fault": LEFT_BY_CODE,
    "notice.key": LEFT_BY_CODE,
    "notice.page": "an address within the site, which holds ids alone",
    "offer.notes": ABOUT_PROVIDERS,
    "offer_words.about": ABOUT_PROVIDERS,
    "panel_meeting.place": "where a meeting is",
    "panel_meeting.present": "who of the authority was at a meeting",
    "passkey.extensions": ACCOUNT,
    "passkey.transports": ACCOUNT,
    "placement_plan.review_dates": "days",
    "placement_stop.lift_reason": ABOUT_PROVIDERS,
    "placement_stop.reason": ABOUT_PROVIDERS,
    "placement_stop.source": LEFT_BY_CODE,
    "profile.about": ABOUT_PROVIDERS,
    "profile.contact_email": ABOUT_PROVIDERS,
    "profile.safeguarding_email": ABOUT_PROVIDERS,
    "profile.safeguarding_name": ABOUT_PROVIDERS,
    "profile.website": ABOUT_PROVIDERS,
    "profile_version.facts": ABOUT_PROVIDERS,
    "profile_version.why": LEFT_BY_CODE,
    "provider.name": ABOUT_PROVIDERS,
    "provider.notes": ABOUT_PROVIDERS,
    "provider.taught_apart": COUNTS,
    "registered_school.name": "the national register of schools",
    "registered_school.needs": "the national register of schools",
    "registered_school.street": "the national register of schools",
    "registered_school.website": "the national register of schools",
    "scheme.name": OURS,
    "scheme_decision.reason": OURS,
    "scheme_decision.what": OURS,
    "school_load.filename": "the national register of schools",
    "sent_form.led_to": "an address within the site, which holds ids alone",
    "service.evidence_asked": OURS,
    "service.name": OURS,
    "site.name": ABOUT_PROVIDERS,
    "standing_decision.reason": ABOUT_PROVIDERS,
    "stored_file.name": "a file's name; what is in it lies in the storage",
    "uplift_proposal.comment": ABOUT_PROVIDERS,
    "uplift_proposal.reason": ABOUT_PROVIDERS,
    "uplift_round.name": OURS,
    "user_account.email": ACCOUNT,
    "user_account.mf_recovery_codes": ACCOUNT,
    "user_account.name": ACCOUNT,
    "user_account.password": ACCOUNT,
    "user_account.tf_totp_secret": ACCOUNT,
    "visit.cancel_reason": ABOUT_PROVIDERS,
    "visit.judgement_reason": ABOUT_PROVIDERS,
    "visit.response": ABOUT_PROVIDERS,
    "visit.summary": ABOUT_PROVIDERS,
    "visit.why": ABOUT_PROVIDERS,
    "visit_action.answer": ABOUT_PROVIDERS,
    "visit_action.decision_note": ABOUT_PROVIDERS,
    "visit_action.evidence_required": ABOUT_PROVIDERS,
    "visit_action.owner": ABOUT_PROVIDERS,
    "visit_action.text": ABOUT_PROVIDERS,
    "visit_cycle.content": OURS,
    "visit_file.caption": ABOUT_PROVIDERS,
    "visit_finding.text": ABOUT_PROVIDERS,
    "visit_part.judgement_reason": ABOUT_PROVIDERS,
    "visit_template.content": OURS,
    "visit_template.note": OURS,
}
OPEN_WITH_A_CHILD = {
    "attendance_mark.out_of_term",
    "identity_disclosure.ground",
    "invoice_line.differences",
    "placement_plan.review_dates",
}
"""Plain in spite of belonging to a child: each was looked at by itself."""


def _words():
    """Every column that can hold a text, by "table.column"."""
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            kind = column.type
            stored = getattr(kind, "impl", kind)  # a column type of ours says what it is kept as
            text = (
                isinstance(kind, JSON | Secret)
                or isinstance(stored, JSON)
                or (
                    isinstance(kind, String)
                    and not isinstance(kind, Enum | LargeBinary)
                    and (kind.length is None or kind.length > SHORT)
                    and not column.name.endswith(NAMED_ELSEWHERE)
                )
            )
            if text:
                yield f"{table.name}.{column.name}", table, column


def test_every_text_is_encrypted_or_says_why_it_is_not():
    plain = {name for name, _table, column in _words() if not isinstance(column.type, Secret)}
    assert plain - set(PLAIN) == set(), "make it SecretText or SecretJson, or say why it is plain"
    assert set(PLAIN) - plain == set(), "no longer there, or encrypted by now"


def test_no_text_of_a_table_about_children_is_plain_but_those_looked_at():
    plain = {
        name
        for name, table, column in _words()
        if table.name in chains() and not isinstance(column.type, Secret)
    }
    assert plain == OPEN_WITH_A_CHILD

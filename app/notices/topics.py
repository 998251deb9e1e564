"""What a notice can be about: for each topic a fixed subject, what changed and what to do.

The words are the same for everybody and every case, so a letter can hold no personal data. Which
case it is, the page says that the notice leads to, after signing in.
"""

from enum import StrEnum


class Topic(StrEnum):
    """A topic, with its subject, what has changed and what the reader should do."""

    def __new__(cls, value: str, subject: str, changed: str, to_do: str) -> "Topic":
        """A member that is its code, and carries its three texts."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.subject, member.changed, member.to_do = subject, changed, to_do
        return member

    subject: str
    changed: str
    to_do: str

    ENTRY_DECIDED = (
        "entry-decided",
        "What you wanted changed was decided",
        "The authority has decided about something that you wanted changed or added.",
        "Read each decision. What was returned says why; you can change it and send it again.",
    )
    ENQUIRY_RECEIVED = (
        "enquiry-received",
        "An enquiry for you to answer",
        "The authority has asked whether you could take a child.",
        "Read the enquiry, then make an offer or decline before the time runs out.",
    )
    ENQUIRY_REMINDER = (
        "enquiry-reminder",
        "An enquiry still waits for your answer",
        "The time to answer an enquiry is running out.",
        "Make an offer or decline.",
    )
    ENQUIRY_ANSWERED = (
        "enquiry-answered",
        "An enquiry was answered",
        "A provider has answered an enquiry.",
        "Read the answer and decide what to do next.",
    )
    ENQUIRY_OVERDUE = (
        "enquiry-overdue",
        "An enquiry was not answered in time",
        "The time to answer an enquiry has run out.",
        "Ask the provider by telephone, or ask another provider.",
    )
    ENQUIRY_CLOSED = (
        "enquiry-closed",
        "An enquiry was closed",
        "The authority has closed an enquiry that it sent you.",
        "You need do nothing. The page says how it ended.",
    )
    PROPOSAL_SUBMITTED = (
        "proposal-submitted",
        "A placement waits for a decision",
        "An officer has proposed a placement.",
        "Read the proposal, then approve, question or refuse it.",
    )
    PROPOSAL_QUESTIONED = (
        "proposal-questioned",
        "A question about your proposal",
        "A commissioner has returned a proposal with a question.",
        "Answer the question and submit the proposal again.",
    )
    PROPOSAL_DECIDED = (
        "proposal-decided",
        "Your proposal was decided",
        "A proposal for a placement was approved or refused.",
        "Read the decision and its reason.",
    )
    PANEL_AGENDA = (
        "panel-agenda",
        "The agenda of the placement panel",
        "A proposal was added to the agenda of the placement panel.",
        "Read it before the panel meets.",
    )
    PLACEMENT_AWARDED = (
        "placement-awarded",
        "A placement was awarded to you",
        "The authority has approved a placement with you.",
        "Read the placement agreement and accept it before the child starts.",
    )
    PLACEMENT_CHANGED = (
        "placement-changed",
        "A placement has changed",
        "Something about a placement has changed.",
        "Read what has changed and check that it suits your plans.",
    )
    PLACEMENT_HELD = (
        "placement-held",
        "A placement cannot start for now",
        "New placements with a provider were stopped, and a child was about to start there.",
        "Tell the family and the school, and find another place or wait for the stop to be lifted.",
    )
    PLACEMENT_ENDING = (
        "placement-ending",
        "A placement is ending",
        "A placement comes to its end, or has ended.",
        "Read the page and record what is still missing.",
    )
    PLAN_NEEDED = (
        "plan-needed",
        "A plan is needed before a placement can start",
        "A placement has no complete Learner Intervention Plan.",
        "Complete the plan: no child starts without it.",
    )
    AGREEMENT_TO_ACCEPT = (
        "agreement-to-accept",
        "A placement agreement to accept",
        "A placement agreement, or a change of one, was sent to you.",
        "Read it and accept it, or tell the authority what is wrong.",
    )
    AGREEMENT_ACCEPTED = (
        "agreement-accepted",
        "A placement agreement was accepted",
        "A provider has accepted a placement agreement.",
        "Check that everything is ready for the first day.",
    )
    ABSENCE_UNEXPLAINED = (
        "absence-unexplained",
        "An absence without a reason",
        "A child was absent from provision and no reason is known.",
        "Find out today where the child is, and record what you did.",
    )
    ATTENDANCE_MISSING = (
        "attendance-missing",
        "Attendance is not recorded",
        "Sessions that have passed have no attendance recorded.",
        "Record who was there.",
    )
    REVIEW_DUE = (
        "review-due",
        "A review is due",
        "A review of a placement falls due.",
        "Arrange the review and record it.",
    )
    REVIEW_OVERDUE = (
        "review-overdue",
        "A review is overdue",
        "A review of a placement was not held in time.",
        "Hold the review now and record it, or say why it cannot be held.",
    )
    REVIEW_URGENT = (
        "review-urgent",
        "An urgent review is needed",
        "A concern was raised about a provider that a child attends.",
        "Review the placement at once, and end it if that is needed.",
    )
    PROVIDER_STOPPED = (
        "provider-stopped",
        "Placements with a provider were stopped",
        "New placements with a provider were stopped.",
        "Read why, and check the children who are there.",
    )
    STOP_LIFTED = (
        "stop-lifted",
        "A stop was lifted",
        "New placements with a provider are possible again.",
        "You need do nothing.",
    )
    PLACEMENTS_WITH_YOU = (
        "placements-with-you",
        "New placements with you",
        "Whether the authority makes new placements with you has changed.",
        "Read your page. The AP lead tells you what is needed.",
    )
    CONCERN_RAISED = (
        "concern-raised",
        "A concern was raised",
        "A concern about a provider was raised.",
        "Read it and decide what to do.",
    )
    CONCERN_GIVEN = (
        "concern-given",
        "A concern for you to handle",
        "A concern about a provider was given to you to handle.",
        "Read it, and decide what is to be done.",
    )
    CONCERN_CLOSED = (
        "concern-closed",
        "A concern that you recorded is closed",
        "A concern that you recorded was looked into.",
        "Read its outcome.",
    )
    VISIT_PLANNED = (
        "visit-planned",
        "A visit is planned",
        "A quality visit was planned or moved.",
        "Read when it is and what to prepare.",
    )
    VISIT_TO_YOU = (
        "visit-to-you",
        "A visit to you",
        "A quality visit to you was planned, moved or cancelled.",
        "Read when it is and which site it is about.",
    )
    REPORT_TO_CHECK = (
        "report-to-check",
        "A report for you to check",
        "The draft report of a quality visit waits for your check of its facts.",
        "Read it and say what is wrong in it, before the time runs out.",
    )
    VISIT_REPORTED = (
        "visit-reported",
        "The report of a visit",
        "The report of a quality visit is final.",
        "Read the report, and answer its actions.",
    )
    ACTION_DUE = (
        "action-due",
        "An agreed action is due",
        "An action that was agreed after a visit falls due.",
        "Do it and send what shows it.",
    )
    ACTION_ANSWERED = (
        "action-answered",
        "A provider has answered an action",
        "A provider has said what it did about an action from a visit.",
        "Read the answer, then close the action or return it.",
    )
    ACTION_DECIDED = (
        "action-decided",
        "Your answer to an action was decided",
        "The authority has closed an action from a visit, or returned your answer.",
        "Read what was decided. Where it was returned, do what is still missing.",
    )
    ACTION_OVERDUE = (
        "action-overdue",
        "An action from a visit is overdue",
        "A provider has not answered an action from a visit in time.",
        "Ask the provider, and decide what follows.",
    )
    RESTRICTED_OPENED = (
        "restricted-opened",
        "A restricted record was opened",
        "Somebody who is not named for a restricted record opened it in an emergency.",
        "Read who opened it and why, and check that it was right.",
    )
    RESTRICTED_PEOPLE = (
        "restricted-people",
        "The people named for a restricted record have changed",
        "Who may see a restricted record has changed.",
        "Read who is named now.",
    )
    INVOICE_SUBMITTED = (
        "invoice-submitted",
        "An invoice waits for a decision",
        "A provider has submitted an invoice.",
        "Check it against what was delivered, then approve, query or refuse it.",
    )
    INVOICE_QUERIED = (
        "invoice-queried",
        "A query about your invoice",
        "The authority has returned an invoice with a query.",
        "Read the query, correct the invoice or explain it, and submit it again.",
    )
    INVOICE_DECIDED = (
        "invoice-decided",
        "Your invoice was decided",
        "An invoice of yours was approved or refused.",
        "Read the decision.",
    )

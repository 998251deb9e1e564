"""What happens at visits that others act upon: a place to listen, so that nobody is imported.

finding_recorded: a `Finding` was recorded or made critical. report_final: a `Visit` whose report
became final. action_overdue: an `Action` that is overdue, told once a day. Receivers run inside
the same transaction.
"""

from blinker import Namespace

_signals = Namespace()
finding_recorded = _signals.signal("visits.finding-recorded")
report_final = _signals.signal("visits.report-final")
action_overdue = _signals.signal("visits.action-overdue")

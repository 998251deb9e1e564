"""Children awaiting provision: child, referral, components and the waiting list's intake."""

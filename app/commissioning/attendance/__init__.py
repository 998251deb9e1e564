"""Attendance: what happened in each session, who is missing from the registers, hours delivered."""

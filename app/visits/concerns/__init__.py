"""Concerns about providers: recorded by anyone of the authority, read by those who need them."""

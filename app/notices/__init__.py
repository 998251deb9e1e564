"""Notices: telling people what changed and what to do, on the site and by e-mail, once."""

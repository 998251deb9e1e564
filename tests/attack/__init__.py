"""Attacks on the whole site, made from its own map of addresses and forms."""

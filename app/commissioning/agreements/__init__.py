"""Placement agreements: versions, acceptance, variations, and the text they are made from."""

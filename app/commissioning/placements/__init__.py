"""Placements: proposed for a child, decided, planned, agreed, begun and ended."""

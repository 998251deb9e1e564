"""Panels: meetings that decide what is beyond a commissioner's limit."""

"""Tables of commissioning."""

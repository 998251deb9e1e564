"""Random sequences of commands by random people against the lifecycles of commissioning."""

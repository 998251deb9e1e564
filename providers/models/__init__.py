"""Tables of the provider directory."""

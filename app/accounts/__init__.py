"""People who sign in, and the role each one has."""

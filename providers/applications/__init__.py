"""Applications to join the framework: from the first answer to admission or refusal."""

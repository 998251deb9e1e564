"""Which children somebody reaches: by teams, and by records that are restricted."""

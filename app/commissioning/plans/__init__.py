"""The Learner Intervention Plan of a child's package."""

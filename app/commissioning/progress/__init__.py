"""Progress: reviews each half-term, urgent reviews, endings, and who is ready to move on."""

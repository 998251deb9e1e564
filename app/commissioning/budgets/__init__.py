"""Budget lines, financial limits, and what placements commit of each line."""

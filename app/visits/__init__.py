"""Quality visits: planned by risk, carried out, judged, reported, and acted upon."""

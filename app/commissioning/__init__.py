"""From a match to a placement: runs, proposals and the bridge to the matching package."""

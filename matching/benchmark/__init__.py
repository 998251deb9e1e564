"""Measuring the engine: made-up counties, peers given the same time, and public instances."""

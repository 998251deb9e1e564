"""Tests of the matching engine, one module for each of its rooms."""

"""Tests of quality visits."""

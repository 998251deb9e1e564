"""Tests of the provider directory."""

"""Tests of figures across the whole service."""

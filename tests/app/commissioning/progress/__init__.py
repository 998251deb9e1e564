"""Tests of reviews, endings and step-down."""

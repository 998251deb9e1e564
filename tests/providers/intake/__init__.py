"""Tests of the intake: files, cells, rows."""

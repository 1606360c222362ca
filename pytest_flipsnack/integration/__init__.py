"""Pytest's options, marks, fixtures, reports and gate."""

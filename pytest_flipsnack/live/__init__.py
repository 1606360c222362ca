"""Tests against the real API: its replies are recorded, masked and compared with the catalogue."""

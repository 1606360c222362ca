"""Tests of live tests, against a loopback server in the place of the real API."""

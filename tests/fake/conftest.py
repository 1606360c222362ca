"""How many requests Hypothesis makes up: few and always the same here, many and new at night."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

REQUEST_TESTS = 4
"""Strategies in test_properties.py, each of which makes up its share of the requests."""

_COMMON = settings(
    deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow], print_blob=False
)
settings.register_profile("default", _COMMON, derandomize=True, max_examples=800 // REQUEST_TESTS)
settings.register_profile("nightly", _COMMON, max_examples=50_000 // REQUEST_TESTS)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

"""The smallest contract of the downstream client."""

from __future__ import annotations

ADAPTER = """
from pytest_flipsnack import ClientContract, Retry, call


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("user.getStats")
    def stats(self, client):
        return client.ask()
"""
"""The downstream client raises its own error for codes, and lets its library's through."""

"""How long tests of virtual time may really take."""

from __future__ import annotations

LIMIT_S = 20.0  # far less than any sleep of these tests, far more than a busy machine needs

"""Hosts that no proxy of the machine may come before, while a fake or a recorder answers for them."""

from __future__ import annotations

import os

_KEYS = ("NO_PROXY", "no_proxy")


class Exemption:
    """Adds hosts to the environment's list, and puts back what was there."""

    def __init__(self, *hosts: str) -> None:
        self._hosts = ",".join(hosts)
        self._before: dict[str, str | None] = {}

    def start(self) -> None:
        """Add the hosts."""
        for key in _KEYS:
            self._before[key] = old = os.environ.get(key)
            os.environ[key] = f"{old},{self._hosts}" if old else self._hosts

    def stop(self) -> None:
        """Restore the list, where it was changed."""
        for key, value in self._before.items():
            if value is None:
                os.environ.pop(key, None)  # the test may have taken it out itself
            else:
                os.environ[key] = value

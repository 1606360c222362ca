"""Forks, where a system has them."""

from __future__ import annotations

import os
from collections.abc import Callable


def at_forks(**hooks: Callable[[], object]) -> None:
    """Call these around every fork, as `os.register_at_fork` does; Windows has none."""
    register = getattr(os, "register_at_fork", None)
    if register is not None:
        register(**hooks)

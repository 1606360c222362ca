"""The environment of a developer's terminal, which a CI server changes what pytest prints in."""

from __future__ import annotations

import os

PRINTS_OTHERWISE = (
    "CI",
    "BUILD_NUMBER",
    "GITHUB_ACTIONS",
    "FORCE_COLOR",
    "MYPY_FORCE_COLOR",
    "PY_COLORS",
    "NO_COLOR",
    "PYTEST_ADDOPTS",
    "PYTEST_XDIST_WORKER",
)
"""Variables that change the lines, the colours or the plugins of an inner run."""


def of_a_terminal(**changes: str) -> dict[str, str]:
    """Return the environment for a process that a test starts as a developer would."""
    kept = {name: text for name, text in os.environ.items() if name not in PRINTS_OTHERWISE}
    return {**kept, "TERM": "dumb", **changes}

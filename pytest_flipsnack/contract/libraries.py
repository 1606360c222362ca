"""Whose code something is: the client's, or a library's that nobody can blame the client for."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection

_LISTED = frozenset(
    [
        # also where they are not installed but checked out
        "aiohttp", "anyio", "asyncio", "backoff", "cachecontrol", "charset_normalizer",
        "concurrent", "faker", "filelock", "h11", "h2", "hpack", "hishel", "hypothesis",
        "httpcore", "httpx", "niquests", "pytest", "requests", "requests_cache", "requests_mock",
        "responses", "respx", "stamina", "tenacity", "trio", "urllib3", "urllib3_future",
        "werkzeug",
    ]
)  # fmt: skip
_FORWARDERS = frozenset(["loguru", "structlog"])
"""Who logs what somebody else says."""
_INSTALLED = re.compile(r"[\\/](?:site|dist)-packages[\\/]([^\\/.]+)")


def package_of(module: str) -> str:
    """Return the top-level package of a module or of a logger."""
    return module.partition(".")[0]


def own_packages(raises: object, *values: object) -> frozenset[str]:
    """Return the packages of the classes that a client raises, and of what its calls are given."""
    members = raises if isinstance(raises, tuple) else (raises,)
    kinds = [kind for kind in members if isinstance(kind, type)] + [*map(type, values)]
    return frozenset(package_of(kind.__module__) for kind in kinds) - _LISTED


def is_library(package: str, own: Collection[str], path: str = "") -> bool:
    """Return whether a package, or where there is none of that name the file at `path`, is one.

    What is installed is a library, but for the packages of the client's, which may be installed as
    well: those that are known to be its `own`.
    """
    if package in own or package in _LISTED:
        return package not in own
    found = _INSTALLED.search(getattr(sys.modules.get(package), "__file__", None) or path)
    return found is not None and found[1] not in own and found[1] not in _FORWARDERS

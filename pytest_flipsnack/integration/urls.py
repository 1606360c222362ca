"""URLs that are known before the first test, for clients that live longer than a test."""

from __future__ import annotations

import pytest

from pytest_flipsnack.transports.session import Session, Urls

_SESSION: pytest.StashKey[Session] = pytest.StashKey()


def session_of(config: pytest.Config) -> Session:
    """Return what the fakes of a run share."""
    found = config.stash.get(_SESSION, None)
    if found is None:
        found = config.stash[_SESSION] = Session()
        config.add_cleanup(found.end)
    return found


def session_urls(config: pytest.Config) -> Urls:
    """Return the base URLs at which every test of this run finds its own fake.

    For settings that are read when a module is imported: call it in `pytest_configure`. The
    fixture `flipsnack_urls` returns the same.
    """
    return session_of(config).urls()

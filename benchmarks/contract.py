"""The whole contract of one right client, over httpx against over requests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy
from statistics import median

from benchmarks.machine import Row, interleave, pytest_cpu_s, row

_CONTRACT = """\
import pytest
from acme import FlipsnackError, TemporaryError, {make}
from pytest_flipsnack import ClientContract, call

HASH = "fxh4k89"

@pytest.fixture
def client(flipsnack):
    client = {make}(flipsnack.api_key, flipsnack.secret)
    yield client
    client.close()

class TestAcme(ClientContract):
    error = FlipsnackError
    raises = {{31: TemporaryError}}
    polls = ["collection.downloadHTML"]

    @call("collection.create")
    def create(self, client):
        return client.call("collection.create", b"%PDF-1.4 small", title="Annual report")

    @call("collection.getCollection")
    def get(self, client):
        return client.call("collection.getCollection", collectionHash=HASH)

    @call("collection.update")
    def update(self, client):
        return client.call("collection.update", collectionHash=HASH, title="Ünï çødé & more")

    @call("collection.deleteCollection")
    def delete(self, client):
        return client.call("collection.deleteCollection", collectionHash=HASH)

    @call("collection.getEmbed")
    def embed(self, client):
        return client.call("collection.getEmbed", collectionHash=HASH)

    @call("collection.getStats")
    def stats(self, client):
        return client.call("collection.getStats", collectionHash=HASH)

    @call("collection.downloadHTML")
    def download(self, client):
        return client.download(HASH)

    @call("collection.getList")
    def list(self, client):
        return client.call("collection.getList")

    @call("user.getStats")
    def user_stats(self, client):
        return client.call("user.getStats")
"""
_MAKERS = ("over_requests", "over_httpx", "over_httpx_sharing")


def measure(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield the CPU time of each whole run as a share of the one over requests."""
    rounds, budget_s = (1, 30.0) if quick else (11, 150.0)
    copy(Path(__file__).with_name("acme.py"), home)
    found = interleave({make: _run(home, make) for make in _MAKERS}, rounds, budget_s)
    unit_s = median(one["over_requests"] for one in found)

    def share(what: str, make: str, target: str = "-", note: str = "") -> Row:
        return row(what, found, lambda one: one[make] / one["over_requests"], target, note)

    unit = f"over requests ({unit_s:.1f} s for {_tests(home)} tests)"
    yield share(unit, "over_requests", note="the unit")
    yield share("over httpx", "over_httpx", "<= 1.5", "a new httpx.Client() for each test")
    yield share("over httpx, one SSL context for all", "over_httpx_sharing")


def _run(home: Path, make: str) -> Callable[[], float]:
    module = home / f"test_{make}.py"
    module.write_text(_CONTRACT.format(make=make), encoding="utf-8")
    return lambda: pytest_cpu_s(home, "-p", "pytest_flipsnack", module.name)


def _tests(home: Path) -> str:
    found = re.search(r"^(\d+) passed in ", (home / "last.log").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]

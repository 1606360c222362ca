"""A server in the place of the real API, and a project whose environment leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import pytest

from pytest_flipsnack.catalogue.action import BASE_PATH
from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.fake.settings import Settings
from pytest_flipsnack.live.limits import Pace
from pytest_flipsnack.transports.server.server import LoopbackServer
from tests.downstream import Project

KEY, SECRET = "live-key-5f2c91d7", "live-secret-0d41b7e2"
CLIENT_FIXTURE = """
@pytest.fixture
def client(flipsnack_live):
    return acme.Client(flipsnack_live.api_key, flipsnack_live.secret)
"""


class RealApi(Fake):
    """Stands for the real API; `url` and `upload_url` are where it is."""

    url = upload_url = ""


@pytest.fixture
def real() -> Iterator[RealApi]:
    fake = RealApi(KEY, SECRET, Settings(), monotonic)
    server = LoopbackServer()
    guest = server.admit("the real API", fake, "")
    fake.url, fake.upload_url = server.url(guest), server.url(guest, upload=True)
    assert fake.url.endswith(BASE_PATH)
    yield fake
    server.dismiss(guest)
    server.stop()


@pytest.fixture
def live(project: Project, real: RealApi, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose live tests ask the server; nothing waits for a limit."""
    monkeypatch.setenv("FLIPSNACK_API_KEY", KEY)
    monkeypatch.setenv("FLIPSNACK_SECRET", SECRET)
    monkeypatch.setenv("FLIPSNACK_LIVE_URL", real.url)
    monkeypatch.setenv("FLIPSNACK_LIVE_UPLOAD_URL", real.upload_url + "/")
    monkeypatch.setattr(Pace, "_sleep_until", lambda self, at: None)
    project.write("conftest.py", f"import pytest\nimport acme\n{CLIENT_FIXTURE}")
    return project

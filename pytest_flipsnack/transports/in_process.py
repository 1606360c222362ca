"""Requests that are caught in the client's own process, and those of its forked children."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_flipsnack.catalogue.action import UPLOAD_HOST
from pytest_flipsnack.fake.addresses import FLIPSNACK_URL, is_call, is_meant_as_call
from pytest_flipsnack.fake.downloads import HOST
from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.fake.reply import Reply
from pytest_flipsnack.fake.request import Body, parse, whole
from pytest_flipsnack.virtual_time.forks import at_forks

if TYPE_CHECKING:
    from pytest_flipsnack.fake.call import Call
    from pytest_flipsnack.fake.fake import Fake
    from pytest_flipsnack.transports.session import Session
    from pytest_flipsnack.virtual_time.clock import VirtualClock


_SENT = ("Content-Type", "Range", "If-Range")
"""The headers of a request that an answer depends on."""


@dataclass(slots=True)
class HandedOn:
    """A request that is not the fake's, on its way to whoever else answers it.

    `host` is Flipsnack's, or empty. `stopped` says that nobody else has answered it.
    """

    method: str
    url: str = field(repr=False)
    host: str
    stopped: bool = False

    @property
    def stays(self) -> bool:
        """Whether it may not leave this machine."""
        return bool(self.host)

    @property
    def is_a_slip(self) -> bool:
        """Whether the fake can say what is wrong with it: no such archive, no such path."""
        return self.host == HOST or is_meant_as_call(self.url)

    @property
    def is_back(self) -> bool:
        """Whether the fake must answer it, because nobody else has."""
        return self.stopped and self.is_a_slip


class ForkedChildError(RuntimeError):
    """A forked child made a request, and its parent has no server that could answer it."""


class InProcess:
    """Answers requests with the fake.

    A child has only a copy of the fake: what it asked there would be lost with it, refusals
    included. So its requests go to the parent's loopback server, which is started before a fork.
    """

    def __init__(
        self,
        fake: Fake,
        url: Callable[[bool], str],
        session: Session,
        name: str = "",
        time_is_virtual: Callable[[], bool] = lambda: False,
    ) -> None:
        self._fake = fake
        self.time_is_virtual = time_is_virtual
        self._url = url
        self._session = session
        self._name = name
        self._handed_on: dict[str, HandedOn] = {}
        self._process = os.getpid()
        self._urls: list[str] = []
        self.active = False

    def start(self) -> None:
        """Be ready for a fork."""
        self.active = True
        _ACTIVE.append(self)

    def stop(self) -> None:
        """Be done."""
        self.active = False
        _ACTIVE.remove(self)

    def prepare_for_fork(self) -> None:
        """Have a server for the child, where the package for one is installed."""
        try:
            self._urls = [self._url(False), self._url(True)]
        except ImportError:
            self._urls = []

    def takes(self, url: str) -> bool:
        """Return whether a URL is the fake's to answer: the API's own, or that of an archive."""
        return self.active and (is_call(url) or self._fake.account.downloads.offered(url))

    @contextmanager
    def handing_on(self, method: str, url: str) -> Iterator[HandedOn]:
        """Hand on a request that is not the fake's; `handed_on` knows it meanwhile."""
        found = FLIPSNACK_URL.match(url) if self.active else None
        host = (urlsplit(url).hostname or "").rstrip(".") if found else ""
        on = HandedOn(method, url, host)
        if host:
            self._handed_on[host] = on
        try:
            yield on
        finally:
            self._handed_on.pop(host, None)

    def handed_on(self, host: str) -> HandedOn | None:
        """Return the request to a host that is being handed on, or None."""
        return self._handed_on.get(host)

    def reply(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str | bytes],
        body: Body,
        *,
        timeout_s: float | None,
        blocked_loop: bool,
        unverified: bool = False,
    ) -> Reply:
        """Return the reply to a request; `headers` is looked up by name."""
        if os.getpid() != self._process:
            return self._reply_of_the_parent(method, url, headers, body, timeout_s)
        late = self._session.leftovers.test_of_this_thread()
        if late is not None or not self.active:
            action = parse(method, url, headers, None).action
            self._session.note_late(late or self._name, f"{method} {action or urlsplit(url).path}")
            return Reply(None, wire="reset", fault="reset")
        self._fake.asks()
        request = parse(method, url, headers, body)
        request.timeout_s, request.blocked_loop = timeout_s, blocked_loop
        request.unverified = unverified
        return self._fake.answer(request).to(request.method)

    def _reply_of_the_parent(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str | bytes],
        body: Body,
        timeout_s: float | None,
    ) -> Reply:
        if not self._urls:
            way_out = (
                "give the client of the child the base URL flipsnack.url (uploads: "
                "flipsnack.upload_url), for which pip install 'pytest-flipsnack[server]'"
            )
            what = "a forked process has only a copy of the fake"
            raise ForkedChildError(str(Finding(what, (("way out", way_out),))))
        asked = urlsplit(url)
        server = urlsplit(self._urls[asked.hostname == UPLOAD_HOST])
        guest = "" if asked.hostname == HOST else server.path.rpartition("/")[0]
        target = f"{guest}{asked.path or '/'}" + (f"?{asked.query}" if asked.query else "")
        connection = http.client.HTTPConnection(server.netloc, timeout=timeout_s)
        try:
            sent = {name: headers[name] for name in _SENT if headers.get(name) is not None}
            if asked.hostname == HOST:
                sent["Host"] = HOST  # no test's URL is in it
            connection.request(method, target, whole(body) or None, sent)
            answer = connection.getresponse()
            content = answer.read()
        except TimeoutError:
            return Reply(None, wire="timeout", fault="timeout")
        except (OSError, http.client.HTTPException):
            return Reply(None, wire="reset", fault="reset")
        finally:
            connection.close()
        kind, more = answer.headers.get("Content-Type", ""), tuple(answer.headers.items())
        return Reply(None, content, answer.status, kind, more_headers=more)


class Requesting:
    """Tells the clock which threads make requests."""

    def __init__(self, clock: VirtualClock) -> None:
        self.asks = clock.makes_requests

    def answered(self, call: Call) -> None:
        """Need nothing more."""


_ACTIVE: list[InProcess] = []


def _prepare() -> None:
    for one in _ACTIVE:
        one.prepare_for_fork()


at_forks(before=_prepare)

"""The object a test holds: a fake Flipsnack, reached through the client's own HTTP library."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Thread
from types import TracebackType
from typing import Any, Self, Unpack

from pytest_flipsnack.catalogue.actions import ActionName, action_of
from pytest_flipsnack.catalogue.codes import code_of
from pytest_flipsnack.contract.exceptions import Raises, check_raises
from pytest_flipsnack.contract.expectation import NOT_SET, Expectation
from pytest_flipsnack.contract.retries import RetryRule
from pytest_flipsnack.fake.account import API_KEY, SECRET
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.collections import Collections
from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.fake.faults import FaultName
from pytest_flipsnack.fake.finding import failure
from pytest_flipsnack.fake.settings import Settings, SettingValues
from pytest_flipsnack.fake.stubs import at_the_callers_line, callers_line
from pytest_flipsnack.transports.guard import Guard
from pytest_flipsnack.transports.in_process import InProcess, Requesting
from pytest_flipsnack.transports.libraries import on_import
from pytest_flipsnack.transports.patches import Transport
from pytest_flipsnack.transports.requests import RequestsTransport
from pytest_flipsnack.transports.server.loopback import LoopbackTransport
from pytest_flipsnack.transports.session import Session
from pytest_flipsnack.virtual_time.clock import VirtualClock


class Flipsnack:
    """A fake Flipsnack account, as the fixture `flipsnack` and as a context manager.

    As a context manager it raises `AssertionError` at the end of the block for everything that
    the fixture reports at teardown.
    """

    def __init__(
        self,
        api_key: str = API_KEY,
        secret: str = SECRET,
        settings: Settings | None = None,
        *,
        name: str = "a test",
        session: Session | None = None,
    ) -> None:
        self.clock = clock = VirtualClock()
        self.fake = Fake(
            api_key, secret, settings or Settings(), clock.reading, client_clock=clock.now
        )
        self.fake.observers.append(Requesting(clock))
        self._name = name
        self._session = session or Session()
        self._own_session = session is None
        self._loopback = LoopbackTransport(self.fake, self._session, name, self.clock)
        self._expectations: list[Expectation] = []
        self._in_process = InProcess(
            self.fake, lambda upload: self._loopback.own_url(upload=upload), self._session, name,
            lambda: clock.running,
        )  # fmt: skip
        self._threads: frozenset[Thread] = frozenset()
        guard = Guard(self.fake.report, self._loopback.port, self._in_process.handed_on)
        self._transports: list[Transport] = [
            self._in_process,
            RequestsTransport(self._in_process),
            self._loopback,
            guard,
            *on_import(self._in_process, guard, self._loopback.serves),
        ]

    @property
    def api_key(self) -> str:
        """The key to give to the client."""
        return self.fake.account.api_key

    @property
    def secret(self) -> str:
        """The secret to give to the client."""
        return self.fake.account.secret

    @property
    def url(self) -> str:
        """The base URL of the API on the loopback interface, for clients that take one."""
        return self._loopback.url(upload=False)

    @property
    def upload_url(self) -> str:
        """The base URL for uploads on the loopback interface."""
        return self._loopback.url(upload=True)

    @property
    def calls(self) -> list[Call]:
        """Every request so far, with its answer, in the order they arrived."""
        return self.fake.calls

    @property
    def collections(self) -> Collections:
        """The account's collections; `collections.add(...)` seeds one."""
        return self.fake.account.collections

    @property
    def hits(self) -> Mapping[tuple[str, int], int]:
        """Deliveries by action and code."""
        return self.fake.hits

    @property
    def findings(self) -> list[str]:
        """What the test must fail for so far, without declared answers that are still open."""
        return self.fake.reported

    @at_the_callers_line
    def respond(
        self, *codes: int, action: ActionName | None = None, data: Mapping[str, Any] | None = None
    ) -> None:
        """Answer the next requests with these codes, first in first out.

        `action` limits the answers to one action. `data` goes with code 20 and must satisfy the
        action's schema. Raises `ValueError` for an unknown code or action, or unfit data.
        """
        self.fake.respond(codes, action, data, callers_line())

    def declare(
        self,
        codes: tuple[object, ...],
        action: str | None,
        data: Mapping[str, object] | None,
        where: str,
    ) -> None:
        """Do as `respond`, for a declaration that stands at `where`."""
        self.fake.respond(codes, action, data, where)

    @at_the_callers_line
    def always(self, code: int, action: ActionName | None = None) -> None:
        """Answer every request with this code once the queue is empty."""
        self.fake.always(code, action, callers_line())

    @at_the_callers_line
    def fail(self, fault: FaultName, action: ActionName | None = None) -> None:
        """Answer the next request with a fault instead of an envelope.

        On the wire: timeout, refused, reset. In the body: html, empty, broken_json, and the rest
        of the guide's table. Raises `ValueError` naming all of them.
        """
        self.fake.fail(fault, action, callers_line())

    @at_the_callers_line
    def allow(self, *codes: int) -> None:
        """Say that a refusal with one of these codes is what the test is about."""
        self.fake.allow(codes)

    @at_the_callers_line
    def configure(self, **settings: Unpack[SettingValues]) -> None:
        """Change settings for this test; the guide has the table of them."""
        self.fake.configure(settings)

    def expect(
        self,
        *codes: int,
        raises: Raises | None = None,
        returns: Any = NOT_SET,
        action: ActionName | None = None,
        retries: RetryRule | None = None,
        tells_code: bool = True,
    ) -> Expectation:
        """Deliver codes inside a block and assert all that the contract says about the last one.

        The code was delivered. The client raised `raises`, or returned what satisfies `returns`
        (a value, or a function of it; set it as `value` of the block). What it raised or returned
        carries the code, unless `tells_code` is false. It retried only where a retry helps, after
        a wait and not without end, or as `retries` says (see `Retry`). No secret is in its error
        or its log. Without `raises` and `returns` each code is delivered once, and the client must
        recover. Raises `ValueError` for a wrong declaration, `AssertionError` with a timeline for
        a client that breaks a rule.
        """
        __tracebackhide__ = True
        if not codes:
            raise ValueError("expect() needs a status code, as in expect(31, raises=RateLimited)")
        if action is not None:
            action_of(action)
        if raises is not None:
            check_raises(raises)
        expectation = Expectation(
            self.fake,
            self.clock,
            [code_of(code) for code in codes],
            raises=raises,
            returns=returns,
            action=action,
            retries=retries,
            tells_code=tells_code,
            where=callers_line(2),
        )
        self._expectations.append(expectation)
        return expectation

    def start(self) -> Self:
        """Begin to answer; where something cannot be started, undo what was."""
        try:
            self.clock.keep()
            self._threads = self._session.leftovers.threads()
            for transport in self._transports:
                transport.start()
        except BaseException:
            self._end()
            raise
        return self

    def stop(self) -> list[str]:
        """Stop answering; return what the test must fail for, one text each."""
        self._end()
        return [*self.fake.findings(), *self.not_entered()]

    def not_entered(self) -> list[str]:
        """Return what is to be said of expectations that are no blocks, and asserted nothing."""
        return [str(one.not_entered()) for one in self._expectations if not one.entered]

    def _end(self) -> None:
        """Stop what was started, which may be less than all."""
        for transport in reversed(self._transports):
            transport.stop()
        self.clock.release()
        self._session.leftovers.note(self._name, self._threads)
        if self._own_session:
            self._session.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        __tracebackhide__ = True
        found = self.stop()
        if found and error is None:
            raise failure("\n".join(found))
        if error is not None:  # a refusal may be its cause
            for finding in self.findings:
                error.add_note(finding)

"""The fake: one account, its stubs, and what was asked of it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from pytest_flipsnack.catalogue.actions import ACTIONS, action_of
from pytest_flipsnack.catalogue.codes import Code, code_of
from pytest_flipsnack.fake import stubs as declared
from pytest_flipsnack.fake.account import Account, Limits
from pytest_flipsnack.fake.account_checks import ACCOUNT
from pytest_flipsnack.fake.answers import succeed
from pytest_flipsnack.fake.call import Call, Observer
from pytest_flipsnack.fake.checks import Subject, first_of, refusals, secret_sent
from pytest_flipsnack.fake.collections import Collections
from pytest_flipsnack.fake.faults import fault_of
from pytest_flipsnack.fake.finding import Finding, Refusal
from pytest_flipsnack.fake.flips import Flip
from pytest_flipsnack.fake.masking import mask
from pytest_flipsnack.fake.record import Record
from pytest_flipsnack.fake.reply import Reply, bent, envelope, from_fault
from pytest_flipsnack.fake.request import Request
from pytest_flipsnack.fake.request_checks import REQUEST
from pytest_flipsnack.fake.settings import Settings, setting_names
from pytest_flipsnack.fake.stubs import Stub, Stubs


class Fake:
    """Answers requests as Flipsnack is documented to, or as a test has declared.

    `clock` returns seconds and is read once per request; `client_clock` returns what the client's
    clocks tell, where that differs. `keep` bounds the calls it remembers. Threads may share it.
    """

    def __init__(
        self,
        api_key: str,
        secret: str,
        settings: Settings,
        clock: Callable[[], float],
        *,
        keep: int | None = None,
        client_clock: Callable[[], float] | None = None,
    ) -> None:
        self._clock = clock
        self._start = clock()
        self._lock = threading.RLock()
        self._allowed: set[int] = set()
        collections, limits = Collections(self.now), Limits(client_clock or clock)
        self.account = Account(api_key, secret, collections, settings, limits)
        self.stubs = Stubs()
        self.record = Record(self.account.hidden, keep)
        self.slips: list[Finding] = []
        """What the test must fail for, without declared answers that are still open."""
        self.flip: Flip | None = None  # what the client gets in the place of a code

    @property
    def calls(self) -> list[Call]:
        """The calls so far, in the order they arrived."""
        return self.record.calls

    @property
    def hits(self) -> Counter[tuple[str, int]]:
        """Deliveries by action and code."""
        return self.record.hits

    @property
    def observers(self) -> list[Observer]:
        """Objects that are called before and after each answer; may be pushed and popped."""
        return self.record.observers

    def now(self) -> float:
        """Return the seconds since this fake began."""
        return self._clock() - self._start

    def respond(
        self,
        codes: tuple[object, ...],
        action: str | None,
        data: Mapping[str, object] | None,
        where: str = "",
    ) -> None:
        """Queue one answer per code; raise `ValueError` or `TypeError` for what cannot be sent."""
        if not codes:
            raise ValueError("respond() needs at least one status code, as in respond(31, 20)")
        wanted = [code_of(code) for code in codes]
        data = declared.checked_data(wanted, action, data)
        with self._lock:
            for code in wanted:
                self.stubs.add(Stub(code, action, data if code is Code.OK else None, where))

    def always(self, code: object, action: str | None, where: str = "") -> None:
        """Answer with this code whenever nothing is queued."""
        if action is not None:
            action_of(action)
        with self._lock:
            self.stubs.add(Stub(code_of(code), action, None, where, forever=True))

    def fail(self, fault: object, action: str | None, where: str = "") -> None:
        """Queue a fault."""
        if action is not None:
            action_of(action)
        with self._lock:
            self.stubs.add(Stub(fault_of(fault), action, None, where))

    def allow(self, codes: tuple[object, ...]) -> None:
        """Say that refusals with these codes are what the test is about."""
        self._allowed.update(code_of(code) for code in codes)

    def configure(self, changes: Mapping[str, object]) -> None:
        """Change settings; raise `ValueError` or `TypeError` naming what is allowed."""
        known = setting_names()
        unknown = next((name for name in changes if name not in known), None)
        if unknown is not None:
            raise TypeError(f"{unknown} is not a setting; settings: {', '.join(known)}")
        self.account.settings = replace(self.account.settings, **changes)  # type: ignore[arg-type]

    def asks(self) -> None:
        """Tell the observers of a request; a transport does so in the client's thread."""
        for observer in list(self.observers):
            observer.asks()

    def answer(self, request: Request) -> Reply:
        """Answer a request and record the call."""
        with self._lock:
            now = self.now()
            archive = self.account.downloads.find(request, now, self.report)
            if archive is not None:
                return archive  # no call of the API
            action, signatures = ACTIONS.get(request.action or ""), self.record.signatures
            subject = Subject(request, action, self.account, now, signatures)
            stub = self.stubs.peek(request.action)
            refusal = first_of(refusals(REQUEST, subject))
            if refusal is not None:
                reply = self._refuse(refusal, request, stub)
            elif stub is not None:
                reply = self._deliver(stub, request, now)
            else:
                refusal = next(refusals(ACCOUNT, subject), None)
                reply = self._own(refusal, request, now)
            cell = self.record.add(request, reply, refusal, now).cell
            for shown in secret_sent(request, self.account.secret) if refusal is None else ():
                self.report(shown)
            if self.flip is None or not self.flip.fits(cell):
                return reply
            to = self.flip.to
            return self._success(request, now) if to is Code.OK else self._error(to)

    def refuse_connection(self) -> bool:
        """Return whether the next answer is a refused connection, and record it if so."""
        with self._lock:
            stub = self.stubs.refused()
            if stub is None:
                return False
            self.stubs.deliver(stub)
            self.record.keep(Call(stub.action, {}, None, self.now(), fault="refused"))
            return True

    def succeed_from_now_on(self) -> None:
        """Succeed from now on, whatever was declared, so that a client that retries without end ends."""
        with self._lock:
            self.stubs = Stubs()
            self.account.collections.settle()
            self.configure({"processing_s": 0.0, "download_s": 0.0})

    def waits_without_end(self, ports: Collection[int]) -> None:
        """Record that clients on these ports have no timeout; it shows only when none fires."""
        with self._lock:
            for call in self.calls:
                if call.port in ports and call.fault == "timeout":
                    call.timeout_s = None

    def undelivered(self) -> list[Stub]:
        """Return the stubs that no request has met."""
        with self._lock:
            return list(self.stubs.undelivered())

    def secrets(self) -> list[tuple[str, str]]:
        """Return what a client must not show, each as its name and value."""
        signatures = [("signature", signature) for signature in self.record.signatures]
        return [("secret", self.account.secret), *signatures]

    def masked(self, text: str) -> str:
        """Return the text without key, secret and signatures."""
        return mask(text, [*self.account.secrets, *self.record.signatures])

    @property
    def reported(self) -> list[str]:
        """The slips as text."""
        return [str(slip) for slip in self.slips]

    def report(self, finding: Finding) -> None:
        """Remember what the test must fail for, masked; the same finding is kept once."""
        masked = finding.hiding(self.account.hidden.hide)
        with self._lock:
            if masked not in self.slips:
                self.slips.append(masked)

    def findings(self) -> list[str]:
        """Return what the test must fail for: refusals, wrong data, answers not delivered."""
        waiting = self.undelivered()
        found = [str(declared.never_delivered(waiting, self.calls))] if waiting else []
        return [*self.reported, *(mask(text, self.account.secrets) for text in found)]

    def _refuse(self, refusal: Refusal, request: Request, stub: Stub | None) -> Reply:
        asked = self._allowed | self.stubs.asked()
        if stub is not None and stub.answer is refusal.code:
            self.stubs.deliver(stub)
        elif refusal.code not in asked:
            slips = secret_sent(request, self.account.secret)
            self.report(refusal.explain(request.action, asked).also(slips))
        return self._error(refusal.code)

    def _deliver(self, stub: Stub, request: Request, now: float) -> Reply:
        self.stubs.deliver(stub)
        self.account.limits.count(self.account.settings)
        if not isinstance(stub.answer, Code):
            return from_fault(stub.answer)
        reply = self._stubbed(stub, stub.answer, request, now)
        return reply if stub.bend is None else bent(reply, stub.bend)

    def _stubbed(self, stub: Stub, code: Code, request: Request, now: float) -> Reply:
        if code is not Code.OK:
            if code is Code.PROCESSING and "collectionHash" in request.params:
                ready_at = now + self.account.settings.processing_s
                self.account.collections.process(request.params["collectionHash"], ready_at)
            return self._error(code)
        if stub.data is None:
            return self._success(request, now)
        if unfit := declared.unfit_where_delivered(stub, request):
            self.report(Finding(unfit))
        return envelope(Code.OK, stub.data, 200)

    def _own(self, refusal: Refusal | None, request: Request, now: float) -> Reply:
        if refusal is None:
            self.account.limits.count(self.account.settings)
            return self._success(request, now)
        if refusal.code in {Code.INVALID_HASH, Code.INVALID_HASH_47} - self._allowed:
            self.report(refusal.explain(request.action))
        return self._error(refusal.code)

    def _error(self, code: Code) -> Reply:
        return envelope(code, None, self.account.settings.http_status)

    def _success(self, request: Request, now: float) -> Reply:
        data = succeed(action_of(request.action), request, self.account, now)
        return envelope(Code.OK, data, 200)

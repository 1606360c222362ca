"""Look at what a client does for a while, in virtual time, and stop it where it does not stop."""

from __future__ import annotations

from collections.abc import Collection
from typing import NoReturn

from pytest_flipsnack.contract.judge import LONGEST_S, MAX_REQUESTS, ClientDoesNotStopError
from pytest_flipsnack.contract.leaks import LogWatch, PrintWatch
from pytest_flipsnack.contract.retries import Waits
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.virtual_time.clock import VirtualClock
from pytest_flipsnack.virtual_time.real_waits import RealWait


class Observation:
    """Observes calls, sleeps and log lines between `start` and `stop`; observations may be nested."""

    def __init__(
        self,
        fake: Fake,
        clock: VirtualClock,
        max_requests: int = MAX_REQUESTS,
        own: Collection[str] = (),
        *,
        prints: bool = False,
    ) -> None:
        self._fake = fake
        self._clock = clock
        self._most_requests = max_requests
        self.own = own
        self._log = LogWatch(own)
        self._printed = PrintWatch() if prints else None
        self.waits = Waits()
        self.stopped: ClientDoesNotStopError | None = None
        """What was raised in the client, in whatever thread; it may have got lost there."""
        self._first = 0
        self._began_s = self._ended_s = 0.0
        self._first_sleep = self._first_wait = 0

    @property
    def calls(self) -> list[Call]:
        """The calls since `start`."""
        return self._fake.calls[self._first :]

    @property
    def final_wait_s(self) -> float:
        """How long the client waited between the last reply and `stop`."""
        calls = self.calls
        return self._ended_s - calls[-1].at if calls else 0.0

    @property
    def logged(self) -> list[str]:
        """What the client logged since `start`."""
        return self._log.lines

    @property
    def printed(self) -> list[str]:
        """What was printed since `start`, where that is looked at: a test prints things too."""
        return self._printed.lines if self._printed is not None else []

    @property
    def blocking(self) -> list[str]:
        """What kept a running event loop from turning, one text per sleep or request."""
        found = [
            f"{sleep.by}({sleep.seconds:g})"
            for sleep in self._clock.sleeps[self._first_sleep :]
            if sleep.blocked_loop
        ]
        found += [
            f"a blocking request for {call.action}" for call in self.calls if call.blocked_loop
        ]
        return found

    @property
    def real_waits(self) -> list[RealWait]:
        """The waits since `start` that virtual time could not replace."""
        return self._clock.real_waits[self._first_wait :]

    @property
    def unobserved_sleep(self) -> str:
        """What a test has put in the place of `time.sleep` that nobody can observe."""
        return self._clock.unobserved_sleep

    def start(self) -> None:
        """Make time virtual and begin to look."""
        self._clock.start()
        self._first = len(self._fake.calls)
        self._first_sleep = len(self._clock.sleeps)
        self._first_wait = len(self._clock.real_waits)
        self._began_s = self._fake.now()
        self._log.start()
        if self._printed is not None:
            self._printed.start()
        self._fake.observers.append(self)
        self._clock.observers.append(self)

    def stop(self) -> None:
        """Stop looking and let time be real again."""
        self._ended_s = self._fake.now()
        self._fake.observers.remove(self)
        self._clock.observers.remove(self)
        self._log.stop()
        if self._printed is not None:
            self._printed.stop()
        self._clock.stop()

    def asks(self) -> None:
        """Stop a client that has asked too often, before its next answer."""
        self._check()

    def answered(self, call: Call) -> None:
        """Note when a call came."""
        self.waits.note(call, self._clock.now())

    def slept(self) -> None:
        """Stop a client that has waited for too long, after a sleep."""
        # a thread that only sleeps, as one that refills a bucket, is meant to do so without end
        if self._clock.is_requesting():
            self._check()

    def stuck(self) -> NoReturn:
        """Stop a client whose event loop waits for what never comes."""
        self._stop("it is waiting for something that never arrives")

    def _check(self) -> None:
        # who swallows the error may be ended by the fake, which succeeds from then on
        again = 1 if self.stopped is None else 2
        made = len(self._fake.calls) - self._first
        if made >= again * self._most_requests:
            self._stop(f"{made} requests")
        passed_s = self._fake.now() - self._began_s
        if passed_s > again * LONGEST_S:
            self._stop(f"{made} requests in {passed_s / 3600:.0f} h")

    def _stop(self, why: str) -> NoReturn:
        error = ClientDoesNotStopError(why)
        self.stopped = self.stopped or error
        self._fake.succeed_from_now_on()
        raise error

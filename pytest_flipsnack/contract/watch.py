"""Look at what a client does for a while, in virtual time, and stop it where it does not stop."""

from __future__ import annotations

import threading
from collections.abc import Collection
from time import monotonic, process_time  # by name they stay real in our modules
from typing import NoReturn

from pytest_flipsnack.contract.judge import LONGEST_S, MOST_REQUESTS, ClientDoesNotStopError
from pytest_flipsnack.contract.secrecy import LogWatch
from pytest_flipsnack.contract.virtual_time.clock import VirtualClock
from pytest_flipsnack.contract.virtual_time.real_waits import RealWait
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.fake import Fake, not_stamped


class Watch:
    """Collects calls, sleeps and log lines between `start` and `stop`."""

    def __init__(
        self,
        fake: Fake,
        clock: VirtualClock,
        most_requests: int = MOST_REQUESTS,
        own: Collection[str] = (),
    ) -> None:
        self._fake = fake
        self._clock = clock
        self._most_requests = most_requests
        self.own = own
        self._log = LogWatch(own)
        self.stopped: ClientDoesNotStopError | None = None
        """What was raised in the client, in whatever thread; it may have got lost there."""
        self._first = 0
        self._began_s = 0.0
        self._first_sleep = self._first_wait = 0

    @property
    def calls(self) -> list[Call]:
        """The calls since `start`."""
        return self._fake.calls[self._first :]

    @property
    def logged(self) -> list[str]:
        """What the client logged since `start`."""
        return self._log.lines

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
    def sleep_was_patched(self) -> bool:
        """Whether the test replaces `time.sleep` itself."""
        return self._clock.sleep_was_patched

    def start(self, *, instances: bool = True) -> None:
        """Make time virtual and begin to look."""
        self._clock.start(instances=instances)
        self._first = len(self._fake.calls)
        self._first_sleep = len(self._clock.sleeps)
        self._first_wait = len(self._clock.real_waits)
        self._began_s = self._fake.now()
        self._log.start()
        self._fake.watch, self._clock.watch = self._asks, self._sleeps
        self._fake.stamp, self._clock.stuck = _stamp, self._is_stuck

    def stop(self) -> None:
        """Stop looking and let time be real again."""
        self._fake.watch, self._clock.watch = self._clock.turns.asks, _nothing
        self._fake.stamp, self._clock.stuck = not_stamped, _nothing
        self._log.stop()
        self._clock.stop()

    def _asks(self) -> None:
        self._clock.turns.asks()
        self._check()

    def _sleeps(self) -> None:
        # a thread that only sleeps, as one that refills a bucket, is meant to do so for ever
        if self._clock.turns.is_asker(threading.get_ident()):
            self._check()

    def _check(self) -> None:
        # who swallows the error may be ended by the fake, which relents
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
        self._fake.relent()
        raise error

    def _is_stuck(self) -> NoReturn:
        self._stop("it waits for what nobody brings")


def _stamp() -> tuple[float, float]:
    return monotonic(), process_time()


def _nothing() -> None:
    """Watch over nothing."""

"""What was asked of a fake: its calls, what it delivered, and those who look on."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable

from pytest_flipsnack.catalogue.action import COMMON_PARAMETERS
from pytest_flipsnack.fake.call import Call, Observer
from pytest_flipsnack.fake.finding import Refusal
from pytest_flipsnack.fake.masking import Secrets
from pytest_flipsnack.fake.reply import Reply
from pytest_flipsnack.fake.request import Request

_REMEMBERED = 64  # signatures that a leak is looked for with


class Record:
    """The calls of a fake, for one that runs for long about `keep` of them without their files."""

    def __init__(self, hidden: Secrets, keep: int | None = None) -> None:
        self._hidden = hidden
        self._keep = keep
        self.calls: list[Call] = []
        self.hits: Counter[tuple[str, int]] = Counter()
        self.judged: Counter[tuple[str, int]] = Counter()
        """By how many replies somebody judged the client and found nothing, for each cell."""
        self.signatures: deque[str] = deque(maxlen=_REMEMBERED)
        self.observers: list[Observer] = []

    def add(self, request: Request, reply: Reply, refusal: Refusal | None, now: float) -> Call:
        """Record a request and the reply to it, and return both."""
        params = {
            name: value for name, value in request.params.items() if name not in COMMON_PARAMETERS
        }
        call = Call(
            request.action, params, reply.code, now, method=request.method, hidden=self._hidden
        )
        if request.uploads and self._keep is None:
            call.files = request.files
        if call.cell is not None:
            self.hits[call.cell] += 1
        else:
            call.fault = reply.fault
        call.refusal = refusal
        call.unverified = request.unverified
        call.timeout_s, call.blocked_loop = request.timeout_s, request.blocked_loop
        call.pending, call.port = reply.pending, request.port
        call.clear_text = bool(request.host) and request.url.lower().startswith("http://")
        signature = request.params.get("signature", "")
        call.upper_case_signature = refusal is None and signature != signature.lower()
        self.signatures.append(signature)
        self.keep(call)
        return call

    def judge(self, calls: Iterable[Call]) -> None:
        """Note that the client was judged by what it did with the replies to these calls."""
        self.judged.update(call.cell for call in calls if call.cell)

    def keep(self, call: Call) -> None:
        """Keep a call, and show it to the observers."""
        self.calls.append(call)
        if self._keep is not None and len(self.calls) > 2 * self._keep:
            del self.calls[: -self._keep]
        for observer in self.observers:
            observer.answered(call)

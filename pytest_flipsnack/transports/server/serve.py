"""The fake as a process of its own, for manual work and other languages."""

from __future__ import annotations

import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.fake.masking import one_line
from pytest_flipsnack.fake.reply import Reply
from pytest_flipsnack.fake.request import Request
from pytest_flipsnack.transports.server.control import Control
from pytest_flipsnack.transports.server.server import LoopbackServer


def serve(
    make: Callable[[], Fake],
    port: int,
    finished: Callable[[Counter[Any]], None],
    *,
    quiet: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM; `finished` gets the hits of each test, the last included.

    The access log on stderr has actions and codes only, so no key and no signature.
    """
    control = Control(make, finished)
    server = LoopbackServer(port, control)
    guest = server.admit("pytest-flipsnack serve", control, token="")
    if not quiet:
        server.observers.append(partial(_log, control))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    print(f"Flipsnack API:     {server.url(guest)}")
    print(f"Flipsnack uploads: {server.url(guest, upload=True)}", flush=True)
    stop.wait()
    server.stop()
    for problem in control.end():
        print(problem, file=sys.stderr)


def _log(control: Control, request: Request, reply: Reply) -> None:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    answered = reply.fault or reply.code
    asked = control.fake.account.hidden.hide(one_line(f"{request.method} {request.action}"))
    print(f"{now} {asked} {answered}", file=sys.stderr, flush=True)

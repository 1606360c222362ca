"""One process that measures single calls: `calls_child.py RESULT ROUNDS CALLS BUDGET_S`."""

from __future__ import annotations

import gc
import json
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import monotonic, process_time

import requests
import responses
from requests.adapters import BaseAdapter

from pytest_flipsnack import Code, Flipsnack
from pytest_flipsnack.fake.signing import sign

URL = "https://api.flipsnack.com/v1/"
BODY = json.dumps({"code": 31, "status": Code(31).message}).encode()
Step = Callable[[], object]
Variant = Callable[[], AbstractContextManager[tuple[requests.Session, Step]]]
_FAKE = Flipsnack()
_PARAMS = {"action": "user.getStats", "apiKey": _FAKE.api_key}
PARAMS = {**_PARAMS, "signature": sign(_FAKE.secret, _PARAMS)}


class Trivial(BaseAdapter):
    """Answers every request with the same body."""

    def send(self, request: requests.PreparedRequest, **kwargs: object) -> requests.Response:  # type: ignore[override]
        made = requests.Response()
        made.status_code = 200
        made._content = BODY
        made.request = request
        made.url = str(request.url)
        return made

    def close(self) -> None:
        """Hold nothing open."""


def nothing() -> None:
    """Declare no further answer: the stub of `responses` stays."""


@contextmanager
def floor() -> Iterator[tuple[requests.Session, Step]]:
    with requests.Session() as session:
        session.mount("https://", Trivial())
        yield session, nothing


def bare(stubs: int) -> Variant:
    @contextmanager
    def make() -> Iterator[tuple[requests.Session, Step]]:
        mock = responses.RequestsMock(assert_all_requests_are_fired=False)
        with mock, requests.Session() as session:
            for number in range(stubs - 1):
                mock.add("GET", f"{URL}?action=collection.getList&from={number}", body=BODY)
            mock.add("GET", URL, body=BODY, content_type="application/json")
            yield session, nothing

    return make


def flipsnack(declared: int) -> Variant:
    """Keep as many answers waiting at each call as were declared at first."""

    @contextmanager
    def make() -> Iterator[tuple[requests.Session, Step]]:
        fake = Flipsnack().start()
        try:
            with requests.Session() as session:
                for _ in range(declared - 1):
                    fake.respond(31)
                yield session, (lambda: fake.respond(31)) if declared else nothing
        finally:
            fake.stop()

    return make


VARIANTS: dict[str, Variant] = {
    "floor": floor,
    "responses, 1 stub": bare(1),
    **{f"responses, {number} stubs": bare(number) for number in (10, 100, 500)},
    **{f"flipsnack, {number} declared": flipsnack(number) for number in (1, 10, 100, 500)},
    "flipsnack, own answer": flipsnack(0),
}

WARM_UP = 5
"""Calls before the clock starts: declaring 500 answers empties the processor's caches."""
FEWER = {"responses, 100 stubs": 4, "responses, 500 stubs": 1}
"""Calls per sample where one call takes as long as many of the others."""


def sample(variant: Variant, calls: int) -> float:
    """Return the CPU seconds of one call, parsing included, declaring left out."""
    total = 0.0
    with variant() as (session, declare):
        gc.collect()
        for _ in range(min(WARM_UP, calls)):
            declare()
            session.get(URL, params=PARAMS, timeout=5).json()
        for _ in range(calls):
            declare()
            start = process_time()
            code = session.get(URL, params=PARAMS, timeout=5).json()["code"]
            total += process_time() - start
            assert code in {20, 31}
    return total / calls


def main(result: str, rounds: int, calls: int, budget_s: float) -> None:
    """Measure every variant in every round, each in another order, until the time is up."""
    shuffled = random.Random(0)
    found: list[dict[str, float]] = []
    gc.freeze()
    began = monotonic()
    while len(found) <= rounds and (len(found) < 3 or monotonic() - began < budget_s):
        names = list(VARIANTS)
        shuffled.shuffle(names)
        found.append({name: sample(VARIANTS[name], FEWER.get(name, calls)) for name in names})
    Path(result).write_text(json.dumps(found[1:]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))

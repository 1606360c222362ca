"""No object and no writer of the plugin shows a secret: a canary is looked for in all of them."""

from __future__ import annotations

import gc
import html
import importlib
import json
import pkgutil
import types
import urllib.parse
from collections import Counter, deque
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import requests

import pytest_flipsnack
from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.reports import FILES, TERMINAL
from pytest_flipsnack.fake.account import Credentials
from pytest_flipsnack.fake.checks import Subject
from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.fake.multipart import Form
from pytest_flipsnack.fake.near_misses import Sent
from pytest_flipsnack.fake.request import parse
from pytest_flipsnack.fake.settings import Settings
from pytest_flipsnack.fake.signing import sign
from pytest_flipsnack.flipsnack import Flipsnack
from pytest_flipsnack.transports.in_process import HandedOn
from pytest_flipsnack.transports.server import serve
from pytest_flipsnack.transports.server.control import Control
from pytest_flipsnack.transports.session import Session, Urls
from tests.coverage.covered import cover

KEY = "canary-key-\"qx47w'<é>&\\\n"
SECRET = "canary-secret-\"qz08v'<ü>&\\\t"
API = "https://api.flipsnack.com/v1/"
PACKAGE = pytest_flipsnack.__name__
TELLING = {"api_key", "secret", "params", "url"}
"""Names of fields that may hold a secret."""


def shows(text: str) -> list[str]:
    """Return the secrets that a text shows in any form."""
    found = []
    for secret in (KEY, SECRET):
        forms = {
            secret, repr(secret)[1:-1], ascii(secret)[1:-1], json.dumps(secret)[1:-1],
            json.dumps(secret, ensure_ascii=False)[1:-1], html.escape(secret),
            urllib.parse.quote(secret), urllib.parse.quote_plus(secret),
        }  # fmt: skip
        found += [form for form in forms if form in text]
    return found + [part for part in ("qx47w", "qz08v") if part in text]


def requests_of_a_careless_client() -> list[dict[str, str]]:
    right = {"action": "user.getStats", "apiKey": KEY}
    right["signature"] = sign(SECRET, right)
    return [
        right,
        {"action": "user.getStats", "apikey": KEY, "api_key": SECRET, "Signature": "qz08v"},
        {**right, "apiKey": SECRET},
        {**right, "title": SECRET, "action": KEY},
        {**right, "action": SECRET},
        {**right, "action": f"user.getStats\n2026-11-26 GET forged {KEY}"},
        {**right, "secret": SECRET},
    ]


def ask(url: str, **how: Any) -> None:
    for params in requests_of_a_careless_client():
        requests.get(url, params=params, timeout=5, **how)


@pytest.fixture
def used() -> Flipsnack:
    """A fake that a careless client has used, in process and over the loopback server."""
    with pytest.raises(AssertionError) as caught, Flipsnack(KEY, SECRET) as flipsnack:
        flipsnack.respond(31, data=None)
        ask(API)
        ask(flipsnack.url)
        requests.get(f"https://api.flipsnack.com/v1/{KEY}", timeout=5)
        raise AssertionError("\n".join(flipsnack.findings))
    assert not shows(str(caught.value))
    return flipsnack


def classes() -> dict[str, type]:
    """Return the classes of the package that have a field which may hold a secret."""
    found: dict[str, type] = {}
    for module in pkgutil.walk_packages(pytest_flipsnack.__path__, f"{PACKAGE}."):
        if not module.name.endswith("__main__"):
            for value in vars(importlib.import_module(module.name)).values():
                own = isinstance(value, type) and value.__module__ == module.name
                if own and TELLING & set(vars(value).get("__annotations__", ())):
                    found[value.__name__] = value
    return found


def reachable(*roots: object) -> Iterator[object]:
    """Yield every object of the package that can be reached from some."""
    containers = (dict, list, tuple, set, deque, types.CellType, types.MethodType, partial)
    seen: dict[int, object] = {}
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type | types.ModuleType):
            continue
        seen[id(one)] = one
        ours = type(one).__module__.partition(".")[0] == PACKAGE
        if ours:
            yield one
        if isinstance(one, types.FunctionType):
            waiting += [*(one.__closure__ or ()), *(one.__defaults__ or ())]
        elif ours or isinstance(one, containers):
            waiting += gc.get_referents(one)


def test_no_object_shows_a_secret(used: Flipsnack) -> None:
    """A class with a field that may hold a secret must be looked at here; add one that is made."""
    params = requests_of_a_careless_client()[1]
    request = parse("GET", f"{API}?{urllib.parse.urlencode(params)}", {}, None)
    roots = [
        used,
        Control(lambda: Fake(KEY, SECRET, Settings(), float), lambda hits: None),
        Subject(request, None, used.fake.account, 0.0),
        Credentials(KEY, SECRET),
        Sent(SECRET, params, params["Signature"], Settings()),
        HandedOn("GET", f"{API}?{urllib.parse.urlencode(params)}", "api.flipsnack.com"),
    ]
    looked_at = set()
    for one in reachable(*roots):
        looked_at.add(type(one).__name__)
        assert not shows(f"{one!r} {one}"), type(one)

    # an action is a fact, and these URLs are the server's; the parts of a body are the request's
    assert looked_at >= set(classes()) - {Action.__name__, Urls.__name__, Form.__name__}
    assert looked_at >= {"Account", "Call", "Guest", "Refusal", "Flipsnack", "Request", "Control"}


def test_what_a_call_holds_is_what_was_sent(used: Flipsnack) -> None:
    sent = requests_of_a_careless_client()

    assert used.calls[1].params == {
        name: sent[1][name] for name in ("apikey", "api_key", "Signature")
    }
    assert used.calls[4].action == SECRET


def test_a_call_shows_what_is_no_secret() -> None:
    with Flipsnack() as flipsnack:
        params = {"action": "collection.update", "apiKey": flipsnack.api_key, "title": "a b"}
        params["collectionHash"] = "fxh4k89"
        params["signature"] = sign(flipsnack.secret, params)
        requests.get(API, params={**params, "API-Key": "qx47w"}, timeout=5)
        flipsnack.fake.slips.clear()

    (call,) = flipsnack.calls
    assert repr(call).startswith(
        "Call(action='collection.update', params={'title': 'a b', 'collectionHash': 'fxh4k89', "
        "'API-Key': '***'}, code=44, at="
    )
    assert str(call).endswith(" s collection.update 44")


def test_no_warning_of_a_late_request_shows_a_secret_or_forges_a_line() -> None:
    session = Session()
    server = session.serve()
    try:
        flipsnack = Flipsnack(KEY, SECRET, session=session)
        with flipsnack:
            url = flipsnack.url
        for params in requests_of_a_careless_client():
            with pytest.raises(requests.ConnectionError):
                requests.get(url, params=params, timeout=5)
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{url}/{urllib.parse.quote(KEY)}", timeout=5)
        late = server.late()
    finally:
        server.stop()

    assert len(late) == 8
    assert not shows("\n".join(late))
    assert len("\n".join(late).splitlines()) == 8
    assert late[5] == (
        "a test: GET user.getStats\\n2026-11-26 GET forged *** arrived after the test had ended"
    )


def test_no_line_of_the_access_log_shows_a_secret_or_forges_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    control = Control(lambda: Fake(KEY, SECRET, Settings(), float), lambda hits: None)
    for params in requests_of_a_careless_client():
        url = f"{API}?{urllib.parse.urlencode(params)}"
        request = parse("GET", url, {}, None)
        serve._log(control, request, control.fake.answer(request))

    log = capsys.readouterr().err
    assert not shows(log)
    assert len(log.splitlines()) == 7
    assert log.splitlines()[5].endswith(" GET user.getStats\\n2026-11-26 GET forged *** 42")


def test_no_answer_of_the_control_endpoints_shows_a_secret() -> None:
    control = Control(lambda: Fake(KEY, SECRET, Settings(), float), lambda hits: None)
    for params in requests_of_a_careless_client():
        control.fake.answer(parse("GET", f"{API}?{urllib.parse.urlencode(params)}", {}, None))

    status, calls = control.handle("GET", "calls", b"")
    ended = control.handle("POST", "test", b"{}")

    assert status == 200
    assert not shows(json.dumps(calls))
    assert not shows(json.dumps(calls, ensure_ascii=False))
    assert not shows(json.dumps(ended))
    assert isinstance(calls, list)
    assert calls[1]["params"] == {"apikey": "***", "api_key": "***", "Signature": "***"}
    assert calls[4]["action"] == "***"


def test_a_call_without_an_action_is_shown_by_the_control_endpoints() -> None:
    control = Control(lambda: Fake(KEY, SECRET, Settings(), float), lambda hits: None)
    control.fake.answer(parse("GET", API, {}, None))

    assert control.handle("GET", "calls", b"") == (
        200,
        [{"action": None, "params": {}, "code": 30, "at": 0.0}],
    )


def test_no_report_shows_a_secret(used: Flipsnack) -> None:
    coverage = cover(Demand(), {"test_it": (Counter(used.hits), [])})

    for render, _ in FILES.values():
        assert not shows(render(coverage))
    for lines in TERMINAL.values():
        assert not shows("\n".join(line.text for line in lines(coverage)))

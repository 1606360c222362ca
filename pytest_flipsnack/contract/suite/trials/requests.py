"""The trials of what a call sends, and of an upload that is sent more than once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import Any
from urllib.parse import urlsplit

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.action import API_HOST, BASE_PATH, COMMON_PARAMETERS, Action
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.attempt import Attempt, ended_at_a_deadline
from pytest_flipsnack.contract.suite.tester import Tester
from pytest_flipsnack.contract.suite.trials.trial import Findings, Trial
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.faults import FAULTS, Fault
from pytest_flipsnack.fake.finding import nearest


def _request(tester: Tester, _given: None) -> Findings:
    attempt = tester.call()
    if not tester.fake.slips:  # a refusal explains whatever the client did afterwards
        usual, success = tester.require.usual(attempt), tester.require.success
        yield from islice(chain(usual, success(attempt, "answered 20")), 1)
    for call in attempt.calls:
        if call.action == tester.action.name:
            yield from _unfit(tester.action, call.params, attempt)
            yield from _undocumented(tester, call, attempt)
            yield from _reversed(call, attempt)
    yield from tester.require.timeout(attempt, lambda: _has_deadline(tester, attempt))
    yield from _https(tester, attempt)
    yield from _verified(tester, attempt)
    yield from _signature_case(tester, attempt)


def _has_deadline(tester: Tester, attempt: Attempt) -> bool:
    """Return whether a deadline around the call ends it where no answer comes."""
    return attempt.awaited and ended_at_a_deadline(tester.unanswered())


def _unfit(action: Action, params: Mapping[str, str], attempt: Attempt) -> Findings:
    known = {param.name for param in action.params if param.source.is_stated}
    sent = {name: value for name, value in params.items() if name in known}
    sent |= dict.fromkeys((*COMMON_PARAMETERS, *action.required, *action.one_of), "x") | sent
    for problem in schemas.problems(schemas.parameter_validator(action), sent):
        yield finding(
            f"{action.name} was sent with a wrong parameter: {problem}",
            "what the reference page lists",
            attempt.calls,
        )


def _reversed(call: Call, attempt: Attempt) -> Findings:
    """Yield a finding for a period that is over before it begins."""
    first, last = (call.params.get(name, "") for name in ("startDate", "endDate"))
    if _DATE.fullmatch(first) and _DATE.fullmatch(last) and first > last:
        yield finding(
            f"{call.action} was sent with startDate={first!r} after endDate={last!r}",
            "a period that begins before it ends",
            attempt.calls,
        )


def _undocumented(tester: Tester, call: Call, attempt: Attempt) -> Findings:
    """Yield a finding for a parameter that no page lists, where one that a page lists is meant."""
    names = [param.name for param in tester.action.params]
    fields = schemas.data_schema(tester.action).get("properties", ())
    hints = [slip.hint for slip in call.refusal.slips] if call.refusal else []
    for name in sorted(call.params.keys() - {*names, *_OF_OLD_PAGES}):
        if any(hint.startswith(f"{name} was sent;") for hint in hints):
            continue
        meant = _meant(name, [other for other in names if other not in call.params])
        if meant or name in fields:
            text = finding(
                f"{tester.action.name} was sent with the parameter {name!r}, which no page lists",
                meant or f"a parameter of the reference page: {', '.join(names) or 'none'}",
                attempt.calls,
            )
            yield from tester.require.sound("parameters", text)


def _meant(name: str, documented: Sequence[str]) -> str:
    """Return the documented parameter that a name stands for, or nothing.

    `collection_title` and `collectionTitle`, a field of replies, both mean `title`.
    """
    bare = _bare(name)
    for other in documented:
        if bare.removeprefix(_PREFIX) == _bare(other).removeprefix(_PREFIX):
            return other
    return nearest(bare, tuple(map(_bare, documented)), 0.85) and nearest(name, documented, 0.7)


def _bare(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


_PREFIX = "collection"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_OF_OLD_PAGES = {"format", "callback"}  # offered by H1, P1 and R1 for every method
_FAILURES: dict[str, Code | Fault] = {"50": Code.OPERATION_FAILED, "reset": FAULTS["reset"]}


def _upload(tester: Tester, failure: Code | Fault) -> Findings:
    """The same bytes on every attempt and in every call."""
    tester.answer(failure)
    calls = [*tester.call().calls, *tester.call().calls]
    sent = [call for call in calls if call.action == tester.action.name and call.files]
    whole = max(map(_bytes, sent), key=len, default=b"")
    for call in sent:
        if _bytes(call) != whole:
            yield finding(
                f"an attempt sent {len(_bytes(call))} bytes of a file of {len(whole)}",
                "the whole file on every attempt",
                calls,
            )


def _bytes(call: Call) -> bytes:
    return b"".join(bytes(file) for file in call.files.values())


def _https(tester: Tester, attempt: Attempt) -> Findings:
    """Yield a finding where key and signature travel in clear text, unless that is declared."""
    declared = {urlsplit(url).scheme for url in tester.contract.urls}
    if "http" not in declared and any(call.clear_text for call in attempt.calls):
        text = finding(
            "the client sent its key and a signature in clear text, over http",
            f"https://{API_HOST}{BASE_PATH}, or urls = [...] with the address it uses",
            attempt.calls,
        )
        yield from tester.require.sound("https", text)


def _verified(tester: Tester, attempt: Attempt) -> Findings:
    """Yield a finding where the client takes any server for Flipsnack."""
    if any(call.unverified for call in attempt.calls):
        text = finding(
            "the client does not check the certificate of the server",
            "verify=True, the default, or the file of your own authority",
            attempt.calls,
        )
        yield from tester.require.sound("tls", text)


def _signature_case(tester: Tester, attempt: Attempt) -> Findings:
    """Yield a finding on upper-case hex: every example has lower case, and no page says more."""
    checked = tester.fake.account.settings.check_signature
    if checked and any(call.upper_case_signature for call in attempt.calls):
        text = finding(
            "the client signs in upper-case hex, and every page shows lower case",
            "the MD5 in lower-case hex, as in 26e781d3d1751d82ec284acf4a019def",
            attempt.calls,
        )
        yield from tester.require.sound("signature_case", text)


TRIALS: tuple[Trial[Any], ...] = (
    Trial(
        "test_request",
        "The call sends a valid request, with a timeout, and succeeds.",
        lambda action, declared: [("", None)],
        _request,
        every=True,
    ),
    Trial(
        "test_upload",
        "Every attempt sends the whole file.",
        lambda action, declared: _FAILURES.items() if action.upload else (),
        _upload,
    ),
)

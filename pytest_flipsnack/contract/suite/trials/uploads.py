"""The trial of an upload that is sent more than once."""

from __future__ import annotations

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.tester import Tester
from pytest_flipsnack.contract.suite.trials.trial import Findings, Trial
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.faults import FAULTS, Fault

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


TRIALS = (
    Trial(
        "test_upload",
        "Every attempt sends the whole file.",
        lambda action, declared: _FAILURES.items() if action.upload else (),
        _upload,
    ),
)

"""The trial of an async call that is cancelled while it waits."""

from __future__ import annotations

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.attempt import CANCELLED, Cancellation, ending_of
from pytest_flipsnack.contract.suite.tester import Tester
from pytest_flipsnack.contract.suite.trials.trial import Findings, Trial


def _cancelled(tester: Tester, _given: None) -> Findings:
    tester.answer(Code.OPERATION_FAILED, forever=True)
    attempt = tester.call(cancelled=True)
    if not attempt.cancelled or attempt.value is CANCELLED:
        return
    first_s = attempt.calls[0].at if attempt.calls else 0.0
    on = any(call.at - first_s > Cancellation.after_s for call in attempt.calls)
    text = finding(
        f"the call of {tester.action.name} was cancelled while it waited, and the client "
        f"{'went on' if on else 'did not pass that on'}: it {ending_of(attempt)}",
        "asyncio.CancelledError passes: catch Exception, not BaseException",
        attempt.calls,
    )
    yield from tester.require.sound("async", text)


TRIALS = (
    Trial(
        "test_cancel",
        "An async call that is cancelled ends.",
        lambda action, declared: [("", None)],
        _cancelled,
    ),
)

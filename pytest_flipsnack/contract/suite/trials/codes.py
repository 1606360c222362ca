"""The trials of a code, in every reply or in the first."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.codes import Code, Handling
from pytest_flipsnack.contract.suite.tester import Tester
from pytest_flipsnack.contract.suite.trials.trial import Declared, Findings, Trial


def _every_reply(tester: Tester, code: Code) -> Findings:
    tester.answer(code, forever=True)
    attempt = tester.call()
    yield from tester.require.usual(attempt)
    yield from tester.require.failure(attempt, f"answered {code.value}", code=code)
    yield from tester.require.carried(attempt, code)


def _first_reply(tester: Tester, code: Code) -> Findings:
    """A client that retries recovers, another reports the code."""
    tester.answer(code)
    attempt = tester.call()
    yield from tester.require.usual(attempt)
    # a download is waited for by its own state, and 38 may be the caller's to wait for
    polls = code is Code.PROCESSING and not tester.action.answers_processing
    if (polls and tester.require.polls) or attempt.retried(lambda call: call.code == code):
        yield from tester.require.success(attempt, f"answered {code.value} and then 20")
    else:
        yield from tester.require.failure(attempt, f"answered {code.value}", code=code)
        yield from tester.require.carried(attempt, code)


def _errors(_action: Action, _declared: Declared) -> Iterator[tuple[str, Code]]:
    # the table lists codes for the API and not by method: any call may meet any of them
    yield from ((str(code.value), code) for code in Code if code is not Code.OK)


def _passing(action: Action, declared: Declared) -> Iterator[tuple[str, Code]]:
    for name, code in _errors(action, declared):
        if code.handling in {Handling.RETRY, Handling.POLL}:
            yield name, code


TRIALS = (
    Trial(
        "test_code",
        "A code in every reply is an error that carries the code; retries wait and end.",
        _errors,
        _every_reply,
    ),
    Trial(
        "test_recovery",
        "A client that retries recovers from a code that passes.",
        _passing,
        _first_reply,
    ),
)

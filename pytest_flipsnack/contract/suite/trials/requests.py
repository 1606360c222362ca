"""The trial of a call that nothing disturbs: what it sends."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.actions import COMMON_PARAMETERS, Action
from pytest_flipsnack.catalogue.facts import Basis
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.attempt import Attempt
from pytest_flipsnack.contract.suite.tester import Tester
from pytest_flipsnack.contract.suite.trials.trial import Findings, Trial


def _request(tester: Tester, _given: None) -> Findings:
    attempt = tester.call()
    yield from tester.require.usual(attempt)
    yield from tester.require.success(attempt, "answered 20")
    for call in attempt.calls:
        if call.action == tester.action.name:
            yield from _unfit(tester.action, call.params, attempt)
    yield from tester.require.timeout(attempt)


def _unfit(action: Action, params: Mapping[str, str], attempt: Attempt) -> Findings:
    known = {param.name for param in action.params if param.source.basis is Basis.DOCUMENTED}
    sent = {name: value for name, value in params.items() if name in known}
    sent |= dict.fromkeys((*COMMON_PARAMETERS, *action.required, *action.one_of), "x") | sent
    for problem in schemas.problems(schemas.parameter_validator(action.name), sent):
        yield finding(
            f"{action.name} was sent with a wrong parameter: {problem}",
            "what the reference page lists",
            attempt.calls,
        )


TRIALS = (
    Trial(
        "test_request",
        "The call sends a valid request, with a timeout, and succeeds.",
        lambda action, declared: [("", None)],
        _request,
    ),
)

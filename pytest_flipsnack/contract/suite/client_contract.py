"""One adapter, the whole contract: a class that names a client's calls becomes its test suite."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import Any, ClassVar

from pytest_flipsnack.catalogue.actions import action_of
from pytest_flipsnack.contract.suite.declarations import Declarations, calls_of
from pytest_flipsnack.contract.suite.tester import Tester, Workbench
from pytest_flipsnack.contract.suite.trials import TRIALS
from pytest_flipsnack.contract.suite.trials.trial import Case, Trial


class _EverySubclass:
    """pytest collects subclasses, whatever their names, and not the base."""

    def __get__(self, _instance: object, owner: type) -> bool:
        return owner is not ClientContract


class ClientContract(Declarations):
    """Base of a test class; every `@call` of it is tested with every code of the table.

    Its tests are the rows of `TRIALS`; a subclass may replace one, or set it to None.
    """

    __test__ = _EverySubclass()
    is_flipsnack_contract: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if issubclass(cls, unittest.TestCase):
            raise TypeError(
                f"{cls.__name__} cannot be a unittest.TestCase as well, whose tests take no "
                f"arguments; write class {cls.__name__}(ClientContract) and let a fixture do what "
                "setUp does"
            )


def _test_of(trial: Trial[Any]) -> Callable[..., None]:
    def test(self: ClientContract, flipsnack_case: Case, flipsnack_workbench: Workbench) -> None:
        tester = Tester(flipsnack_workbench, self, flipsnack_case.method, flipsnack_case.action)
        tester.check(trial.run(tester, flipsnack_case.given), every=trial.every)

    test.__name__, test.__doc__ = trial.name, trial.says
    test.__qualname__ = f"{ClientContract.__name__}.{trial.name}"
    return test


_TESTS = {name: _test_of(trial) for name, trial in TRIALS.items()}
for _name, _test in _TESTS.items():
    setattr(ClientContract, _name, _test)


def is_left_out(cls: type[ClientContract], name: str) -> bool:
    """Return whether a class has no case for a generated test that it has not replaced.

    pytest would report a test without a case as skipped.
    """
    if getattr(cls, name, None) is not _TESTS.get(name):
        return False
    try:
        return bool(calls_of(cls)) and not cases_of(cls, name)
    except (TypeError, ValueError):
        return False  # a wrong declaration is reported when the test is generated


def cases_of(cls: type[ClientContract], name: str) -> list[Case]:
    """Return the cases of one generated test, one list per call in the order written.

    Raises `ValueError` where no generated test has that name.
    """
    if name not in TRIALS:
        raise ValueError(
            f"{name} asks for flipsnack_case and replaces no generated test; "
            f"generated tests: {', '.join(TRIALS)}"
        )
    calls = calls_of(cls)
    several = [method for method, action in calls.items() if [*calls.values()].count(action) > 1]
    return [
        case
        for method, action in calls.items()
        for case in TRIALS[name].of(method, action_of(action), cls, named=method in several)
    ]

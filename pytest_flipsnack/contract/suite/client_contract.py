"""One adapter, the whole contract: a class that names a client's calls becomes its test suite."""

from __future__ import annotations

from typing import Any, ClassVar

from pytest_flipsnack.catalogue.actions import action_of
from pytest_flipsnack.contract.suite import cases, paging, polling, trials
from pytest_flipsnack.contract.suite.cases import Case
from pytest_flipsnack.contract.suite.declarations import Declarations, calls_of
from pytest_flipsnack.contract.suite.rig import Rig


class ClientContract(Declarations):
    """Base of a test class; every `@call` of it is tested with every code that applies."""

    __test__ = False
    is_flipsnack_contract: ClassVar[bool] = True
    _left_out: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.__test__ = True
        # pytest would report a test without a case as skipped
        before, ours = cls._left_out, {name: vars(ClientContract)[name] for name in cases.TESTS}
        ours = {
            name: test
            for name, test in ours.items()
            if getattr(cls, name) is (None if name in before else test)
        }
        cls._left_out = frozenset(name for name in ours if not _has_cases(cls, name))
        for name, test in ours.items():
            if name in before or name in cls._left_out:
                setattr(cls, name, None if name in cls._left_out else test)

    def test_request(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """The call sends a valid request and succeeds."""
        flipsnack_rig.check(self, flipsnack_case, trials.request)

    def test_code(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A code in every reply is an error that carries the code; retries wait and end."""
        flipsnack_rig.check(self, flipsnack_case, trials.code)

    def test_recovery(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A client that retries recovers from a code that passes."""
        flipsnack_rig.check(self, flipsnack_case, trials.recovery)

    def test_success(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """20 is a success, whatever comes with it or is missing."""
        flipsnack_rig.check(self, flipsnack_case, trials.success)

    def test_processing(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A client that polls waits between its questions, ends, and sees a failure."""
        flipsnack_rig.check(self, flipsnack_case, polling.processing)

    def test_pages(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A call that fetches all pages fetches all of them."""
        flipsnack_rig.check(self, flipsnack_case, paging.pages)

    def test_message(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """The code decides, not the text that comes with it."""
        flipsnack_rig.check(self, flipsnack_case, trials.message)

    def test_body(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A body that is no envelope, or an unknown code, is a clean error."""
        flipsnack_rig.check(self, flipsnack_case, trials.fault)

    def test_wire(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A connection that fails is an error, and the client ends."""
        flipsnack_rig.check(self, flipsnack_case, trials.fault)

    def test_again(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A call after one that failed succeeds."""
        flipsnack_rig.check(self, flipsnack_case, trials.again)

    def test_upload(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """Every attempt sends the whole file."""
        flipsnack_rig.check(self, flipsnack_case, trials.upload)


def _has_cases(cls: type[ClientContract], test: str) -> bool:
    try:
        return bool(not calls_of(cls) or cases_for(cls, test))
    except (TypeError, ValueError):
        return True  # collection reports a wrong declaration


def cases_for(cls: type[ClientContract], test: str) -> list[Case]:
    """Return the cases of one generated test, one list per call in the order written."""
    calls = calls_of(cls)
    several = [name for name, action in calls.items() if list(calls.values()).count(action) > 1]
    return [
        case
        for name, action in calls.items()
        for case in cases.of(test, name, action_of(action), named=name in several)
        if test != "test_pages" or action in cls.pages
    ]

"""The generated tests of `ClientContract` classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from pytest_flipsnack.integration import failures
from pytest_flipsnack.integration.marks import checked

if TYPE_CHECKING:
    from pytest_flipsnack.contract.suite.tester import Workbench
    from pytest_flipsnack.flipsnack import Flipsnack

_CASE = "flipsnack_case"
_FOUND = pytest.StashKey[bool]()


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Give each generated test of a contract its cases, for every client that a fixture makes."""
    cls = metafunc.cls
    if _CASE not in metafunc.fixturenames or not getattr(cls, "is_flipsnack_contract", False):
        return
    from pytest_flipsnack.contract.suite import client_contract, declarations
    from pytest_flipsnack.integration import variants

    checked(cls.__name__, lambda: declarations.check_declarations(cls))
    cases = checked(cls.__name__, lambda: client_contract.cases_of(cls, metafunc.function.__name__))
    metafunc.config.stash[_FOUND] = True
    variants.parametrize(metafunc, declarations.calls_of(cls), _CASE, cases)


def is_left_out(cls: object, name: str) -> bool:
    """Return whether a contract has no case for one of its generated tests."""
    if not getattr(cls, "is_flipsnack_contract", False):
        return False
    from pytest_flipsnack.contract.suite import client_contract

    return client_contract.is_left_out(cls, name)  # type: ignore[arg-type]


def locate(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let each generated test be located at its call; sessions without a contract pay nothing."""
    if config.stash.get(_FOUND, False):
        for item in items:
            failures.locate(item)


def workbench(request: pytest.FixtureRequest, flipsnack: Flipsnack) -> Iterator[Workbench]:
    """Yield what a generated test works with; time is virtual before the client is made."""
    from pytest_flipsnack.contract.suite.attempt import Loop
    from pytest_flipsnack.contract.suite.tester import Workbench

    loop = Loop()
    flipsnack.clock.start()
    try:
        yield Workbench(flipsnack.fake, flipsnack.clock, request.getfixturevalue, loop)
    finally:
        flipsnack.clock.stop()
        loop.close()

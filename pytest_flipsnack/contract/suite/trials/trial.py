"""A trial: what Flipsnack replies to a call, and what the client must do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from inspect import signature
from typing import Any, Generic, TypeAlias, TypeVar

from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.contract.suite.declarations import Declarations
from pytest_flipsnack.contract.suite.tester import Tester
from pytest_flipsnack.fake.finding import Finding

Given = TypeVar("Given")
Findings: TypeAlias = Iterator[Finding]
Declared: TypeAlias = type[Declarations]


@dataclass(frozen=True, slots=True)
class Trial(Generic[Given]):
    """A row of the suite: the generated test `name`, what it says, its cases, and how it runs.

    `cases` returns what is tried with an action, each under the id that it has in the test's
    name. `run` yields the findings of one case. The first fails the test; `every` names them all.
    """

    name: str
    says: str
    cases: Callable[[Action, Declared], Iterable[tuple[str, Given]]]
    run: Callable[[Tester, Given], Findings]
    asks: str = ""
    """The fixture that a call must ask for, or the trial has no case."""
    every: bool = False

    def of(self, method: str, action: Action, declared: Declared, *, named: bool) -> Iterator[Case]:
        """Yield the cases of a call; `named` ones show the method, as the action has several."""
        if self.asks and self.asks not in signature(getattr(declared, method)).parameters:
            return
        name = f"{method}-{action.name}" if named else action.name
        for case, given in self.cases(action, declared):
            yield Case(f"{name}-{case}" if case else name, self, method, action, given)


@dataclass(frozen=True, slots=True)
class Case:
    """One generated test: a trial of a call, with what is given to it.

    `id` is the one of the test, as in `collection.getList-31`.
    """

    id: str
    trial: Trial[Any]
    method: str
    action: Action
    given: Any

"""What a contract class declares: calls, errors, rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar, get_args

from pytest_flipsnack.catalogue.actions import ActionName, action_of
from pytest_flipsnack.contract.carried_code import carried_code
from pytest_flipsnack.contract.exceptions import Raises
from pytest_flipsnack.contract.judge import MAX_REQUESTS
from pytest_flipsnack.contract.retries import Retry, RetryRule, read_rules
from pytest_flipsnack.contract.suite.gives import Given, Gives, check_gives

F = TypeVar("F", bound=Callable[..., Any])

ACTION_ATTRIBUTE = "flipsnack_action"
_GIVES = "flipsnack_gives"
PracticeName = Literal[
    "bound", "growing_waits", "final_wait", "timeout", "clean_errors", "codes", "secrets", "https",
    "single_upload", "async", "parameters", "fields", "readable", "tls", "stale", "lasting_waits",
    "signature_case",
]  # fmt: skip
"""Sound practice that no page requires; each can be turned off by name."""
PRACTICES: tuple[PracticeName, ...] = get_args(PracticeName)


def call(action: ActionName, *, gives: Gives | None = None) -> Callable[[F], F]:
    """Mark a method of a `ClientContract` as the client's call of an action.

    The method's arguments are fixtures; it returns what the client returns, or a coroutine.
    `gives` says what a success returns: a field of the reply's data (`"embedCode"`), fields by the
    attribute or key that has them (`{"title": "collectionTitle"}`), or a function that is true of
    the returned value and the data. Raises `ValueError` for an action or a field that does not exist.
    """
    if callable(action):
        raise TypeError("write the action, as in @call('collection.getList')")
    known = action_of(action)
    if gives is not None:
        check_gives(gives, known)

    def mark(function: F) -> F:
        setattr(function, ACTION_ATTRIBUTE, action)
        setattr(function, _GIVES, gives)
        return function

    return mark


def gives_of(contract: Declarations, method: str) -> Given | None:
    """Return what a call is declared to return for a success, or None."""
    gives = getattr(getattr(type(contract), method), _GIVES, None)
    return None if gives is None else Given(gives)


class Declarations:
    """What a class may declare; the catalogue's rules hold for everything else.

    No `ClassVar`: a subclass may then write `retries: dict[int, int] = {31: 3}`.
    """

    error: Raises | None = None
    """Base of every error the client raises."""
    raises: Mapping[int, Raises] = {}
    """Exception class by code, where it is finer than `error`."""
    retries: Mapping[int, RetryRule] = {}
    """Handling rule by code: a number of retries, `Retry(...)`, or forbidden, allowed, required."""
    polls: Iterable[ActionName] = ()
    """Actions whose call waits until processing is over, as their replies with 20 say."""
    waits_out_38: Iterable[ActionName] = ()
    """Actions whose call waits until Flipsnack no longer refuses it with 38."""
    pages: Mapping[ActionName, int] = {}
    """Records per page by action, for calls that fetch all pages."""
    returns: Mapping[int, Any] = {}
    """Error value by code, or a function that is true of it, for clients that return one."""
    urls: Iterable[str] = ()
    """The URLs that the client uses by default."""
    max_requests: int = MAX_REQUESTS
    """Stop a call after this many requests."""
    without: Iterable[PracticeName] = ()
    """Sound practices that are not checked for this client."""

    def failed(self, outcome: Any) -> bool:
        """Return whether a returned value means a failure; override for result objects."""
        return False

    def code_of(self, outcome: Any) -> Any:
        """Return the code that an error or a result carries; override where it has its own place."""
        return carried_code(outcome)


def rules_of(cls: type[Declarations]) -> dict[int, Retry]:
    """Return the declared retry rules by code."""
    return read_rules(cls.retries)


def calls_of(cls: type[Declarations]) -> dict[str, str]:
    """Return the client's calls: method name to action, in the order they are written."""
    names = [name for kind in reversed(cls.__mro__) for name in vars(kind)]
    return {
        name: action
        for name in dict.fromkeys(names)
        if (action := getattr(getattr(cls, name, None), ACTION_ATTRIBUTE, None)) is not None
    }

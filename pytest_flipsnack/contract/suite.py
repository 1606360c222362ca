"""One adapter, the whole contract: a class that names a client's calls becomes its test suite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import isfunction
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from pytest_flipsnack.catalogue.actions import API_HOST, BASE_PATH, UPLOAD_HOST, action_of
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract import cases
from pytest_flipsnack.contract.rig import Case, Rig, rules_of
from pytest_flipsnack.contract.telling import told_code
from pytest_flipsnack.fake.refusal import nearest

_DECLARATIONS = (
    "error", "raises", "retries", "polls", "pages", "returns", "urls", "without",
)  # fmt: skip
F = TypeVar("F", bound=Callable[..., Any])

ACTION_ATTRIBUTE = "flipsnack_action"
PRACTICES = ("bound", "timeout", "clean_errors", "codes", "secrets", "async")
"""Sound practice that no page demands; each can be turned off by name."""


def call(action: str) -> Callable[[F], F]:
    """Mark a method of a `ClientContract` as the client's call of an action.

    The method's arguments are fixtures; it returns what the client returns, or a coroutine.
    Raises `ValueError` for an action that does not exist.
    """
    if callable(action):
        raise TypeError("write the action, as in @call('collection.getList')")
    action_of(action)

    def mark(function: F) -> F:
        setattr(function, ACTION_ATTRIBUTE, action)
        return function

    return mark


class ClientContract:
    """Base of a test class; every `@call` of it is tested with every code that applies.

    Declare what the client promises; what is not declared falls back to the catalogue's defaults.
    """

    __test__ = False
    is_flipsnack_contract: ClassVar[bool] = True

    error: ClassVar[type[BaseException] | tuple[type[BaseException], ...] | None] = None
    """Base of every error the client raises."""
    raises: ClassVar[Mapping[int, Any]] = {}
    """Exception class by code, where it is finer than `error`."""
    retries: ClassVar[Mapping[int, Any]] = {}
    """Rule by code: a number of retries, `Retry(...)`, or forbidden, allowed, required."""
    polls: ClassVar[Iterable[str]] = ()
    """Actions whose call waits until processing is over."""
    pages: ClassVar[Mapping[str, int]] = {}
    """Records per page by action, for calls that fetch all pages."""
    returns: ClassVar[Mapping[int, Any]] = {}
    """Error value by code, or a function that is true of it, for clients that return one."""
    urls: ClassVar[Iterable[str]] = ()
    """The URLs that the client uses when nobody gives it others."""
    without: ClassVar[Iterable[str]] = ()
    """Sound practices that are not held against this client."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.__test__ = True

    def failed(self, outcome: Any) -> bool:
        """Return whether what a call returned tells of a failure; override for result objects."""
        return False

    def code_of(self, outcome: Any) -> Any:
        """Return the code that an error or a result carries; override where it has its own place."""
        return told_code(outcome)

    def test_request(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """The call sends a valid request and succeeds."""
        flipsnack_rig.check(self, flipsnack_case, cases.request)

    def test_code(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A code that stays is an error that tells the code; retries wait and end."""
        flipsnack_rig.check(self, flipsnack_case, cases.code)

    def test_recovery(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A code that passes does no harm to a client that asks again."""
        flipsnack_rig.check(self, flipsnack_case, cases.recovery)

    def test_success(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """20 is a success, whatever comes with it or is missing."""
        flipsnack_rig.check(self, flipsnack_case, cases.success)

    def test_processing(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A client that polls waits between its questions, ends, and sees a failure."""
        flipsnack_rig.check(self, flipsnack_case, cases.processing)

    def test_pages(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A call that fetches all pages fetches all of them."""
        flipsnack_rig.check(self, flipsnack_case, cases.pages)

    def test_message(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """The code decides, not the text that comes with it."""
        flipsnack_rig.check(self, flipsnack_case, cases.message)

    def test_body(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A body that is no envelope, or an unknown code, is a clean error."""
        flipsnack_rig.check(self, flipsnack_case, cases.fault)

    def test_wire(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A connection that fails is an error, and the client ends."""
        flipsnack_rig.check(self, flipsnack_case, cases.fault)

    def test_again(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """A call after one that failed succeeds."""
        flipsnack_rig.check(self, flipsnack_case, cases.again)

    def test_upload(self, flipsnack_case: Case, flipsnack_rig: Rig) -> None:
        """Every attempt sends the whole file."""
        flipsnack_rig.check(self, flipsnack_case, cases.upload)


def check_declarations(cls: type[ClientContract]) -> None:
    """Raise `ValueError` or `TypeError` for a declaration that cannot be meant."""
    unknown = sorted(set(cls.without) - set(PRACTICES))
    if unknown:
        raise ValueError(
            f"{cls.__name__}.without: {unknown[0]!r} is not a practice; known: {', '.join(PRACTICES)}"
        )
    for name, errors in (
        ("error", [cls.error] if cls.error else []),
        ("raises", cls.raises.values()),
    ):
        for error in errors:
            members = error if isinstance(error, tuple) else (error,)
            if not all(isinstance(one, type) and issubclass(one, BaseException) for one in members):
                raise TypeError(f"{cls.__name__}.{name}: {error!r} is not an exception class")
    _check_spelling(cls)
    rules_of(cls)
    _check_names(cls)
    if not calls_of(cls):
        raise ValueError(
            f"{cls.__name__} has no call; write one as @call('collection.getList') "
            f"def get_list(self, client): return client.list_collections()"
        )


def _check_names(cls: type[ClientContract]) -> None:
    for name in ("raises", "returns"):
        for code in getattr(cls, name):
            if code not in set(Code):
                raise ValueError(f"{cls.__name__}.{name}: {code!r} is not a Flipsnack status code")
    for action in (*cls.polls, *cls.pages):
        action_of(action)
    for url in cls.urls:
        if not _is_documented(url):
            raise ValueError(
                f"{cls.__name__}.urls: {url!r} is not where Flipsnack listens; documented: "
                f"https://{API_HOST}{BASE_PATH}, https://{UPLOAD_HOST}{BASE_PATH}"
            )


def _is_documented(url: object) -> bool:
    parts = urlsplit(url) if isinstance(url, str) else None
    return (
        parts is not None
        and parts.scheme in {"http", "https"}
        and parts.hostname in {API_HOST, UPLOAD_HOST}
        and parts.path in {BASE_PATH, f"{BASE_PATH}/"}
    )


def _check_spelling(cls: type[ClientContract]) -> None:
    for name, value in vars(cls).items():
        close = nearest(name, _DECLARATIONS, 0.8)
        if close not in {"", name} and not isfunction(value):
            raise ValueError(f"{cls.__name__}.{name} is not a declaration; did you mean {close}?")


def calls_of(cls: type[ClientContract]) -> dict[str, str]:
    """Return the client's calls: method name to action, in the order they are written."""
    names = [name for kind in reversed(cls.__mro__) for name in vars(kind)]
    return {
        name: action
        for name in dict.fromkeys(names)
        if (action := getattr(getattr(cls, name, None), ACTION_ATTRIBUTE, None)) is not None
    }


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

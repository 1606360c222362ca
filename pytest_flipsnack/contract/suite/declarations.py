"""What a contract class declares: calls, errors, rules; and the checks of these declarations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import isfunction
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from pytest_flipsnack.catalogue.action import API_HOST, BASE_PATH, UPLOAD_HOST
from pytest_flipsnack.catalogue.actions import ACTIONS, action_of
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.carried_code import carried_code
from pytest_flipsnack.contract.judge import MAX_REQUESTS
from pytest_flipsnack.contract.retries import Retry, read_rules
from pytest_flipsnack.contract.suite.gives import Given, Gives, check_gives
from pytest_flipsnack.fake.finding import nearest

F = TypeVar("F", bound=Callable[..., Any])

_LISTS = {
    "without": '["timeout"]',
    "polls": '["collection.downloadHTML"]',
    "waits_out_38": '["collection.update"]',
    "urls": '["https://api.flipsnack.com/v1/"]',
}
_MAPPINGS = {
    "raises": "{31: RateLimited}",
    "returns": "{31: None}",
    "retries": "{31: 3}",
    "pages": '{"collection.getList": 50}',
}
ACTION_ATTRIBUTE = "flipsnack_action"
_GIVES = "flipsnack_gives"
PRACTICES = (
    "bound", "growing_waits", "final_wait", "timeout", "clean_errors", "codes", "secrets", "https",
    "single_upload", "async", "parameters", "fields", "readable", "tls", "stale", "lasting_waits",
    "signature_case",
)  # fmt: skip
"""Sound practice that no page requires; each can be turned off by name."""


def call(action: str, *, gives: Gives | None = None) -> Callable[[F], F]:
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
    """What a class may declare; the catalogue's rules hold for everything else."""

    error: ClassVar[type[BaseException] | tuple[type[BaseException], ...] | None] = None
    """Base of every error the client raises."""
    raises: ClassVar[Mapping[int, Any]] = {}
    """Exception class by code, where it is finer than `error`."""
    retries: ClassVar[Mapping[int, Any]] = {}
    """Handling rule by code: a number of retries, `Retry(...)`, or forbidden, allowed, required."""
    polls: ClassVar[Iterable[str]] = ()
    """Actions whose call waits until processing is over, as their replies with 20 say."""
    waits_out_38: ClassVar[Iterable[str]] = ()
    """Actions whose call waits until Flipsnack no longer refuses it with 38."""
    pages: ClassVar[Mapping[str, int]] = {}
    """Records per page by action, for calls that fetch all pages."""
    returns: ClassVar[Mapping[int, Any]] = {}
    """Error value by code, or a function that is true of it, for clients that return one."""
    urls: ClassVar[Iterable[str]] = ()
    """The URLs that the client uses by default."""
    max_requests: ClassVar[int] = MAX_REQUESTS
    """Stop a call after this many requests."""
    without: ClassVar[Iterable[str]] = ()
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


def check_declarations(cls: type[Declarations]) -> None:
    """Raise `ValueError` or `TypeError` for a declaration that is wrong."""
    _check_shapes(cls)
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


def _check_shapes(cls: type[Declarations]) -> None:
    for name, example in _LISTS.items():
        if isinstance(getattr(cls, name), str) or not isinstance(getattr(cls, name), Iterable):
            raise _unfit(cls, name, f"a list, as in {name} = {example}")
    for name, example in _MAPPINGS.items():
        if not isinstance(getattr(cls, name), Mapping):
            raise _unfit(cls, name, f"a dictionary, as in {name} = {example}")
    for action, size in cls.pages.items():
        if not isinstance(size, int) or size < 1:
            raise TypeError(
                f"{cls.__name__}.pages: {size!r} for {action} is not a number of records from 1"
            )
    most = cls.max_requests
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise _unfit(cls, "max_requests", "a number from 1, as in max_requests = 1000")
    for name in ("failed", "code_of"):
        if not callable(getattr(cls, name)):
            raise _unfit(cls, name, f"a method, as in def {name}(self, outcome): ...")


def _unfit(cls: type[Declarations], name: str, allowed: str) -> TypeError:
    return TypeError(f"{cls.__name__}.{name}: {getattr(cls, name)!r} does not fit; write {allowed}")


def _check_names(cls: type[Declarations]) -> None:
    for name in ("raises", "returns"):
        for code in getattr(cls, name):
            if code not in set(Code):
                raise ValueError(f"{cls.__name__}.{name}: {code!r} is not a Flipsnack status code")
    processing = [name for name, action in ACTIONS.items() if action.answers_processing]
    refusing = [name for name, action in ACTIONS.items() if Code.PROCESSING in action.codes]
    _check_actions(cls, "polls", [*processing, *refusing])
    _check_actions(cls, "waits_out_38", refusing)
    _check_actions(cls, "pages", ["collection.getList"])
    for url in cls.urls:
        if not _is_documented(url):
            raise ValueError(
                f"{cls.__name__}.urls: {url!r} is not where Flipsnack listens; documented: "
                f"https://{API_HOST}{BASE_PATH}, https://{UPLOAD_HOST}{BASE_PATH}"
            )


def _check_actions(cls: type[Declarations], name: str, allowed: Sequence[str]) -> None:
    for action in getattr(cls, name):
        if action_of(action).name not in allowed:
            raise ValueError(
                f"{cls.__name__}.{name}: {action} does not fit here; allowed: "
                f"{', '.join(dict.fromkeys(allowed))}"
            )


def _is_documented(url: object) -> bool:
    """Return whether a page prints such an address.

    The oldest (H1) print http, and a known client uses it (CS); that it is refused no page says.
    """
    parts = urlsplit(url) if isinstance(url, str) else None
    return (
        parts is not None
        and parts.scheme in {"http", "https"}
        and parts.hostname in {API_HOST, UPLOAD_HOST}
        and parts.path in {BASE_PATH, f"{BASE_PATH}/"}
    )


def _check_spelling(cls: type[Declarations]) -> None:
    for name, value in vars(cls).items():
        close = nearest(name, tuple(Declarations.__annotations__), 0.8)
        if close not in {"", name} and not isfunction(value):
            raise ValueError(f"{cls.__name__}.{name} is not a declaration; did you mean {close}?")


def calls_of(cls: type[Declarations]) -> dict[str, str]:
    """Return the client's calls: method name to action, in the order they are written."""
    names = [name for kind in reversed(cls.__mro__) for name in vars(kind)]
    return {
        name: action
        for name in dict.fromkeys(names)
        if (action := getattr(getattr(cls, name, None), ACTION_ATTRIBUTE, None)) is not None
    }

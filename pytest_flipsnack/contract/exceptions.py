"""Exception classes that a project declares: what fits, and how findings name them."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.virtual_time.packages import Kind, of_kind

_TRANSPORTS = of_kind(Kind.HTTP)
Raises = type[BaseException] | tuple[type[BaseException], ...]


def members_of(declared: object) -> tuple[object, ...]:
    """Return the members of a tuple, or what is no tuple as the only one."""
    return declared if isinstance(declared, tuple) else (declared,)


def are_exceptions(value: object) -> bool:
    """Return whether a value is an exception class, or a tuple of at least one."""
    members = members_of(value)
    return bool(members) and all(
        isinstance(member, type) and issubclass(member, BaseException) for member in members
    )


def is_transport(error: object) -> bool:
    """Return whether an error is one of an HTTP library or of the system."""
    module = type(error).__module__.partition(".")[0]
    return module in _TRANSPORTS or isinstance(error, OSError | TimeoutError)


def check_raises(value: object) -> None:
    """Raise `TypeError` for what is no exception class."""
    if not are_exceptions(value):
        raise TypeError(f"raises must be an exception class or a tuple, not {value!r}")


def names_of(declared: Raises, error: BaseException | None = None) -> str:
    """Return the names of exception classes, with their modules where an error's read alike."""
    return " or ".join(
        _with_module(kind) if error is not None and _twin(kind, error) else kind.__name__
        for kind in _classes(declared)
    )


def name_of(error: BaseException, declared: Raises | None = None) -> str:
    """Return the name of an error's class, with its module where a declared one reads alike."""
    kind = type(error)
    return _with_module(kind) if _twins(error, declared) else kind.__name__


def apart(found: Finding, error: BaseException | None, declared: Raises | None) -> Finding:
    """Return the finding, with the reason where a class of the error was loaded twice."""
    for kind, twin in _twins(error, declared) if error is not None else ():
        if f".{kind.__module__}".endswith(f".{twin.__module__}") or (
            f".{twin.__module__}".endswith(f".{kind.__module__}")
        ):
            return found.adding(
                "hint",
                f"{kind.__name__} was loaded twice, as {_with_module(twin)} and as "
                f"{_with_module(kind)}; import the client by one path, and reload nothing",
            )
    return found


def _twins(error: BaseException, declared: Raises | None) -> list[tuple[type, type]]:
    """Return each declared class with the class of the error that has its name and is another."""
    pairs = ((kind, _twin(kind, error)) for kind in _classes(declared))
    return [(kind, twin) for kind, twin in pairs if twin is not None]


def _twin(kind: type, error: BaseException) -> type | None:
    bases = type(error).__mro__
    named = (base for base in bases if base is not kind and base.__name__ == kind.__name__)
    return next(named, None)


def _with_module(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _classes(declared: Raises | None) -> Iterator[type[BaseException]]:
    if declared is not None:
        yield from declared if isinstance(declared, tuple) else (declared,)

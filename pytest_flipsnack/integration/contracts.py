"""The generated tests of `ClientContract` classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from pytest_flipsnack.integration import failures
from pytest_flipsnack.integration.marks import checked

if TYPE_CHECKING:
    from pytest_flipsnack.contract.suite.tester import Workbench
    from pytest_flipsnack.contract.suite.trials.trial import Case
    from pytest_flipsnack.flipsnack import Flipsnack

Definition: TypeAlias = pytest.FixtureDef[Any]
_NOT_USED = object()
"""The parameter of a fixture in the cases of a call that does without it."""


@dataclass(slots=True)
class Variant:
    """A parametrised fixture, and the calls that use it."""

    definition: Definition
    calls: set[str] = field(default_factory=set)


def _parametrize(
    metafunc: pytest.Metafunc, calls: Iterable[str], name: str, cases: Sequence[Case]
) -> None:
    """Give the test its cases as the argument `name`, each with every parameter of its call.

    No fixture is made for it: pytest drops from its list what no argument of the test leads to,
    and the tester resolves what a call needs when it makes the call.
    """
    tried = {case.method for case in cases}
    variants = [variant for variant in _find(metafunc, calls) if variant.calls & tried]
    for variant in variants:
        _add(metafunc, variant, everywhere=variant.calls >= tried)
    metafunc.parametrize(name, cases, ids=[case.id for case in cases])
    if variants:
        fitting = [spec for spec in metafunc._calls if _fits(spec.params, name, variants)]
        metafunc._calls[:] = fitting


def _find(metafunc: pytest.Metafunc, calls: Iterable[str]) -> list[Variant]:
    """Return the parametrised fixtures that calls ask for, themselves or through others."""
    definition = metafunc.definition
    look_up = definition.session._fixturemanager.getfixtureinfo
    known, marked = set(metafunc.fixturenames), _marked(definition)
    found: dict[str, Variant] = {}
    for call in calls:
        info = look_up(definition, getattr(metafunc.cls, call), None)
        for name in info.names_closure:
            if name in known:
                continue  # pytest sees to it
            if name not in metafunc.fixturenames:
                metafunc.fixturenames.append(name)  # or nothing may parametrise it, nor any mark
            varied = _varied(name, info.name2fixturedefs.get(name, ()))
            if varied is not None and name not in marked:
                found.setdefault(name, Variant(varied)).calls.add(call)
    return list(found.values())


def _add(metafunc: pytest.Metafunc, variant: Variant, *, everywhere: bool) -> None:
    definition = variant.definition
    params, ids = list(definition.params or ()), definition.ids
    if definition.argname == "anyio_backend":
        # the contract awaits on asyncio, where a client that was made for trio cannot work
        params = [param for param in params if _name(param) == "asyncio"] or params
    if not everywhere:
        params.append(pytest.param(_NOT_USED, id=pytest.HIDDEN_PARAM))
        ids = (*ids, None) if isinstance(ids, Sequence) else ids
    metafunc.parametrize(definition.argname, params, indirect=True, ids=ids, scope=definition.scope)


def _name(backend: Any) -> Any:
    return backend[0] if isinstance(backend, tuple) else backend


def _fits(params: Mapping[str, Any], name: str, variants: Iterable[Variant]) -> bool:
    """Return whether a case has a parameter of the fixtures that its call uses, and of no other."""
    call = params[name].method
    return all(
        (params[variant.definition.argname] is not _NOT_USED) == (call in variant.calls)
        for variant in variants
    )


def _varied(name: str, definitions: Sequence[Definition]) -> Definition | None:
    """Return the closest definition, where it has parameters or asks for one that has."""
    for definition in reversed(definitions):
        if definition.params is not None:
            return definition
        if name not in definition.argnames:
            break
    return None


def _marked(definition: pytest.Function) -> set[str]:
    """Return the arguments that marks parametrise."""
    names: set[str] = set()
    for mark in definition.iter_markers("parametrize"):
        given = mark.args[0] if mark.args else mark.kwargs["argnames"]
        names.update(map(str.strip, given.split(",") if isinstance(given, str) else given))
    return names


_CASE = "flipsnack_case"
_PAGE = "contract.md"
_FOUND = pytest.StashKey[bool]()
_CHECKED = pytest.StashKey[set[type]]()


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Give each generated test of a contract its cases, for every client that a fixture makes."""
    cls = metafunc.cls
    if _CASE not in metafunc.fixturenames or not getattr(cls, "is_flipsnack_contract", False):
        return
    from pytest_flipsnack.contract.suite import client_contract, declaration_checks, declarations

    known = metafunc.config.stash.setdefault(_CHECKED, set())
    if cls not in known:  # what is wrong fails each of its tests
        checked(cls.__name__, lambda: declaration_checks.check_declarations(cls), _PAGE)
        known.add(cls)
    name = metafunc.function.__name__
    cases = checked(cls.__name__, lambda: client_contract.cases_of(cls, name), _PAGE)
    _start_repeats(metafunc.config)
    _parametrize(metafunc, declarations.calls_of(cls), _CASE, cases)


def _start_repeats(config: pytest.Config) -> None:
    """Show one fault of a contract once; the first contract that is collected asks for it."""
    if config.stash.get(_FOUND, False):
        return
    from pytest_flipsnack.integration import repeats

    config.stash[_FOUND] = True
    config.pluginmanager.register(repeats.Repeats(), repeats.NAME)


def is_left_out(cls: object, name: str) -> bool:
    """Return whether a contract has no case for one of its generated tests."""
    if not getattr(cls, "is_flipsnack_contract", False):
        return False
    from pytest_flipsnack.contract.suite import client_contract

    return client_contract.is_left_out(cls, name)  # type: ignore[arg-type]


def arrange(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Locate each generated test at its call, whose request is tested first.

    Sessions without a contract pay nothing.
    """
    if not config.stash.get(_FOUND, False):
        return
    from pytest_flipsnack.integration import repeats

    repeats.put_requests_first(items)
    for item in items:
        failures.locate(item)


def workbench(request: pytest.FixtureRequest, flipsnack: Flipsnack) -> Iterator[Workbench]:
    """Yield what a generated test works with; time is virtual before the client is made."""
    from pytest_flipsnack.contract.suite.attempt import Loop
    from pytest_flipsnack.contract.suite.tester import Workbench
    from pytest_flipsnack.integration import repeats

    def resolve(name: str) -> Any:
        stash[repeats.MAKING] = name  # and it stays, if the fixture raises
        value = request.getfixturevalue(name)
        del stash[repeats.MAKING]
        return value

    loop, stash = Loop(), request.node.stash
    flipsnack.clock.start()
    try:
        yield Workbench(flipsnack.fake, flipsnack.clock, resolve, loop)
    finally:
        flipsnack.clock.stop()
        loop.close()

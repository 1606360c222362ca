"""Parametrised fixtures of a contract's calls: pytest itself looks at a test's own arguments only.

The only module that uses pytest's private names for collection, the ones its own plugins use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest

from pytest_flipsnack.contract.suite.trials.trial import Case

Definition: TypeAlias = pytest.FixtureDef[Any]
_NOT_USED = object()
"""The parameter of a fixture in the cases of a call that does without it."""


@dataclass(slots=True)
class Variant:
    """A parametrised fixture, and the calls that use it."""

    definition: Definition
    calls: set[str] = field(default_factory=set)


def parametrize(
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

"""The hall: pytest's hooks and fixtures, handed on to the rooms.

pytest imports this module in every run of every project that has the plugin installed, so it
imports nothing heavy: `responses` and `jsonschema` come with the first test that uses the fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import pytest

from pytest_flipsnack.fake.settings import Settings
from pytest_flipsnack.integration import contracts, marks, options

if TYPE_CHECKING:
    from pytest_flipsnack.contract.clock import VirtualClock
    from pytest_flipsnack.contract.rig import Rig
    from pytest_flipsnack.flipsnack import Flipsnack
    from pytest_flipsnack.integration.session import Session

_SETTINGS = pytest.StashKey[Settings]()


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    for line in marks.MARKERS:
        config.addinivalue_line("markers", line)
    config.stash[_SETTINGS] = options.read_settings(config)
    demand = options.read_demand(config)
    if demand is None or hasattr(config, "workerinput"):
        return
    from pytest_flipsnack.integration.gate import Gate

    gate = Gate(config, demand, options.read_targets(config))
    config.pluginmanager.register(gate, "flipsnack-gate")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marks.parametrize(metafunc)
    contracts.parametrize(metafunc)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marks.request_fixture(items, config)
    contracts.drop_empty(items)


@pytest.fixture(scope="session")
def flipsnack_credentials(pytestconfig: pytest.Config) -> tuple[str, str]:
    """The API key and the secret of the fake account; override for a client with its own."""
    from pytest_flipsnack.flipsnack import API_KEY, SECRET

    return (
        options.read_credential(pytestconfig, "api_key", API_KEY),
        options.read_credential(pytestconfig, "secret", SECRET),
    )


@pytest.fixture(scope="session")
def _flipsnack_session(pytestconfig: pytest.Config) -> Iterator[Session]:
    from pytest_flipsnack.integration.session import Session

    session = Session(pytestconfig, pytestconfig.stash[_SETTINGS])
    yield session
    session.close()


@pytest.fixture
def flipsnack(
    request: pytest.FixtureRequest,
    flipsnack_credentials: tuple[str, str],
    _flipsnack_session: Session,
) -> Iterator[Flipsnack]:
    """A fake Flipsnack for one test: stub its answers, look at its calls."""
    recorder = _flipsnack_session.recorder
    fake = _flipsnack_session.make(flipsnack_credentials, request.node.nodeid).start()
    try:
        marks.apply(request.node, fake)
        yield fake
    finally:
        found = fake.stop()
        recorder.add(fake.hits)
    if not recorder.body_passed:
        found = fake.refusals
    if found:
        pytest.fail("\n".join(found), pytrace=False)


@pytest.fixture
def flipsnack_clock(flipsnack: Flipsnack) -> Iterator[VirtualClock]:
    """Virtual time for the whole test: sleeping moves a clock, `sleeps` has every sleep."""
    with flipsnack.clock as clock:
        yield clock


@pytest.fixture
def flipsnack_rig(request: pytest.FixtureRequest, flipsnack: Flipsnack) -> Iterator[Rig]:
    """What the generated tests of a `ClientContract` work with."""
    yield from contracts.rig(request, flipsnack)


@pytest.fixture(scope="session")
def flipsnack_context(
    flipsnack_credentials: tuple[str, str],
    _flipsnack_session: Session,
) -> Callable[[], AbstractContextManager[Flipsnack]]:
    """A maker of fakes for blocks inside a test, as Hypothesis needs them; hits are counted."""

    @contextmanager
    def make() -> Iterator[Flipsnack]:
        __tracebackhide__ = True
        with _flipsnack_session.make(flipsnack_credentials) as fake:
            try:
                yield fake
            finally:
                _flipsnack_session.recorder.add(fake.hits)

    return make

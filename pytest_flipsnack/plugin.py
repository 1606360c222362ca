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
from pytest_flipsnack.integration import marks, options

if TYPE_CHECKING:
    from pytest_flipsnack.flipsnack import Flipsnack

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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marks.request_fixture(items, config)


@pytest.fixture(scope="session")
def flipsnack_credentials(pytestconfig: pytest.Config) -> tuple[str, str]:
    """The API key and the secret of the fake account; override for a client with its own."""
    from pytest_flipsnack.flipsnack import API_KEY, SECRET

    return (
        options.read_credential(pytestconfig, "api_key", API_KEY),
        options.read_credential(pytestconfig, "secret", SECRET),
    )


@pytest.fixture
def flipsnack(
    request: pytest.FixtureRequest, flipsnack_credentials: tuple[str, str]
) -> Iterator[Flipsnack]:
    """A fake Flipsnack for one test: stub its answers, look at its calls."""
    from pytest_flipsnack.flipsnack import Flipsnack
    from pytest_flipsnack.integration.recorder import recorder_of

    recorder = recorder_of(request.config)
    fake = Flipsnack(*flipsnack_credentials, settings=request.config.stash[_SETTINGS])
    fake.start()
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


@pytest.fixture(scope="session")
def flipsnack_context(
    pytestconfig: pytest.Config,
) -> Callable[..., AbstractContextManager[Flipsnack]]:
    """A maker of fakes for blocks inside a test, as Hypothesis needs them; hits are counted."""
    from pytest_flipsnack.flipsnack import Flipsnack
    from pytest_flipsnack.integration.recorder import recorder_of

    recorder = recorder_of(pytestconfig)

    @contextmanager
    def make() -> Iterator[Flipsnack]:
        __tracebackhide__ = True
        with Flipsnack(settings=pytestconfig.stash[_SETTINGS]) as fake:
            try:
                yield fake
            finally:
                recorder.add(fake.hits)

    return make

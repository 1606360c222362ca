"""The fixtures that every test with a fake pays for.

pytest builds `request` and `pytestconfig` anew for each test and for each fixture that names one,
with an `inspect.signature`: a sixth of what a whole test with a stubbed call costs. These name
neither; a hook tells them which test is running.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from pytest_flipsnack.integration import marks, options

if TYPE_CHECKING:
    from pytest_flipsnack.fake.account import Credentials
    from pytest_flipsnack.flipsnack import Flipsnack
    from pytest_flipsnack.integration.fakes import Fakes
    from pytest_flipsnack.transports.session import Urls

NAME = "flipsnack-fixtures"
_FAKES: pytest.StashKey[Fakes] = pytest.StashKey()


def fakes_of(node: pytest.Session) -> Fakes:
    """Return what the tests of a run share, made for the first and closed after the last.

    No fixture: a third one would cost every test with a fake 3 %.
    """
    found = node.stash.get(_FAKES, None)
    if found is None:
        from pytest_flipsnack.integration.fakes import Fakes
        from pytest_flipsnack.integration.urls import session_of

        session = session_of(node.config)
        found = Fakes(node.config, node.config.stash[options.SETTINGS], session)
        node.stash[_FAKES] = found

        def close(fakes: Fakes = found) -> None:
            del node.stash[_FAKES]
            fakes.close()

        node.addfinalizer(close)
    return found


def _one_fake(item: pytest.Item, credentials: tuple[str, str]) -> Iterator[Flipsnack]:
    fakes = fakes_of(item.session)
    recorder = fakes.recorder
    fake = fakes.make(credentials, item.nodeid).start()
    recorder.open(fake)
    fake.fake.observers.append(recorder)
    try:
        with fakes.time_of(fake):
            marks.apply(item, fake)
            yield fake
    finally:
        found = fake.stop()
        recorder.close(fake)
    if not recorder.body_passed:
        found = [finding for finding in fake.findings if finding not in recorder.shown]
    if found and fakes.flipping is None:  # answers that a flip has left over are no fault
        from pytest_flipsnack.fake.finding import failure

        raise failure("\n".join(found), pytest.fail.Exception, pytrace=False)
    fakes.warn_of_real_waits(fake)


def _credentials(config: pytest.Config) -> Credentials:
    from pytest_flipsnack.fake.account import API_KEY, SECRET, Credentials

    return Credentials(
        options.read_credential(config, "api_key", API_KEY),
        options.read_credential(config, "secret", SECRET),
    )


def plugin() -> ModuleType:
    """Return a plugin for one run of pytest.

    A module, because pytest 9.2 warns about session fixtures that are methods.
    """
    running: pytest.Item

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(item: pytest.Item) -> None:
        nonlocal running
        running = item

    @pytest.fixture(scope="session")
    def flipsnack_credentials() -> Credentials:
        """The `api_key` and the `secret` of the fake account; override for a client with its own."""
        return _credentials(running.config)

    @pytest.fixture(scope="session")
    def flipsnack_urls() -> Urls:
        """The `url` and the `upload_url` at which every test of the run finds its own fake."""
        from pytest_flipsnack.integration.urls import session_urls

        fakes_of(running.session)
        return session_urls(running.config)

    @pytest.fixture
    def flipsnack(flipsnack_credentials: tuple[str, str]) -> Iterator[Flipsnack]:
        """A fake Flipsnack for one test: stub its answers, look at its calls."""
        yield from _one_fake(running, flipsnack_credentials)

    made = ModuleType(NAME)
    vars(made).update(
        pytest_runtest_setup=pytest_runtest_setup,
        flipsnack_credentials=flipsnack_credentials,
        flipsnack_urls=flipsnack_urls,
        flipsnack=flipsnack,
    )
    return made

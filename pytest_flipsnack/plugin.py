"""The entry module: pytest's hooks and fixtures, implemented in the other packages.

pytest imports this module in every run of every project that has the plugin installed, so it
imports nothing heavy: `responses` and `jsonschema` come with the first test that uses the fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from pytest_flipsnack.integration import (
    configuration,
    contracts,
    demands,
    failures,
    fixtures,
    live,
    marks,
    older_reports,
    options,
    slow_tests,
)

if TYPE_CHECKING:
    from pytest_flipsnack.contract.suite.tester import Workbench
    from pytest_flipsnack.flipsnack import Flipsnack
    from pytest_flipsnack.live.live import Live
    from pytest_flipsnack.virtual_time.clock import VirtualClock


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    options.add_options(parser)
    # now, not in pytest_configure: a project's own plugins come later and override fixtures
    pluginmanager.register(fixtures.plugin(), fixtures.NAME)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    older_reports.discard_early(early_config)
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    for line in marks.MARKERS:
        config.addinivalue_line("markers", line)
    configuration.check_keys(config)
    configuration.use_catalogue(config)
    live.configure(config)
    config.stash[options.SETTINGS] = options.read_settings(config)
    demand = demands.read_demand(config)
    if demand is None:
        return
    from pytest_flipsnack.integration.left_out import LeftOut

    flips = None if config.option.collectonly else demands.read_flips(config)
    if flips is not None:
        from pytest_flipsnack.integration.flips import NAME

        config.pluginmanager.register(flips, NAME)
    left_out = LeftOut()
    config.pluginmanager.register(left_out, "flipsnack-left-out")
    if hasattr(config, "workerinput"):
        return
    from pytest_flipsnack.integration.gate import Gate

    targets, earlier = demands.read_targets(config), demands.read_earlier(config)
    older_reports.discard(config, targets)
    gate = Gate(config, demand, targets, left_out, earlier, flipped=flips.found if flips else None)
    config.pluginmanager.register(gate, "flipsnack-gate")


def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str
) -> list[pytest.Item] | None:
    left_out = isinstance(collector, pytest.Class) and contracts.is_left_out(collector.obj, name)
    return [] if left_out else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marks.parametrize(metafunc)
    contracts.parametrize(metafunc)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marks.request_fixture(items, config)
    contracts.arrange(config, items)
    live.arrange(config, items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    stats = terminalreporter.stats
    for line in failures.summary([*stats.get("failed", ()), *stats.get("error", ())]):
        terminalreporter.write_line(line)
    for line in slow_tests.summary(stats.get("", ())):
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture
def flipsnack_live(request: pytest.FixtureRequest) -> Live:
    """The real account, for a test that runs with `--flipsnack-live` only."""
    return live.of_test(request)


@pytest.fixture
def flipsnack_clock(flipsnack: Flipsnack) -> Iterator[VirtualClock]:
    """Virtual time for the whole test: sleeping moves a clock, `sleeps` has every sleep."""
    with flipsnack.clock as clock:
        yield clock


@pytest.fixture
def flipsnack_code() -> NoReturn:
    """The code of a test with the mark `flipsnack_codes`, which gives it one after the other."""
    pytest.fail(
        "flipsnack_code has no value: the test has no mark that gives it codes; write "
        "@pytest.mark.flipsnack_codes(...) above it, as in flipsnack_codes('permanent')",
        pytrace=False,
    )


@pytest.fixture
def flipsnack_text() -> str:
    """A text for a call of a contract, as a title; `test_text` gives others in its place."""
    return "Flipbook n\N{DEGREE SIGN} 1"


@pytest.fixture
def flipsnack_hash() -> str:
    """The hash of a collection, for a call of a contract; `test_hash` gives others in its place."""
    return "fxh4k89"


@pytest.fixture
def flipsnack_document(tmp_path: Path) -> Path:
    """The path of a small PDF with bytes that are no text, for a call that uploads."""
    from pytest_flipsnack.fake.documents import PDF

    document = tmp_path / "flipbook.pdf"
    document.write_bytes(PDF)
    return document


@pytest.fixture
def flipsnack_workbench(
    request: pytest.FixtureRequest, flipsnack: Flipsnack
) -> Iterator[Workbench]:
    """What the generated tests of a `ClientContract` work with."""
    yield from contracts.workbench(request, flipsnack)


@pytest.fixture(scope="session")
def flipsnack_context(
    request: pytest.FixtureRequest, flipsnack_credentials: tuple[str, str]
) -> Callable[[], AbstractContextManager[Flipsnack]]:
    """A maker of fakes for blocks inside a test, as Hypothesis needs them; hits are counted."""

    @contextmanager
    def make() -> Iterator[Flipsnack]:
        __tracebackhide__ = True
        fakes = fixtures.fakes_of(request.session)
        with fakes.make(flipsnack_credentials) as fake, fakes.time_of(fake):
            fakes.recorder.open(fake)
            finished = False
            try:
                yield fake
                finished = True
            finally:
                fakes.recorder.close(fake, finished=finished)
        fakes.warn_of_real_waits(fake)

    return make

"""Stub every Flipsnack status code, assert how a client handles it, report and gate coverage.

The names below are loaded on first use: pytest imports this package in every run of every
project that has it installed. PYTEST_DONT_REWRITE: there is no assertion here, and pytest would
warn where `-p pytest_flipsnack` follows `-p pytest_flipsnack.plugin`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from pytest_flipsnack.catalogue.actions import ActionName
    from pytest_flipsnack.catalogue.codes import Code, Handling
    from pytest_flipsnack.contract.retries import Retry, RetryMode, RetryRule
    from pytest_flipsnack.contract.suite.client_contract import ClientContract
    from pytest_flipsnack.contract.suite.declarations import PracticeName, call
    from pytest_flipsnack.fake.call import Call
    from pytest_flipsnack.fake.faults import FaultName
    from pytest_flipsnack.fake.settings import Settings, SettingValues
    from pytest_flipsnack.fake.uploads import File
    from pytest_flipsnack.flipsnack import Flipsnack
    from pytest_flipsnack.integration.fakes import LateRequestWarning, RealWaitWarning
    from pytest_flipsnack.integration.urls import session_urls
    from pytest_flipsnack.live.live import Live
    from pytest_flipsnack.live.recording import LiveReply
    from pytest_flipsnack.transports.session import Urls
    from pytest_flipsnack.virtual_time.clock import VirtualClock
    from pytest_flipsnack.virtual_time.process import Sleep
    from pytest_flipsnack.virtual_time.real_waits import RealWait

    __version__: str

__all__ = [
    "ActionName",
    "Call",
    "ClientContract",
    "Code",
    "FaultName",
    "File",
    "Flipsnack",
    "Handling",
    "LateRequestWarning",
    "Live",
    "LiveReply",
    "PracticeName",
    "RealWait",
    "RealWaitWarning",
    "Retry",
    "RetryMode",
    "RetryRule",
    "SettingValues",
    "Settings",
    "Sleep",
    "Urls",
    "VirtualClock",
    "call",
    "session_urls",
]

_HOMES = {
    "ActionName": "catalogue.actions",
    "Call": "fake.call",
    "ClientContract": "contract.suite.client_contract",
    "Code": "catalogue.codes",
    "FaultName": "fake.faults",
    "File": "fake.uploads",
    "Flipsnack": "flipsnack",
    "Handling": "catalogue.codes",
    "LateRequestWarning": "integration.fakes",
    "Live": "live.live",
    "LiveReply": "live.recording",
    "PracticeName": "contract.suite.declarations",
    "RealWait": "virtual_time.real_waits",
    "RealWaitWarning": "integration.fakes",
    "Retry": "contract.retries",
    "RetryMode": "contract.retries",
    "RetryRule": "contract.retries",
    "SettingValues": "fake.settings",
    "Settings": "fake.settings",
    "Sleep": "virtual_time.process",
    "Urls": "transports.session",
    "VirtualClock": "virtual_time.clock",
    "call": "contract.suite.declarations",
    "session_urls": "integration.urls",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("pytest-flipsnack")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    # `pytest_plugins` would do, but makes pytest read the metadata of all packages once more
    from pytest_flipsnack import plugin

    if not pluginmanager.is_registered(plugin):
        pluginmanager.register(plugin, plugin.__name__)

"""The command `pytest-flipsnack serve`: its arguments, and what a wrong one is answered."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pytest_flipsnack.catalogue.codes import code_of
from pytest_flipsnack.coverage.hits_file import HitsFile
from pytest_flipsnack.fake.account import API_KEY, SECRET
from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.fake.settings import Settings, read_setting, setting_names
from pytest_flipsnack.transports.server.addresses import ADDRESS, Address, AddressError
from pytest_flipsnack.transports.server.output import write_line
from pytest_flipsnack.transports.server.serve import CONNECTIONS, Place, serve
from pytest_flipsnack.transports.server.server import ServerMissingError

_PORTS = 65_535  # uploads get the port after the API's
_KEPT_CALLS = 1000  # a server may run for days


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `serve`."""
    add = parser.add_argument
    add("--host", default=ADDRESS, help="to listen on (%(default)s); in a container 0.0.0.0")
    add("--port", type=int, default=0, help="of the API; uploads get the next one; 0: free ones")
    add("--allow-host", action="append", default=[], metavar="NAME", help="of control requests")
    add("--connections", type=int, default=CONNECTIONS, help="most at once (%(default)s)")
    add("--api-key", default=API_KEY, help="that clients must send (%(default)s)")
    add("--secret", default=SECRET, help="to sign with (%(default)s)")
    add("--collection", action="append", default=[], metavar="HASH", help="seed one")
    add("--respond", action="append", type=int, default=[], metavar="CODE", help="queue an answer")
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the fake")
    add("--coverage", type=Path, metavar="PATH", help="keep the hits here, and all at the end")
    add("--quiet", action="store_true", help="no access log")


def run(given: argparse.Namespace) -> int:
    """Serve until a signal; return the exit status."""
    hits = HitsFile(given.coverage)
    try:
        place, settings = _place(given), _settings(given.set)
        for code in given.respond:
            code_of(code)
        serve(_Fakes(given, settings).make, hits, place, quiet=given.quiet)
    except AddressError as error:
        return _wrong(f"{error}; choose another with --port (uploads get the next one) or --host")
    except (ValueError, ServerMissingError) as error:
        return _wrong(str(error))
    except OSError as error:
        return _wrong(_unwritable(given.coverage, error))
    try:
        hits.finish()
    except OSError as error:
        write_line(hits.text().rstrip("\n"), "stdout")  # what was earned is not lost
        return _wrong(_unwritable(given.coverage, error))
    return 0


class _Fakes:
    """A fake for each test; the first has the answers of `--respond`."""

    def __init__(self, given: argparse.Namespace, settings: Settings) -> None:
        self._given = given
        self._settings = settings
        self._waiting = tuple(given.respond)

    def make(self) -> Fake:
        given = self._given
        fake = Fake(given.api_key, given.secret, self._settings, time.monotonic, keep=_KEPT_CALLS)
        for name in given.collection:
            fake.account.collections.add(name)
        if self._waiting:
            fake.respond(self._waiting, None, None, "--respond")
            self._waiting = ()
        return fake


def _place(given: argparse.Namespace) -> Place:
    if given.coverage is not None and given.coverage.is_dir():
        raise ValueError(f"--coverage: {given.coverage} is a directory; name a file")
    if not 0 <= given.port < _PORTS:
        raise ValueError(f"--port: {given.port} is not a port from 0 to {_PORTS - 1}")
    if given.connections < 1:
        raise ValueError(f"--connections: {given.connections} is not a number from 1")
    return Place(given.port, Address(given.host, given.allow_host), given.connections)


def _settings(given: Sequence[str]) -> Settings:
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"--set: {text!r} lacks a value; write NAME=VALUE")
        if name not in setting_names():
            raise ValueError(f"{name!r} is not a setting; settings: {', '.join(setting_names())}")
        found[name] = read_setting(name, value)
    return Settings(**found)


def _unwritable(path: Path, error: OSError) -> str:
    return f"--coverage: {path} cannot be written: {error.strerror}"


def _wrong(text: str) -> int:
    write_line(f"pytest-flipsnack: {text}")
    return 2

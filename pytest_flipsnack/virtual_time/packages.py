"""Other people's packages, one row each: what is known of code that is neither a client's nor ours."""

from __future__ import annotations

from enum import Flag, auto


class Kind(Flag):
    """What a package is, for those who look at a frame, a logger or an exception."""

    LIBRARY = auto()
    """Clients use it; nobody can blame a client for what it logs or raises."""
    FORWARDER = auto()
    """Logs what somebody else says."""
    HTTP = auto()
    """Its exceptions say well enough that a connection failed."""
    LISTENS = auto()
    """A thread in it waits for an answer, or for a person."""
    LOCKS = auto()
    """A thread in it waits for another thread, and for nothing else."""
    TIMED = auto()
    """Its waits have a timeout that virtual time knows."""
    ON_BEHALF = auto()
    """Its caller is the one who waits."""
    POOL = auto()
    """Its threads work for an event loop."""
    PROCESSES = auto()
    """A thread in it waits for another process."""
    SERVER = auto()
    """Its threads answer; they wake no client."""
    RUNNER = auto()
    """pytest, helpers of its plugins, debuggers: their threads wake no client."""


_LIBRARY, _HTTP = Kind.LIBRARY, Kind.HTTP
_NETWORK = Kind.HTTP | Kind.LISTENS
_CLIENTS = Kind.LIBRARY | _NETWORK
PACKAGES: dict[str, Kind] = {
    # HTTP
    "aiohttp": _CLIENTS,
    "h11": _LIBRARY,
    "h2": _LIBRARY,
    "hpack": _LIBRARY,
    "http": _NETWORK | Kind.SERVER,
    "httpcore": _CLIENTS,
    "httpx": _CLIENTS,
    "niquests": _LIBRARY,
    "requests": _CLIENTS,
    "urllib": _NETWORK,
    "urllib3": _CLIENTS,
    "urllib3_future": _LIBRARY,
    # what clients add to it
    "backoff": _LIBRARY,
    "cachecontrol": _LIBRARY,
    "charset_normalizer": _LIBRARY,
    "filelock": _LIBRARY,
    "hishel": _LIBRARY,
    "requests_cache": _LIBRARY,
    "stamina": _LIBRARY,
    "tenacity": _LIBRARY,
    # stubs and data of tests
    "faker": _LIBRARY,
    "requests_mock": _LIBRARY,
    "responses": _LIBRARY,
    "respx": _LIBRARY,
    # logs
    "loguru": Kind.FORWARDER,
    "structlog": Kind.FORWARDER,
    # loops, threads, processes
    "_thread_cache": Kind.LOCKS | Kind.POOL,
    "anyio": _LIBRARY | Kind.POOL,
    "asgiref": Kind.POOL,
    "asyncio": _CLIENTS,
    "concurrent": _LIBRARY | Kind.LOCKS | Kind.ON_BEHALF | Kind.POOL,
    "multiprocessing": Kind.PROCESSES,
    "queue": Kind.LOCKS | Kind.TIMED | Kind.ON_BEHALF,
    "selectors": Kind.LISTENS,
    "socket": _NETWORK,
    "ssl": _NETWORK,
    "subprocess": Kind.PROCESSES,
    "threading": Kind.LOCKS | Kind.TIMED | Kind.ON_BEHALF,
    "trio": _LIBRARY | Kind.LISTENS | Kind.POOL,
    # servers
    "socketserver": Kind.SERVER,
    "werkzeug": _LIBRARY | Kind.SERVER,
    # test runners and debuggers
    "_hypothesis_globals": Kind.RUNNER,
    "_pydevd_bundle": Kind.RUNNER,
    "_pytest": Kind.RUNNER | Kind.LISTENS,
    "bdb": Kind.LISTENS,
    "cmd": Kind.LISTENS,
    "coverage": Kind.RUNNER,
    "debugpy": Kind.RUNNER,
    "execnet": Kind.RUNNER,
    "hypothesis": _LIBRARY | Kind.RUNNER,
    "pdb": Kind.LISTENS,
    "pluggy": Kind.RUNNER,
    "pydevd": Kind.RUNNER,
    "pytest": _LIBRARY,
    "xdist": Kind.RUNNER,
}


def of_kind(kind: Kind) -> frozenset[str]:
    """Return the packages of a kind."""
    return frozenset(name for name, kinds in PACKAGES.items() if kind in kinds)

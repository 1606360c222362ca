"""What live tests need from the environment: credentials, and another address for tests of a team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pytest_flipsnack.catalogue.action import API_HOST, BASE_PATH, UPLOAD_HOST

API_KEY, SECRET = "FLIPSNACK_API_KEY", "FLIPSNACK_SECRET"
URL, UPLOAD_URL = "FLIPSNACK_LIVE_URL", "FLIPSNACK_LIVE_UPLOAD_URL"


@dataclass(frozen=True, slots=True)
class Account:
    """An account, and the base URLs at which it is asked, by the documented host."""

    api_key: str = field(repr=False)
    secret: str = field(repr=False)
    urls: Mapping[str, str]


def read(environ: Mapping[str, str]) -> Account:
    """Return the account that the environment names.

    Raises `ValueError` for a credential that is missing or an address that is none.
    """
    missing = [name for name in (API_KEY, SECRET) if not environ.get(name)]
    if missing:
        raise ValueError(
            f"it needs the credentials of an account, and {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not set in the environment"
        )
    urls = {
        API_HOST: f"https://{API_HOST}{BASE_PATH}",
        UPLOAD_HOST: f"https://{UPLOAD_HOST}{BASE_PATH}",
    }
    for host, name in ((API_HOST, URL), (UPLOAD_HOST, UPLOAD_URL)):
        if given := environ.get(name):
            urls[host] = _url(name, given)
    if bool(environ.get(URL)) != bool(environ.get(UPLOAD_URL)):
        given, other = (URL, UPLOAD_URL) if environ.get(URL) else (UPLOAD_URL, URL)
        raise ValueError(
            f"{given} is set and {other} is not, so that a part of the requests would go to the real "
            "Flipsnack; set both, or none"
        )
    return Account(environ[API_KEY], environ[SECRET], urls)


def _url(name: str, given: str) -> str:
    try:
        parts = urlsplit(given)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query
        right = whole and parts.path.rstrip("/").endswith(BASE_PATH)
        _ = parts.port
    except ValueError:
        right = False
    if not right:
        raise ValueError(
            f"{name}: {given!r} is not a base URL, which ends in {BASE_PATH}, as in "
            f"https://{API_HOST}{BASE_PATH}"
        )
    return given.rstrip("/")

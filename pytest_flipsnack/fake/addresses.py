"""Whose a URL is: a call of the API, something else of the vendor's, or anybody's."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pytest_flipsnack.catalogue.action import API_HOST, BASE_PATH, UPLOAD_HOST
from pytest_flipsnack.fake.finding import Finding

DOMAIN = "flipsnack.com"
FLIPSNACK_URL = re.compile(rf"https?://([\w.-]+\.)?{re.escape(DOMAIN)}(?=[:/?#]|$)", re.IGNORECASE)
"""Matches every URL of Flipsnack's own domain; none of them is ever sent out."""
_CALL = re.compile(
    rf"(?i:https?://(?:{re.escape(API_HOST)}|{re.escape(UPLOAD_HOST)}))(?::\d*)?"
    rf"{BASE_PATH}/?(?=[?#]|$)"
)

_VERSION = re.compile(rf"/v(?!{re.escape(BASE_PATH[2:])}(?:/|$))\d")


def is_call(url: str) -> bool:
    """Return whether a URL has a documented host and path of the API."""
    return _CALL.match(url) is not None


def is_meant_as_call(url: str) -> bool:
    """Return whether a URL of a documented host is a slip of who meant to call the API.

    It names an action, or has more behind the documented path; no other version of the API does.
    """
    parts = urlsplit(url)
    if parts.hostname not in {API_HOST, UPLOAD_HOST} or _VERSION.match(parts.path):
        return False
    return parts.path.startswith(f"{BASE_PATH}/") or "action=" in parts.query


def is_of_the_domain(host: str) -> bool:
    """Return whether a host, in lower case, is of Flipsnack's own domain."""
    return host == DOMAIN or host.endswith(f".{DOMAIN}")


def stopped(what: str) -> Finding:
    """Return the finding on a request to Flipsnack's domain that is no call of the API."""
    return Finding(
        f"{what} is no call of the API, and was stopped",
        (
            (
                "allowed",
                f"https://{API_HOST}{BASE_PATH} and https://{UPLOAD_HOST}{BASE_PATH} are the "
                f"fake's; nothing else of {DOMAIN} is reached while a test uses it",
            ),
            (
                "way out",
                "stub this URL in the test; where the client meant to call the API, "
                "let it use one of these two",
            ),
        ),
    )

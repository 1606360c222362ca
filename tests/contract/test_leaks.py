"""Where a secret is found, and whose error or log line it is."""

from __future__ import annotations

import logging
import urllib.request
from collections.abc import Callable

import pytest
import requests

from pytest_flipsnack.contract.leaks import LogWatch, is_library, leaks, own_packages


class ClientError(Exception):
    pass


SECRETS = [("secret", "s3cr3t-value"), ("signature", "0123abcd"), ("signature", "")]


def test_a_clients_error_and_log_are_searched() -> None:
    found = leaks(ClientError("signed with s3cr3t-value"), ["acme: sent 0123abcd"], SECRETS)
    assert found == [
        "the error shows the secret: ClientError: signed with ***",
        "the signature was logged by acme: sent ***",
    ]


def test_a_librarys_own_error_is_not_held_against_the_client() -> None:
    assert leaks(requests.ConnectionError("/v1/?signature=0123abcd"), [], SECRETS) == []
    assert leaks(raised(lambda: urllib.request.urlopen("0123abcd", timeout=1)), [], SECRETS) == []
    assert leaks(raised(lambda: fail_with("0123abcd")), [], SECRETS) == []
    assert leaks(None, [], SECRETS) == []


def raised(act: Callable[[], object]) -> Exception:
    """Return what an act raises."""
    try:
        act()
    except Exception as error:
        return error
    raise LookupError("it raised nothing")


def fail_with(text: str) -> None:
    raise AssertionError(text)


def shout(text: str) -> None:
    raise RuntimeError(text)


def noted(text: str) -> None:
    error = ClientError("no")
    error.add_note(text)
    raise error


def caused(text: str) -> None:
    raise ClientError("no") from ValueError(text)


def in_passing(text: str) -> None:
    try:
        shout(text)
    except RuntimeError:
        raise ClientError("no")  # noqa: B904 - Python prints both


@pytest.mark.parametrize(
    ("act", "name"),
    [
        (shout, "RuntimeError"),
        (noted, "ClientError"),
        (caused, "ValueError"),
        (in_passing, "RuntimeError"),
    ],
)
def test_a_secret_is_found_wherever_the_clients_error_shows_it(
    act: Callable[[str], None], name: str
) -> None:
    error = raised(lambda: act("signed with s3cr3t-value"))

    assert leaks(error, [], SECRETS) == [f"the error shows the secret: {name}: signed with ***"]


def test_what_is_hidden_by_from_none_is_not_shown() -> None:
    def hide() -> None:
        try:
            shout("s3cr3t-value")
        except RuntimeError:
            raise ClientError("no") from None

    assert leaks(raised(hide), [], SECRETS) == []


def test_other_handlers_see_what_they_saw_before() -> None:
    seen: list[str] = []

    class Other(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    root, other, chatty = logging.getLogger(), Other(), logging.getLogger("acme.chatty")
    level = root.level
    root.addHandler(other)
    root.setLevel(logging.WARNING)
    chatty.setLevel(logging.DEBUG)
    try:
        watch = LogWatch().start()
        logging.getLogger("httpx").info("GET /v1/?signature=0123abcd")
        logging.getLogger("acme.http").debug("quiet")
        root.info("quiet as well")
        logging.getLogger("acme.http").warning("loud")
        chatty.debug("asked to be loud")
        watch.stop()
        logging.getLogger("acme.http").debug("after")
    finally:
        chatty.setLevel(logging.NOTSET)
        root.removeHandler(other)
        root.setLevel(level)

    assert seen == ["loud", "asked to be loud"]
    assert other.filters == []
    assert watch.lines == [
        "acme.http: quiet", "root: quiet as well", "acme.http: loud", "acme.chatty: asked to be loud",
    ]  # fmt: skip


def test_what_a_client_logs_is_kept_and_what_its_library_logs_is_not() -> None:
    root, level = logging.getLogger(), logging.getLogger().level
    watch = LogWatch().start()
    logging.getLogger("acme.http").debug("asked %s", "politely")
    watch.emit(logging.LogRecord("acme", logging.INFO, "", 0, "%d", ("no number",), None))
    logging.getLogger("urllib3.connectionpool").debug("GET /v1/?signature=0123abcd")
    watch.stop()
    logging.getLogger("acme").warning("too late")
    assert watch.lines == ["acme.http: asked politely", "acme: %d"]
    assert watch not in root.handlers
    assert root.level == level


def test_what_a_client_logs_beside_the_message_is_kept_too() -> None:
    watch = LogWatch().start()
    log = logging.getLogger("acme.http")
    log.warning("refused", extra={"sent": "signature=0123abcd"})
    try:
        caused("s3cr3t-value")
    except ClientError:
        log.exception("failed")
    log.error("no answer", exc_info=requests.ConnectionError("/v1/?signature=0123abcd"))
    watch.stop()

    assert watch.lines == [
        "acme.http: refused signature=0123abcd",
        "acme.http: failed no ClientError('no') s3cr3t-value ValueError('s3cr3t-value')",
        "acme.http: no answer",
    ]


@pytest.mark.parametrize(
    ("package", "path", "own", "library"),
    [
        ("httpx", "", (), True),
        ("httpx", "", ("httpx",), False),
        ("pluggy", "", (), True),
        ("pluggy", "", ("pluggy",), False),
        ("tests", "", (), False),
        ("myclient", "/venv/lib/python3.11/site-packages/helper/retry.py", (), True),
        ("myclient", "/venv/lib/python3.11/site-packages/helper/retry.py", ("helper",), False),
        ("myclient", "/venv/lib/python3.11/site-packages/structlog/stdlib.py", (), False),
        ("myclient", "/home/me/src/acme.py", (), False),
    ],
)
def test_what_is_installed_is_a_library_but_for_the_client(
    package: str, path: str, own: tuple[str, ...], library: bool
) -> None:
    assert is_library(package, own, path) is library


def test_the_clients_packages_are_those_of_what_it_raises_and_is_given() -> None:
    client = requests.Session()
    assert own_packages((ClientError, None), client, 3) == {"tests", "builtins"}

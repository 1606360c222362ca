"""What a client prints is looked at while a call is made, and reaches its stream all the same."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from pytest_flipsnack.contract.leaks import PrintWatch, leaks
from pytest_flipsnack.fake.account import Credentials

SECRET = "test-secret-8b1e4a06"


def test_what_is_printed_is_kept_and_handed_on(capsys: pytest.CaptureFixture[str]) -> None:
    watch = PrintWatch()
    watch.start()
    print("one")
    print("two", file=sys.stderr)
    assert sys.stdout.writable()
    watch.stop()
    print("three")

    assert [line for line in watch.lines if line.strip()] == ["one", "two"]
    assert capsys.readouterr() == ("one\nthree\n", "two\n")


def test_a_stream_that_somebody_has_replaced_since_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = PrintWatch()
    watch.start()
    ours: Any = sys.stdout
    other: Any = sys.__stdout__
    sys.stdout = other
    watch.stop()
    left = sys.stdout
    monkeypatch.setattr(sys, "stdout", ours._stream)

    assert left is other


def test_a_secret_that_is_printed_is_a_leak() -> None:
    found = leaks(None, [], [("secret", SECRET)], printed=["signing with", f" {SECRET}\n"])

    assert found == ["the secret was printed: ***"]


def test_the_text_of_credentials_shows_neither() -> None:
    given = Credentials("key", SECRET)

    assert (given.api_key, given.secret) == ("key", SECRET)
    assert repr(given) == "Credentials(api_key='***', secret='***')"

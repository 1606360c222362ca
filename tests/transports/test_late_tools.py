"""Stubbing tools that a test imports only in its body, also before anybody has imported httpx."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import respx

from pytest_flipsnack.flipsnack import Flipsnack
from tests.downstream import Project
from tests.transports.right_client import API, signed

HEAD = """
import hashlib
import requests

URL = "https://api.flipsnack.com/v1/"
OTHER = "https://other.test/"


def signed(flipsnack):
    params = {"action": "user.getStats", "apiKey": flipsnack.api_key}
    text = flipsnack.secret + "".join(name + params[name] for name in sorted(params))
    return {**params, "signature": hashlib.md5(text.encode()).hexdigest()}


"""
BODIES = {
    "httpx": """
    import httpx
    assert httpx.get(URL, params=signed(flipsnack)).json()["code"] == 31
""",
    "requests-mock": """
    import requests_mock
    with requests_mock.Mocker() as theirs:
        theirs.get(OTHER, text="theirs")
        assert requests.get(OTHER, timeout=5).text == "theirs"
        assert requests.get(URL, params=signed(flipsnack), timeout=5).json()["code"] == 31
""",
    "respx": """
    import respx
    import httpx
    with respx.mock as theirs:
        theirs.get(OTHER).respond(text="theirs")
        assert httpx.get(OTHER).text == "theirs"
        assert httpx.get(URL, params=signed(flipsnack)).json()["code"] == 31
""",
    "respx-using-httpx": """
    import respx
    import httpx
    with respx.mock(using="httpx") as theirs:
        theirs.get(OTHER).respond(text="theirs")
        assert httpx.get(OTHER).text == "theirs"
        assert httpx.get(URL, params=signed(flipsnack)).json()["code"] == 31
""",
    "pytest-httpx": """
    import pytest_httpx
    import httpx
    monkeypatch = pytest.MonkeyPatch()
    with monkeypatch.context():
        theirs = pytest_httpx.HTTPXMock(pytest_httpx._options._HTTPXMockOptions())
        monkeypatch.setattr(
            httpx.HTTPTransport, "handle_request",
            lambda this, request: theirs._handle_request(this, request),
        )
        theirs.add_response(url=OTHER, text="theirs")
        assert httpx.get(OTHER).text == "theirs"
        assert httpx.get(URL, params=signed(flipsnack)).json()["code"] == 31
        monkeypatch.undo()
""",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_tool_that_is_first_imported_in_a_test_leaves_the_api_to_the_fake(
    project: Project, body: str
) -> None:
    """In a process of its own: the tests of this one have imported all of them."""
    project.write("conftest.py", "")
    head = f"import pytest\n{HEAD}def test_it(flipsnack):\n    flipsnack.respond(31)\n"
    path = project.write("test_acme.py", f"{head}{body.lstrip(chr(10))}")

    run = (sys.executable, "-m", "pytest", "-q", "-p", "pytest_flipsnack", str(path))
    done = subprocess.run(run, cwd=Path(project.path), capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("assert_all_mocked", [True, False])
def test_a_call_that_respx_does_not_know_is_ours_and_no_other(assert_all_mocked: bool) -> None:
    with (
        Flipsnack() as fake,
        respx.mock(using="httpx", assert_all_mocked=assert_all_mocked) as theirs,
    ):
        theirs.get("https://other.test/").respond(text="theirs")

        assert httpx.get(API, params=signed(fake), timeout=5).json()["code"] == 20
        assert httpx.get("https://other.test/").text == "theirs"
        if assert_all_mocked:
            with pytest.raises(AssertionError, match="not mocked!"):
                httpx.get("https://unknown.test/")
        else:
            assert httpx.get("https://unknown.test/").text == ""


def test_a_route_of_respx_for_the_api_answers_first() -> None:
    with Flipsnack() as fake, respx.mock(using="httpx") as theirs:
        theirs.get(API).respond(json={"code": 77})

        assert httpx.get(API, params=signed(fake), timeout=5).json()["code"] == 77
        assert fake.calls == []


def test_respx_is_left_alone_after_the_fake() -> None:
    with Flipsnack():
        pass

    with respx.mock(using="httpx"), pytest.raises(AssertionError, match="not mocked!"):
        httpx.get(API)


async def ask_async(fake: Flipsnack) -> int:
    async with httpx.AsyncClient() as client:
        answer = await client.get(API, params=signed(fake), timeout=5)
    code: int = answer.json()["code"]
    return code


def test_an_async_client_inside_respx_reaches_the_fake() -> None:
    import asyncio

    with Flipsnack() as fake, respx.mock(using="httpx"):
        assert asyncio.run(ask_async(fake)) == 20


def test_a_tool_of_a_version_that_works_otherwise_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pytest_httpx

    monkeypatch.delattr(pytest_httpx, "HTTPXMock")

    with Flipsnack() as fake:
        assert httpx.get(API, params=signed(fake), timeout=5).json()["code"] == 20

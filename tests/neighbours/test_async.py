"""Async tests: pytest-asyncio in both modes, and anyio's plugin on both backends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.downstream import Project

Run = Callable[..., pytest.RunResult]
Delivered = Callable[[], dict[int, int]]

BODY = """
import hashlib
import httpx

async def ask(flipsnack):
    params = {"action": "user.getStats", "apiKey": flipsnack.api_key}
    text = flipsnack.secret + "".join(name + params[name] for name in sorted(params))
    params["signature"] = hashlib.md5(text.encode()).hexdigest()
    async with httpx.AsyncClient() as client:
        return (await client.get("https://api.flipsnack.com/v1/", params=params)).json()["code"]
"""
TEST = """
{before}async def test_stubbed(flipsnack):
    flipsnack.respond(31, 20)
    assert [await ask(flipsnack), await ask(flipsnack)] == [31, 20]

{before}@pytest.mark.flipsnack(41)
async def test_marked(flipsnack):
    assert await ask(flipsnack) == 41

{before}async def test_undelivered(flipsnack):
    flipsnack.respond(50)
"""


@pytest.fixture(autouse=True)
def _loop_scope(project: Project) -> None:
    project.ini("asyncio_default_fixture_loop_scope = function")


def write(project: Project, before: str = "") -> None:
    project.write("test_acme.py", "import pytest\n" + BODY + TEST.format(before=before))


@pytest.mark.parametrize(("mode", "before"), [("strict", "@pytest.mark.asyncio\n"), ("auto", "")])
def test_pytest_asyncio_in_either_mode(
    project: Project, run: Run, delivered: Delivered, mode: str, before: str
) -> None:
    write(project, before)

    result = run("-p", "pytest_asyncio.plugin", f"--asyncio-mode={mode}")

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["a declared answer was never delivered"])
    assert delivered() == {20: 1, 31: 1, 41: 1}


def test_pytest_asyncio_with_an_async_client_fixture(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.write(
        "test_acme.py",
        "import pytest, pytest_asyncio\n"
        + BODY
        + """
@pytest_asyncio.fixture
async def client(flipsnack):
    yield lambda: ask(flipsnack)
    assert await ask(flipsnack) == 20

@pytest.mark.asyncio
@pytest.mark.flipsnack(22)
async def test_one(client):
    assert await client() == 22
""",
    )

    result = run("-p", "pytest_asyncio.plugin")

    result.assert_outcomes(passed=1)
    assert delivered() == {20: 1, 22: 1}


def test_anyio_on_asyncio_and_trio(project: Project, run: Run, delivered: Delivered) -> None:
    write(project, "@pytest.mark.anyio\n")

    result = run("-p", "anyio")

    result.assert_outcomes(passed=6, errors=2)
    assert delivered() == {20: 2, 31: 2, 41: 2}


def test_expect_in_an_async_test_takes_no_real_time(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.write(
        "test_acme.py",
        "import asyncio, pytest\n"
        + BODY
        + """
@pytest.mark.asyncio
async def test_retry(flipsnack):
    with flipsnack.expect(50, 20):
        while await ask(flipsnack) != 20:
            await asyncio.sleep(600)
""",
    )

    result = run("-p", "pytest_asyncio.plugin", "-p", "pytest_timeout", "--timeout=30")

    result.assert_outcomes(passed=1)
    assert delivered() == {20: 1, 50: 1}

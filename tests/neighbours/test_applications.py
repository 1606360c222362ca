"""Applications around a client, through the test clients of their frameworks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.downstream import Project

Run = Callable[..., pytest.RunResult]
Delivered = Callable[[], dict[int, int]]

PATIENT = """
import time

def patient(client):
    for _ in range(3):
        code = client.try_to_ask()
        if code != 50:
            break
        time.sleep(60)
    return code
"""
STARLETTE = """
import anyio.to_thread
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

@pytest.fixture
def web(client):
    def answer(code):
        return JSONResponse({"flipsnack": code}, 200 if code == 20 else 502)

    def plain(request):  # Starlette runs it in a thread
        return answer(patient(client))

    async def asynchronous(request):
        return answer(await anyio.to_thread.run_sync(patient, client))

    def bare(request):
        return answer(client.ask())

    ways = (plain, asynchronous, bare)
    with TestClient(Starlette(routes=[Route(f"/{way.__name__}", way) for way in ways])) as web:
        yield web

@pytest.mark.parametrize("path", ["/plain", "/asynchronous"])
def test_page(flipsnack, web, path):
    with flipsnack.expect(41, returns=lambda answer: answer.status_code == 502) as seen:
        seen.value = web.get(path)
    with flipsnack.expect(50) as seen:
        seen.value = web.get(path)
    assert seen.value.json() == {"flipsnack": 20}

def test_an_error_that_no_page_catches(flipsnack, web):
    with flipsnack.expect(42, raises=acme.FlipsnackError):
        web.get("/bare")
"""
CLICK = """
import click
from click.testing import CliRunner

def test_command(flipsnack, client):
    @click.command()
    def command():
        code = patient(client)
        if code != 20:
            raise click.ClickException(f"Flipsnack answered {code}")

    with flipsnack.expect(43, returns=lambda result: result.exit_code == 1) as seen:
        seen.value = CliRunner().invoke(command)
    with flipsnack.expect(50) as seen:
        seen.value = CliRunner().invoke(command)
    assert seen.value.exit_code == 0
"""


def test_a_page_of_starlette_is_judged_through_its_test_client(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.test(PATIENT + STARLETTE)

    result = run("-W", "default")  # Starlette warns of httpx

    result.assert_outcomes(passed=3, warnings=result.parseoutcomes().get("warnings", 0))
    assert delivered() == {20: 2, 41: 2, 42: 1, 50: 2}


def test_a_command_of_click_is_judged_through_its_runner(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.test(PATIENT + CLICK)

    result = run()

    result.assert_outcomes(passed=1)
    assert delivered() == {20: 1, 43: 1, 50: 1}

"""Answers of a web application and outputs of a command carry the code that they tell."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import click
import httpx
import pytest
import requests
import starlette.responses
import werkzeug.test
import werkzeug.wrappers
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.routing import Route

from pytest_flipsnack import Flipsnack
from pytest_flipsnack.contract.carried_code import carries
from tests.contract.faulty_client import Client, FlipsnackError
from tests.downstream import Project
from tests.transports.asking import API, signed


def code_of(flipsnack: Flipsnack) -> int:
    code: int = httpx.get(API, params=signed(flipsnack), timeout=5).json()["code"]
    return code


def of_httpx(code: int) -> object:
    return httpx.Response(502, json={"flipsnack": code})


def of_requests(code: int) -> object:
    answer = requests.Response()
    answer.status_code, answer._content = 502, f"error {code}".encode()
    return answer


def of_starlette(code: int) -> object:
    return starlette.responses.JSONResponse({"flipsnack": code}, 502)


def of_an_application(code: int) -> object:
    async def page(request: object) -> object:
        return of_starlette(code)

    async def get() -> object:
        application = httpx.ASGITransport(Starlette(routes=[Route("/", page)]))
        async with httpx.AsyncClient(transport=application) as client:
            return await client.get("http://acme.test/")

    return asyncio.run(get())


def of_werkzeug(code: int) -> object:
    page = werkzeug.wrappers.Response(f"error {code}", 502)
    return werkzeug.test.Client(page).get("/")


def of_a_command(code: int) -> object:
    @click.command()
    def command() -> None:
        click.echo(f"flipsnack: error {code}", err=True)
        raise SystemExit(3)

    return CliRunner().invoke(command)


def of_a_process(code: int) -> object:
    script = f"print('error', {code}); raise SystemExit(3)"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)


MADE: list[Callable[[int], object]] = [
    of_httpx,
    of_requests,
    of_starlette,
    of_an_application,
    of_werkzeug,
    of_a_command,
    of_a_process,
]


@pytest.mark.parametrize("made", MADE)
def test_a_body_or_an_output_carries_the_code_that_it_tells(made: Callable[[int], object]) -> None:
    assert carries(made(41), 41)
    assert not carries(made(41), 42)


class Odd:
    """Holds nothing that can be read, and makes up what it is asked for."""

    @property
    def text(self) -> str:
        raise ValueError("the body was not read")

    def output(self) -> str:
        return "41"

    def __getattr__(self, name: str) -> Any:
        return "41"


def test_what_cannot_be_read_or_is_made_up_tells_nothing() -> None:
    assert not carries(Odd(), 41)


@pytest.mark.parametrize("made", MADE)
def test_what_the_tests_own_function_accepts_is_accepted(
    flipsnack: Flipsnack, made: Callable[[int], object]
) -> None:
    with flipsnack.expect(41, returns=lambda answer: carries(answer, 41)) as seen:
        seen.value = made(code_of(flipsnack))


def test_a_value_without_the_code_that_was_accepted_passes(flipsnack: Flipsnack) -> None:
    with flipsnack.expect(41, returns=lambda answer: answer.status_code == 502) as seen:
        code_of(flipsnack)
        seen.value = httpx.Response(502, text="try again later")


def test_a_result_that_is_kept_of_a_client_that_recovers_need_not_carry_a_code(
    flipsnack: Flipsnack,
) -> None:
    with flipsnack.expect(50) as seen:
        seen.value = Client(flipsnack).call()


def test_a_value_that_was_not_accepted_is_still_a_finding(flipsnack: Flipsnack) -> None:
    with pytest.raises(AssertionError, match="the client returned <Response"):
        with flipsnack.expect(41, returns=lambda answer: answer.status_code == 502) as seen:
            seen.value = httpx.Response(200, json={"flipsnack": code_of(flipsnack)})


def test_an_error_that_does_not_carry_the_code_names_the_way_out(flipsnack: Flipsnack) -> None:
    with pytest.raises(AssertionError) as caught:
        with flipsnack.expect(41, raises=FlipsnackError):
            Client(flipsnack, tells=False).call()
    assert str(caught.value).splitlines() == [
        "FlipsnackError('refused') does not carry the code 41",
        "    allowed: 41 in an attribute or in the text (41 Invalid credentials)",
        "    seen:    t=0.0 s 41",
        "    way out: where it need not, write expect(41, ..., tells_code=False)",
    ]


CONTRACT = """
import httpx
from pytest_flipsnack import ClientContract, call


class TestAcme(ClientContract):
    def failed(self, outcome):
        return outcome.status_code != 200

    @call("user.getStats")
    def stats(self, client):
        try:
            return httpx.Response(200, json=client.ask())
        except acme.FlipsnackError as error:
            return httpx.Response(502, json={"flipsnack": BODY})
"""


@pytest.mark.parametrize(("body", "failed"), [("error.code", 0), ("'sorry'", 1)])
def test_a_contract_reads_the_body_of_an_answer(project: Project, body: str, failed: int) -> None:
    project.test(CONTRACT.replace("BODY", body))
    result = project.run("-k", "test_code and 41")
    assert result.parseoutcomes().get("failed", 0) == failed
    assert result.ret == failed

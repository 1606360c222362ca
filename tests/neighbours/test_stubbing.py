"""Other stubbing tools, through their own fixtures and decorators, and Hypothesis."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.downstream import Project

Run = Callable[..., pytest.RunResult]
Delivered = Callable[[], dict[int, int]]

IMPORTS = """
import hashlib, httpx, requests, responses

OTHER = "https://api.example.org/"

def ask(flipsnack, get=httpx.get):
    params = {"action": "user.getStats", "apiKey": flipsnack.api_key}
    text = flipsnack.secret + "".join(name + params[name] for name in sorted(params))
    params["signature"] = hashlib.md5(text.encode()).hexdigest()
    return get("https://api.flipsnack.com/v1/", params=params, timeout=5).json()["code"]
"""
REQUESTS_MOCK = """
@pytest.mark.parametrize("round", [1, 2])
def test_requests_mock(flipsnack, requests_mock, round):
    requests_mock.get(OTHER, text="theirs")
    flipsnack.respond(41)
    assert requests.get(OTHER, timeout=5).text == "theirs"
    assert ask(flipsnack, requests.get) == 41

def test_requests_mock_set_up_first(requests_mock, flipsnack):
    requests_mock.get(OTHER, text="theirs")
    assert requests.get(OTHER, timeout=5).text == "theirs"
    assert ask(flipsnack, requests.get) == 20
"""
RESPONSES = """
@responses.activate
def test_responses(flipsnack):
    responses.get(OTHER, body="theirs")
    flipsnack.respond(42)
    assert requests.get(OTHER, timeout=5).text == "theirs"
    assert ask(flipsnack, requests.get) == 42
"""
PYTEST_HTTPX = """
def test_pytest_httpx(flipsnack, httpx_mock):
    httpx_mock.add_response(url=OTHER, text="theirs")
    flipsnack.respond(43)
    assert httpx.get(OTHER).text == "theirs"
    assert ask(flipsnack) == 43

def test_pytest_httpx_set_up_first(httpx_mock, flipsnack):
    httpx_mock.add_response(url=OTHER, text="theirs")
    assert httpx.get(OTHER).text == "theirs"
    assert ask(flipsnack) == 20
"""
RESPX = """
def test_respx(flipsnack, respx_mock):
    respx_mock.get(OTHER).respond(text="theirs")
    flipsnack.respond(44)
    assert httpx.get(OTHER).text == "theirs"
    assert ask(flipsnack) == 44
"""
AIORESPONSES = """
import aiohttp, asyncio, json
from aioresponses import aioresponses

class Aiohttp:
    def __init__(self, url, params, timeout):
        self.text = asyncio.run(self.get(url, params))

    async def get(self, url, params):
        async with aiohttp.ClientSession() as session, session.get(url, params=params) as answer:
            return await answer.text()

    def json(self):
        return json.loads(self.text)

PASSED_ON = ["https://api.flipsnack.com", "https://upload.flipsnack.com", "http://127.0.0.1"]

@pytest.mark.parametrize("order", ["inside", "around"])
def test_aioresponses(flipsnack_context, order):
    theirs = aioresponses(passthrough=PASSED_ON)
    both = (flipsnack_context(), theirs) if order == "inside" else (theirs, flipsnack_context())
    with both[0] as first, both[1] as second:
        flipsnack = first if order == "inside" else second
        theirs.get(OTHER, exception=ValueError("theirs"))
        flipsnack.respond(38)
        with pytest.raises(ValueError, match="theirs"):
            Aiohttp(OTHER, {}, 5)
        assert ask(flipsnack, Aiohttp) == 38
        flipsnack.allow(30)
        assert Aiohttp(flipsnack.url, {}, 5).json()["code"] == 30

def test_aioresponses_that_passes_nothing_on(flipsnack):
    with aioresponses(), pytest.raises(aiohttp.ClientConnectionError, match="Connection refused"):
        ask(flipsnack, Aiohttp)
    assert flipsnack.calls == []
"""
HYPOTHESIS = """
from hypothesis import given, settings, strategies

@settings(max_examples=5, database=None, derandomize=True, deadline=None)
@given(code=strategies.sampled_from([45, 46]))
def test_property(flipsnack_context, code):
    with flipsnack_context() as flipsnack:
        flipsnack.respond(code)
        assert ask(flipsnack) == code
"""
PLUGINS = {
    "requests-mock": ("requests_mock.contrib._pytest_plugin", REQUESTS_MOCK, 3, {20: 1, 41: 2}),
    "responses": ("no:nothing", RESPONSES, 1, {42: 1}),
    "pytest-httpx": ("pytest_httpx", PYTEST_HTTPX, 2, {20: 1, 43: 1}),
    "respx": ("respx.plugin", RESPX, 1, {44: 1}),
    "aioresponses": ("no:nothing", AIORESPONSES, 3, {30: 2, 38: 2}),
}


@pytest.mark.parametrize("name", PLUGINS)
def test_each_answers_its_own(project: Project, run: Run, delivered: Delivered, name: str) -> None:
    plugin, source, tests, hits = PLUGINS[name]
    project.test(IMPORTS + source)

    result = run("-p", plugin)

    result.assert_outcomes(passed=tests)
    assert delivered() == hits


def test_a_property_has_a_fake_for_each_example(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.test(IMPORTS + HYPOTHESIS)

    result = run("-p", "_hypothesis_pytestplugin")

    result.assert_outcomes(passed=1)
    assert set(delivered()) == {45, 46}
    assert sum(delivered().values()) >= 2


def test_all_live_together_in_one_environment(
    project: Project, delivered: Delivered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loaded by their entry points, as they are where somebody has installed them all."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    project.ini("asyncio_default_fixture_loop_scope = function")
    sources = [source for _, source, _, _ in PLUGINS.values()]
    asynchronous = """
@pytest.mark.asyncio
async def test_asyncio(flipsnack):
    assert ask(flipsnack) == 20

@pytest.mark.anyio
async def test_anyio(flipsnack):
    assert ask(flipsnack) == 20
"""
    project.test(IMPORTS + "".join(sources) + HYPOTHESIS + asynchronous)

    result = project.run_apart(
        "--flipsnack-report=json",
        "--cov=acme",
        "--reruns=1",
        "--timeout=60",
        "-n1",
        "-Werror",
    )

    result.assert_outcomes(passed=14)
    assert {code: count for code, count in delivered().items() if code < 45} == {
        20: 5,
        30: 2,
        38: 2,
        41: 2,
        42: 1,
        43: 1,
        44: 1,
    }

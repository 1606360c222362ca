"""Suites of generated tests, each with a twin that imports the same and tests nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_TOP = """\
import requests
import responses
{imports}
URL = "https://api.flipsnack.com/v1/"
PARAMS = {params!r}
BODY = {{"code": 31, "status": "Requests per second limit exceeded"}}
"""
_REQUESTS = "requests.get(URL, params=PARAMS, timeout=5)"
_HTTPX = "CLIENT.get(URL, params=PARAMS)"


@dataclass(frozen=True, slots=True)
class Suite:
    """A test that stubs 31, asks once and looks; `plugin` is what pytest must load for it."""

    argument: str
    stub: str
    ask: str = _REQUESTS
    imports: str = ""
    plugin: str = ""

    def write(self, folder: Path, tests: int) -> Path:
        """Write a module of this many tests."""
        body = f"    {self.stub}\n    assert {self.ask}.json()['code'] == 31\n"
        return self._write(folder, self.argument, tests, self.argument, body)

    def write_twin(self, folder: Path, tests: int) -> Path:
        """Write a module of as many empty tests."""
        return self._write(folder, f"{self.argument}_empty", tests, "", "    pass\n")

    @property
    def flags(self) -> list[str]:
        """What pytest is started with."""
        return ["-p", self.plugin] if self.plugin else []

    def _write(self, folder: Path, name: str, tests: int, argument: str, body: str) -> Path:
        top = _TOP.format(imports=self.imports, params=signed_params())
        made = [f"\ndef test_{number}({argument}):\n{body}" for number in range(tests)]
        path = folder / f"test_{name}_{tests}.py"
        path.write_text(top + "".join(made), encoding="utf-8")
        return path


def signed_params() -> dict[str, str]:
    """Return the parameters of a request that the fake accepts."""
    from pytest_flipsnack.fake.account import API_KEY, SECRET
    from pytest_flipsnack.fake.signing import sign

    params = {"action": "user.getStats", "apiKey": API_KEY}
    return {**params, "signature": sign(SECRET, params)}


HAND = Suite(
    "mock",
    "mock.add('GET', URL, json=BODY)",
    imports="""\
import pytest
@pytest.fixture
def mock():
    with responses.RequestsMock() as mock:
        yield mock
""",
)
FLIPSNACK = Suite(
    "flipsnack",
    "flipsnack.respond(31)",
    imports="import pytest_flipsnack.flipsnack, pytest_flipsnack.integration.session",
    plugin="pytest_flipsnack",
)
HTTPX = Suite(
    "httpx_mock",
    "httpx_mock.add_response(json=BODY)",
    _HTTPX,
    "import httpx\nCLIENT = httpx.Client()",
    "pytest_httpx",
)
REQUESTS_MOCK = Suite(
    "requests_mock",
    "requests_mock.get(URL, json=BODY)",
    imports="import requests_mock as _imported",
    plugin="requests_mock.contrib._pytest_plugin",
)

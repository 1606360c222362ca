"""Suites of generated tests, each with a twin that imports the same and tests nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

_TOP = """\
import pytest
import requests
import responses
{imports}

URL = "https://api.flipsnack.com/v1/"
PARAMS = {params!r}
BODY = {{"code": 31, "status": "Requests per second limit exceeded"}}
{helpers}
"""
_SEES_31 = "assert requests.get(URL, params=PARAMS, timeout=5).json()['code'] == 31"


@dataclass(frozen=True, slots=True)
class Suite:
    """A test that answers 31, asks once and looks; `{number}` in its text makes it many.

    `helpers` is what the module defines for its tests, `plugins` what pytest must load for them,
    `tests_per_text` how many tests one text is.
    """

    name: str
    text: str
    imports: str = ""
    helpers: str = ""
    plugins: tuple[str, ...] = ()
    tests_per_text: int = 1

    @property
    def twin(self) -> Suite:
        """As many empty tests; suites that load the same plugins share theirs."""
        name = "_".join(("empty", *self.plugins)).replace(".", "_")
        text = "def test_{number}():\n    pass\n"
        return replace(self, name=name, text=text, helpers="", tests_per_text=1)

    @property
    def flags(self) -> list[str]:
        """What pytest is started with."""
        return [flag for plugin in self.plugins for flag in ("-p", plugin)]

    def write(self, folder: Path, tests: int) -> Path:
        """Write a module of this many tests."""
        if tests % self.tests_per_text:
            raise ValueError(f"{self.name}: {tests} is no multiple of {self.tests_per_text} tests")
        numbers = range(tests // self.tests_per_text)
        top = _TOP.format(imports=self.imports, params=signed_params(), helpers=self.helpers)
        made = [f"\n{self.text.format(number=number)}" for number in numbers]
        path = folder / f"test_{self.name}_{tests}.py"
        path.write_text(top + "".join(made), encoding="utf-8")
        return path


def signed_params() -> dict[str, str]:
    """Return the parameters of a request that the fake accepts."""
    from pytest_flipsnack.fake.account import API_KEY, SECRET
    from pytest_flipsnack.fake.signing import sign

    params = {"action": "user.getStats", "apiKey": API_KEY}
    return {**params, "signature": sign(SECRET, params)}


HAND = Suite(
    "hand",
    f"""\
def test_{{number}}(mock):
    mock.add('GET', URL, json=BODY)
    {_SEES_31}
""",
    helpers="""
@pytest.fixture
def mock():
    with responses.RequestsMock() as mock:
        yield mock
""",
)
FIXTURE = Suite(
    "fixture",
    f"""\
def test_{{number}}(flipsnack):
    flipsnack.respond(31)
    {_SEES_31}
""",
    imports="from pytest_flipsnack import Flipsnack, RealWaitWarning  # loads what a fake needs",
    plugins=("pytest_flipsnack",),
)
MARK = replace(
    FIXTURE,
    name="mark",
    text=f"""\
@pytest.mark.flipsnack(31)
def test_{{number}}():
    {_SEES_31}
""",
)
_ASK = """
class Refused(Exception):
    def __init__(self, code):
        super().__init__(f"refused with {code}")
        self.code = code

def ask():
    code = requests.get(URL, params=PARAMS, timeout=5).json()["code"]
    if code != 20:
        raise Refused(code)
"""
EXPECT = replace(
    FIXTURE,
    name="expect",
    text="""\
def test_{number}(flipsnack):
    with flipsnack.expect(31, raises=Refused):
        ask()
""",
    helpers=_ASK,
)
_CALLS, _CODES = 5, 9
"""Calls of one contract class, and errors that user.getStats is documented to answer."""
_CALL = """
    @call("user.getStats")
    def ask_{number}(self, client):
        return client()
"""
CONTRACT = replace(
    FIXTURE,
    name="contract",
    text="""\
class Test{number}(Codes):
    pass
""",
    helpers=f"""{_ASK}
from pytest_flipsnack import ClientContract, call

@pytest.fixture
def client(flipsnack):
    return ask

class Codes(ClientContract):
    error = Refused
{"".join(_CALL.format(number=number) for number in range(_CALLS))}
Codes.__test__ = False
for name in vars(ClientContract):
    if name.startswith("test_") and name != "test_code":
        setattr(Codes, name, None)
""",
    tests_per_text=_CALLS * _CODES,
)
HTTPX = Suite(
    "httpx",
    """\
def test_{number}(httpx_mock):
    httpx_mock.add_response(json=BODY)
    assert CLIENT.get(URL, params=PARAMS).json()['code'] == 31
""",
    imports="import httpx\nCLIENT = httpx.Client()",
    plugins=("pytest_httpx",),
)
REQUESTS_MOCK = Suite(
    "requests_mock",
    f"""\
def test_{{number}}(requests_mock):
    requests_mock.get(URL, json=BODY)
    {_SEES_31}
""",
    imports="import requests_mock as _imported",
    plugins=("requests_mock.contrib._pytest_plugin",),
)

"""URLs that live for a session: each test finds its own fake behind them."""

from __future__ import annotations

import threading

import pytest

from tests.downstream import Project

CLIENT = """
import hashlib, json, os
import pytest, urllib3

class Client:
    def __init__(self, key, secret, url):
        self.key, self.secret, self.url = key, secret, url
        self.http = urllib3.PoolManager()

    def code(self):
        params = {"action": "user.getStats", "apiKey": self.key}
        text = self.secret + "".join(name + params[name] for name in sorted(params))
        params["signature"] = hashlib.md5(text.encode()).hexdigest()
        answer = self.http.request("GET", f"{self.url}/", fields=params, timeout=5, retries=False)
        return json.loads(answer.data)["code"]
"""
SESSION = f"""{CLIENT}
@pytest.fixture(scope="session")
def client(flipsnack_credentials, flipsnack_urls):
    return Client(*flipsnack_credentials, flipsnack_urls.url)
"""
TESTS = """
import pytest

@pytest.mark.parametrize("code", [31, 41, 50])
def test_each_finds_its_own(flipsnack, client, code):
    flipsnack.respond(code)
    assert client.code() == code
    assert client.code() == 20
    assert [call.code for call in flipsnack.calls] == [code, 20]

def test_the_urls_are_those_of_the_fake(flipsnack, flipsnack_urls):
    assert flipsnack_urls == (flipsnack.url, flipsnack.upload_url)

def test_a_block_is_found_too(flipsnack_context, client):
    for code in (31, 41):
        with flipsnack_context() as flipsnack:
            flipsnack.respond(code)
            assert client.code() == code

def test_time_is_virtual_for_it(flipsnack, client):
    with flipsnack.expect(31, returns=lambda code: code == 31, tells_code=False) as seen:
        seen.value = client.code()
"""


def test_a_client_of_a_session_finds_the_fake_of_each_test(merging: Project) -> None:
    merging.write("conftest.py", SESSION)
    merging.write("test_acme.py", TESTS)

    result = merging.run("--flipsnack-report=json")

    result.assert_outcomes(passed=6)
    assert result.ret == 0
    codes = merging.report()["codes"]
    assert {code: codes[code]["deliveries"] for code in ("20", "31", "41", "50")} == {
        "20": 3,
        "31": 3,
        "41": 2,
        "50": 1,
    }


def test_the_url_of_one_test_leads_to_the_fake_of_each_later_one(project: Project) -> None:
    project.write("conftest.py", CLIENT)
    project.write(
        "test_acme.py",
        "import pytest\nfrom conftest import Client\n\nURLS = []\n\n"
        "@pytest.mark.parametrize('code', [31, 41, 50])\n"
        "def test_it(flipsnack, flipsnack_credentials, code):\n"
        "    URLS.append(flipsnack.url)\n"
        "    flipsnack.respond(code)\n"
        "    assert Client(*flipsnack_credentials, URLS[0]).code() == code\n",
    )

    project.run().assert_outcomes(passed=3)


def test_a_client_that_is_made_late_in_a_test_finds_the_fake_that_runs(project: Project) -> None:
    project.write("conftest.py", SESSION)
    project.write(
        "test_acme.py",
        "def test_late(flipsnack, request):\n"
        "    flipsnack.respond(31)\n"
        "    assert request.getfixturevalue('client').code() == 31\n",
    )

    project.run().assert_outcomes(passed=1)


def test_settings_that_are_read_at_import_know_the_url(merging: Project) -> None:
    merging.write(
        "conftest.py",
        "import os, pytest_flipsnack\n\n"
        "def pytest_configure(config):\n"
        "    os.environ['ACME_URL'] = pytest_flipsnack.session_urls(config).url\n",
    )
    merging.write("acme_settings.py", f"{CLIENT}\nURL = os.environ['ACME_URL']\n")
    merging.write(
        "test_acme.py",
        "import acme_settings, pytest\n\n"
        "@pytest.mark.parametrize('code', [31, 41])\n"
        "def test_it(flipsnack, code):\n"
        "    flipsnack.respond(code)\n"
        "    client = acme_settings.Client(flipsnack.api_key, flipsnack.secret, acme_settings.URL)\n"
        "    assert client.code() == code\n",
    )

    merging.run().assert_outcomes(passed=2)


def test_a_run_that_uses_no_fake_ends_the_server(project: Project) -> None:
    project.write(
        "conftest.py",
        "import pytest_flipsnack\n\n"
        "def pytest_configure(config):\n"
        "    pytest_flipsnack.session_urls(config)\n",
    )
    project.write("test_acme.py", "def test_it():\n    pass\n")

    before = {one for one in threading.enumerate() if one.name.startswith("flipsnack-")}

    project.run().assert_outcomes(passed=1)

    assert before == {one for one in threading.enumerate() if one.name.startswith("flipsnack-")}


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("before", "GET user.getStats arrived before the first test"),
        ("after", "test_acme.py::test_it: GET user.getStats arrived after the test had ended"),
    ],
)
def test_a_request_between_tests_is_named(project: Project, where: str, line: str) -> None:
    ask = "with pytest.raises(urllib3.exceptions.HTTPError):\n        made.code()"
    first, then = (ask, "pass") if where == "before" else ("pass", ask)
    project.write(
        "conftest.py",
        f"{CLIENT}\n"
        "@pytest.fixture(scope='session')\n"
        "def client(flipsnack_credentials, flipsnack_urls):\n"
        "    made = Client(*flipsnack_credentials, flipsnack_urls.url)\n"
        f"    {first}\n"
        "    yield made\n"
        f"    {then}\n",
    )
    project.write(
        "test_acme.py",
        "def test_it(flipsnack, client):\n    assert client.code() == 20\n",
    )

    result = project.run("--flipsnack-report=json", "-Wdefault")

    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines([f"*LateRequestWarning: {line}"])
    assert project.report()["codes"]["20"]["deliveries"] == 1


LEFT = """
import hashlib, threading
import pytest, requests

def ask(flipsnack):
    params = {"action": "user.getStats", "apiKey": flipsnack.api_key}
    text = flipsnack.secret + "".join(name + params[name] for name in sorted(params))
    params["signature"] = hashlib.md5(text.encode()).hexdigest()
    return requests.get("https://api.flipsnack.com/v1/", params=params, timeout=5).json()["code"]

GO, DONE = threading.Event(), threading.Event()

def test_leaves_a_thread(flipsnack):
    def work():
        while not GO.wait(0.001):
            pass
        try:
            ask(flipsnack)
        except requests.ConnectionError:
            DONE.set()
    threading.Thread(target=work).start()

def test_next(flipsnack):
    flipsnack.respond(41)
    GO.set()
    assert DONE.wait(20)
    assert ask(flipsnack) == 41
"""


def test_a_thread_of_an_earlier_test_is_named_and_earns_nothing(project: Project) -> None:
    project.write("test_acme.py", LEFT)

    result = project.run("--flipsnack-report=json", "-Wdefault")

    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "*LateRequestWarning: test_acme.py::test_leaves_a_thread: GET user.getStats "
            "arrived after the test had ended"
        ]
    )
    assert project.report()["codes"]["41"]["deliveries"] == 1
    assert project.report()["codes"]["20"]["deliveries"] == 0

"""Nothing that a live run writes shows key, secret or a signature."""

from __future__ import annotations

import hashlib

import pytest

from tests.downstream import Project
from tests.live.conftest import KEY, SECRET, RealApi

SIGNED = """
    import hashlib, logging, warnings
    import requests

    pytestmark = pytest.mark.flipsnack_live
    URL = "https://api.flipsnack.com/v1/"

    def signed(live):
        text = f"{live.secret}actionuser.getStatsapiKey{live.api_key}"
        signature = hashlib.md5(text.encode()).hexdigest()
        return {"action": "user.getStats", "apiKey": live.api_key, "signature": signature}
"""
SIGNATURE = hashlib.md5(f"{SECRET}actionuser.getStatsapiKey{KEY}".encode()).hexdigest()
WAYS = {
    "a failure with its locals": "params = signed(live)\n        assert params == {}",
    "before it is sent": "raise RuntimeError(f'cannot send {signed(live)}')",
    "a cause never raised": "raise RuntimeError('lost') from ValueError(str(signed(live)))",
    "printed": "print(signed(live)); print(URL + '?' + str(live.secret)); assert False",
    "logged": "logging.getLogger('acme').error('asked %s', signed(live)); assert False",
    "by the recorder": "requests.get(URL, params=signed(live), timeout=5); assert False",
    "warned": "warnings.warn(f'slow: {signed(live)}')",
    "skipped": "pytest.skip(f'not with {live.secret}')",
    "xfailed": "pytest.xfail(f'not with {live.secret}')",
    "a property": "record_property('asked', str(signed(live)))",
    "cut": "text = 't' * 109 + live.secret + 'x' * 150\n        assert text == ''",
    "a subtest": "with subtests.test('one'):\n            assert live.secret == ''",
}
ENDS = {"warned": "warnings", "skipped": "skipped", "xfailed": "xfailed", "a property": "passed"}


@pytest.mark.parametrize("style", ["long", "short", "native", "line"])
@pytest.mark.parametrize("way", WAYS)
def test_it_is_masked(live: Project, way: str, style: str) -> None:
    if way == "a subtest" and pytest.version_tuple < (9,):
        pytest.skip("subtests came with pytest 9")
    more = ", subtests" if way == "a subtest" else ""
    live.test(
        SIGNED
        + f"""
    @pytest.fixture
    def live(flipsnack_live):
        return flipsnack_live

    def test_it(live, record_property{more}):
        {WAYS[way]}
    """
    )
    flags = ("-rA", "--showlocals", "--log-level=DEBUG", "--log-file=log.txt", "--junitxml=j.xml")
    settings = ("-o", "log_cli=true", "-o", "junit_family=xunit1", "-W", "default")
    result = live.run("--flipsnack-live", *flags, *settings, f"--tb={style}")
    counts = result.parseoutcomes()
    assert ENDS.get(way, "failed") in counts
    assert "errors" not in counts
    shown = [result.stdout.str(), result.stderr.str()]
    shown += [(live.path / name).read_text("utf-8") for name in ("log.txt", "j.xml")]
    assert style == "line" or "***" in "".join(shown)
    for text in shown:
        for hidden in (KEY, SECRET, SECRET[:8], SIGNATURE[:8], SIGNATURE[-8:]):
            assert hidden not in text


def test_a_failure_keeps_its_message_and_the_client_its_logs(live: Project) -> None:
    live.test(
        SIGNED
        + """
    def test_it(flipsnack_live, caplog):
        caplog.set_level("DEBUG")
        requests.get(URL, params=signed(flipsnack_live), timeout=5)
        lines = [one.getMessage() for one in caplog.records]
        assert len([line for line in lines if "GET /v1/" in line]) == 1  # the recorder's is not
        assert 1 == 2
    """
    )
    result = live.run("--flipsnack-live")
    result.stdout.fnmatch_lines(["FAILED test_acme.py::test_it - assert 1 == 2"])


def test_a_log_record_that_is_wrong_is_loggings_to_report(live: Project) -> None:
    live.test(
        SIGNED
        + """
    def test_it(flipsnack_live, monkeypatch):
        monkeypatch.setattr(logging, "raiseExceptions", False)
        logging.getLogger("acme").error("%d", "no number")
    """
    )
    assert live.run("--flipsnack-live").ret == 0


def test_an_address_with_a_password_is_shown_without(
    live: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIPSNACK_LIVE_URL", "http://me:open5sesame@127.0.0.1:9/v1")
    live.test(
        SIGNED
        + """
    def test_it(flipsnack_live):
        with pytest.raises(requests.ConnectionError):
            requests.get(URL, params=signed(flipsnack_live), timeout=5)
    """
    )
    result = live.run("--flipsnack-live")
    result.stdout.fnmatch_lines(["http://127.0.0.1:9/v1 did not answer: *"])
    assert "open5sesame" not in result.stdout.str()


def test_fixtures_are_led_as_well(live: Project, real: RealApi) -> None:
    """What cleans up comes after the test, and must not pass the recorder by."""
    live.test(
        SIGNED
        + """
    import os, types, unittest

    ACCOUNT = types.SimpleNamespace(
        api_key=os.environ["FLIPSNACK_API_KEY"], secret=os.environ["FLIPSNACK_SECRET"]
    )

    def ask():
        return requests.get(URL, params=signed(ACCOUNT), timeout=5).json()["code"]

    @pytest.fixture
    def asking():
        ask()
        yield
        ask()

    def test_by_fixture(asking): pass

    class TestCase(unittest.TestCase):
        @classmethod
        def setUpClass(cls): ask()
        def test_it(self): pass
    """
    )
    result = live.run("--flipsnack-live")
    result.assert_outcomes(passed=2)
    assert len(real.calls) == 3
    text = (live.path / "flipsnack-live.json").read_text("utf-8")
    assert text.count('"test": "test_acme.py::test_by_fixture"') == 2
    assert text.count('"test": "test_acme.py::TestCase::test_it"') == 1


def test_trouble_of_a_test_that_fails_for_itself_is_shown_beside(
    live: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIPSNACK_LIVE_URL", "http://127.0.0.1:9/v1")
    live.test(
        SIGNED
        + """
    def test_it(flipsnack_live):
        requests.get(URL, params=signed(flipsnack_live), timeout=5)
    """
    )
    result = live.run("--flipsnack-live")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- Flipsnack live -*", "http://127.0.0.1:9/v1 did not answer: *"])


def test_a_fixture_that_does_not_exist_is_named(live: Project) -> None:
    live.test(
        SIGNED
        + """
    def test_it(flipsnack_live, nothing): pass
    """
    )
    result = live.run("--flipsnack-live")
    result.stdout.fnmatch_lines(["*fixture 'nothing' not found"])
    assert result.ret == 1


def test_other_warnings_stay_as_they_are(live: Project) -> None:
    live.test("""
    import warnings

    def test_before(): warnings.warn("one")

    @pytest.mark.flipsnack_live
    def test_it(flipsnack_live): warnings.warn("two")
    """)
    result = live.run("--flipsnack-live", "-p", "no:randomly", "-W", "default")
    result.stdout.fnmatch_lines(["*UserWarning: one", "*UserWarning: two"])

"""Mistakes that were silent, or were called something else: each is named, with what to write."""

from __future__ import annotations

import pytest

from tests.downstream import TESTS, Project, gate_line


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("flipsnack_failunder", "did you mean flipsnack_fail_under?"),
        ("flipsnack_fail-under", "did you mean flipsnack_fail_under?"),
        ("flipsnack_requires", "did you mean flipsnack_require?"),
        ("flipsnack_max_file_size_mb", "did you mean flipsnack_max_file_mb?"),
        ("flipsnack_x", "keys: flipsnack_api_key, flipsnack_baseline, "),
    ],
)
@pytest.mark.parametrize("native", [False, True], ids=["ini", "toml"])
def test_a_key_that_does_not_exist_stops_the_run(
    project: Project, key: str, hint: str, native: bool
) -> None:
    project.write("test_acme.py", TESTS)
    if native:
        project.write("pyproject.toml", f"[tool.pytest.ini_options]\n{key} = 90\n")
    else:
        project.ini(f"{key} = 90")

    result = project.run()

    assert result.ret == 4
    (line,) = [line for line in result.errlines if line.startswith("ERROR: ")]
    assert line.startswith(f"ERROR: {key} is not a key of the configuration; {hint}")


def test_a_key_that_is_overridden_on_the_command_line_must_exist_too(project: Project) -> None:
    project.write("test_acme.py", TESTS)

    result = project.run("-o", "flipsnack_requires=31")

    assert result.ret == 4
    assert "ERROR: flipsnack_requires is not a key of the configuration; did you mean" in (
        result.stderr.str()
    )


def test_a_key_that_a_conftest_has_added_exists(project: Project) -> None:
    project.write("test_acme.py", TESTS)
    project.hooks("def pytest_addoption(parser): parser.addini('flipsnack_account', 'of acme')")
    project.ini("flipsnack_account = acme")

    assert project.run().ret == 0


@pytest.mark.parametrize("given", ["0.9", "0.90"])
@pytest.mark.parametrize("where", ["file", "flag"])
def test_a_threshold_between_0_and_1_is_refused(project: Project, where: str, given: str) -> None:
    project.write("test_acme.py", TESTS)
    if where == "file":
        project.ini(f"flipsnack_fail_under = {given}")

    result = project.run(*([] if where == "file" else [f"--flipsnack-fail-under={given}"]))

    assert result.ret == 4
    assert f"'{given}' is less than 1 %; write 90 for 90 %" in result.stderr.str()
    assert gate_line(result) == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "flipsnack_require = 44, 31",
            "flipsnack_require: '44,' holds a comma; write each code by itself, without a comma",
        ),
        (
            "flipsnack_require = '44, 31'",
            "flipsnack_require: '44, 31' holds a comma; write '44' and '31' apart, without a comma",
        ),
        (
            "flipsnack_exclude = 33, 34: no uploads",
            "flipsnack_exclude: '33, 34' holds a comma; write '33' and '34' apart, without a comma",
        ),
    ],
)
def test_codes_with_a_comma_are_refused(project: Project, line: str, told: str) -> None:
    project.write("test_acme.py", TESTS)
    project.ini(line)

    result = project.run()

    assert result.ret == 4
    assert f"ERROR: {told}" in result.errlines


@pytest.mark.parametrize("mark", ["flipsnack", "flipsnack_codes"])
def test_codes_of_a_mark_with_a_comma_are_refused(project: Project, mark: str) -> None:
    project.test(f"""
        @pytest.mark.{mark}("44, 31")
        def test_it(client{", flipsnack_code" if mark == "flipsnack_codes" else ""}): client.ask()
    """)

    result = project.run()

    assert result.ret != 0
    result.stdout.fnmatch_lines(
        [f"*@pytest.mark.{mark}('44, 31'): '44, 31' holds a comma; write '44' and '31' apart, *"]
    )


@pytest.mark.parametrize("cls", [False, True], ids=["function", "class"])
def test_flipsnack_code_without_its_mark_names_the_mark(project: Project, cls: bool) -> None:
    test = "def test_it(client, flipsnack_code): client.ask()"
    project.test(f"class TestIt:\n    {test.replace('(', '(self, ', 1)}" if cls else test)

    result = project.run()

    result.assert_outcomes(errors=1)
    assert (
        "flipsnack_code has no value: the test has no mark that gives it codes; write "
        "@pytest.mark.flipsnack_codes(...) above it, as in flipsnack_codes('permanent')"
    ) in result.outlines


def test_flipsnack_code_may_be_parametrised_otherwise(project: Project) -> None:
    project.test("""
        @pytest.mark.parametrize("flipsnack_code", [31, 50])
        def test_it(flipsnack, client, flipsnack_code):
            flipsnack.respond(flipsnack_code)
            assert client.try_to_ask() == flipsnack_code
    """)

    project.run().assert_outcomes(passed=2)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.flipsnack.com/v1/v1/",
        "https://api.flipsnack.com/v1/v1",
        "https://api.flipsnack.com/v1/v1/collections",
    ],
)
def test_a_base_path_that_is_there_twice_is_named(project: Project, url: str) -> None:
    project.test(f"""
        import requests
        def test_it(flipsnack): requests.get("{url}", timeout=5)
    """)

    result = project.run()

    result.assert_outcomes(passed=1, errors=1)
    assert (
        "    hint:     the path has /v1 twice; the base URL, as flipsnack.url, ends with it already: "
        "give the client the URL without /v1, or let it add none"
    ) in result.outlines


def test_a_base_path_that_is_there_twice_on_the_server_is_named(project: Project) -> None:
    project.test("""
        import urllib.request
        def test_it(flipsnack): urllib.request.urlopen(flipsnack.url + "/v1/", timeout=5).read()
    """)

    result = project.run()

    result.assert_outcomes(passed=1, errors=1)
    assert "the path has /v1 twice; " in result.stdout.str()


@pytest.mark.parametrize(
    "made",
    ["CLIENT = acme.Client('key-of-acme-1', 'secret-of-acme-1')", "CLIENT = acme.Client('', '')"],
)
def test_a_client_that_was_made_at_import_is_told_where_its_key_comes_from(
    project: Project, made: str
) -> None:
    project.test(f"{made}\ndef test_it(flipsnack): CLIENT.try_to_ask()")

    result = project.run()

    result.assert_outcomes(passed=1, errors=1)
    assert (
        "a client that was made at import, or for several tests, takes its key from "
        "flipsnack_credentials, or give the fake the client's: flipsnack_api_key and "
        "flipsnack_secret in the configuration"
    ) in result.stdout.str()


WAITED = "1 test waited 7.0 s in real time before retries, test_acme.py::test_it 7.0 s; with the "
SENDING = """
def test_it(flipsnack, client):
    flipsnack.respond({codes})
    for _ in range(3):
        client.try_to_ask()
    # as if the client had slept
    flipsnack.calls[1].at = flipsnack.calls[0].at + {first}
    flipsnack.calls[2].at = flipsnack.calls[1].at + {second}
"""


@pytest.mark.parametrize(
    ("codes", "first", "second"),
    [("31, 50, 20", 3, 4), ("38, 38, 20", 6, 1), ("22, 20, 20", 7, 30)],
    ids=["retries", "polls", "one-retry"],
)
def test_a_test_whose_client_really_waits_is_told_about_virtual_time(
    merging: Project, codes: str, first: int, second: int
) -> None:
    merging.test(SENDING.format(codes=codes, first=first, second=second))

    result = merging.run()

    assert result.ret == 0
    (line,) = [line for line in result.outlines if "in real time" in line]
    assert line == f"{WAITED}fixture flipsnack_clock sleeping moves a clock"


@pytest.mark.parametrize(
    ("codes", "pause"),
    [("31, 31, 20", 0.9), ("20, 20, 20", 9), ("41, 41, 20", 9), ("None", 9)],
    ids=["short", "success", "error", "fault"],
)
def test_a_pause_that_is_short_or_no_wait_for_a_retry_is_not_mentioned(
    project: Project, codes: str, pause: float
) -> None:
    test = SENDING.format(codes=codes, first=pause, second=pause)
    if codes == "None":
        test = test.replace("respond(None)", "fail('html')").replace("try_to_ask()", "fetch()")
        project.write("acme.py", "import requests\n" + FETCHING)
    project.test(test)

    result = project.run()

    assert result.ret == 0
    assert "in real time" not in result.stdout.str()


FETCHING = """
class Client:
    def __init__(self, api_key, secret):
        self.api_key, self.secret = api_key, secret

    def fetch(self):
        import hashlib
        params = {"action": "user.getStats", "apiKey": self.api_key}
        text = f"{self.secret}actionuser.getStatsapiKey{self.api_key}"
        params["signature"] = hashlib.md5(text.encode()).hexdigest()
        requests.get("https://api.flipsnack.com/v1/", params=params, timeout=5)
"""


def test_a_wait_in_virtual_time_is_not_mentioned(project: Project) -> None:
    project.test("""
        import time
        def test_it(flipsnack, flipsnack_clock, client):
            flipsnack.respond(31, 20)
            client.try_to_ask()
            time.sleep(60)
            client.try_to_ask()
    """)

    result = project.run()

    assert result.ret == 0
    assert "in real time" not in result.stdout.str()


def test_several_tests_that_wait_are_one_line_with_the_slowest(project: Project) -> None:
    test = SENDING.format(codes="31, 31, 20", first=2, second=1)
    slow = SENDING.format(codes="31, 31, 20", first=2, second=8).replace("test_it", "test_slow")
    project.test(test + slow)

    result = project.run()

    assert (
        "2 tests waited 13.0 s in real time before retries, test_acme.py::test_slow 10.0 s; "
        "with the fixture flipsnack_clock sleeping moves a clock"
    ) in result.outlines

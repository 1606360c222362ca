"""Flags and keys: what is read, and what a wrong value says."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from pytest_flipsnack.fake.settings import Settings, setting_names
from pytest_flipsnack.integration.options import SETTING_HELP
from tests.downstream import BUT_50, MISSING_50, TESTS, Project, gate_line

native = pytest.mark.skipif(pytest.version_tuple < (9,), reason="[tool.pytest] came with pytest 9")
UNKNOWN_99 = (
    "99 is not a Flipsnack status code; known codes: 20, 22, 30, 31, 32, 33, 34, 35, 36, 37, "
    "38, 40, 41, 42, 43, 44, 45, 46, 47, 50"
)
NO_PERCENTAGE = "is not a percentage from 0 to 100"


@pytest.mark.parametrize("given", ["many", "101", "-1", "NaN", ""])
def test_a_threshold_that_is_no_percentage_is_a_usage_error(project: Project, given: str) -> None:
    result = project.run(f"--flipsnack-fail-under={given}")

    assert result.ret == 4
    assert result.errlines[1].endswith(
        f": error: argument --flipsnack-fail-under: {given!r} {NO_PERCENTAGE}"
    )


@pytest.mark.parametrize("given", ["many", "101", "NaN", ""])
def test_a_threshold_of_the_file_that_is_no_percentage_is_a_usage_error(
    project: Project, given: str
) -> None:
    project.ini(f"flipsnack_fail_under = {given}")

    result = project.run()

    assert result.ret == 4
    assert f"ERROR: flipsnack_fail_under: {given!r} {NO_PERCENTAGE}" in result.errlines


@pytest.mark.parametrize("value", ["100", "100.0", '"100"', '"100 %"'])
@pytest.mark.parametrize(
    "table", [pytest.param("pytest", marks=native), "pytest.ini_options"], ids=["native", "ini"]
)
def test_a_threshold_in_pyproject_may_be_a_number_or_a_text(
    project: Project, table: str, value: str
) -> None:
    project.write("test_acme.py", BUT_50)
    project.write("pyproject.toml", f"[tool.{table}]\nflipsnack_fail_under = {value}\n")

    result = project.run()

    assert result.ret == 1
    shown = value.strip('"').removesuffix(" %")
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50.replace('100', shown)}"


@native
@pytest.mark.parametrize("value", ["true", "nan", "101", '"many"'])
def test_a_threshold_in_a_native_table_that_is_no_percentage_is_a_usage_error(
    project: Project, value: str
) -> None:
    project.write("pyproject.toml", f"[tool.pytest]\nflipsnack_fail_under = {value}\n")

    result = project.run()

    shown = {"true": "True", '"many"': "'many'"}.get(value, value)
    assert result.ret == 4
    assert f"ERROR: flipsnack_fail_under: {shown} {NO_PERCENTAGE}" in result.errlines


@pytest.mark.parametrize(
    ("table", "value"),
    [
        pytest.param("pytest", "[22, 50]", marks=native),
        pytest.param("pytest", '["22", "server"]', marks=native),
        pytest.param("pytest", "50", marks=native),
        ("pytest.ini_options", "[22, 50]"),
        ("pytest.ini_options", '["22", "server"]'),
        ("pytest.ini_options", '"22 50"'),
    ],
)
def test_required_codes_in_pyproject_may_be_numbers_texts_and_groups(
    project: Project, table: str, value: str
) -> None:
    project.write("test_acme.py", BUT_50)
    project.write("pyproject.toml", f"[tool.{table}]\nflipsnack_require = {value}\n")

    result = project.run()

    assert result.ret == 1
    assert gate_line(result) == (
        "Flipsnack gate failed: required but not exercised: 50 Operation failed; "
        "18 of 19 codes exercised; missing: 50 Operation failed"
    )


@pytest.mark.parametrize(
    "table", [pytest.param("pytest", marks=native), "pytest.ini_options"], ids=["native", "ini"]
)
def test_excluded_codes_in_pyproject_come_with_reasons(project: Project, table: str) -> None:
    project.write("test_acme.py", BUT_50)
    lines = ["flipsnack_fail_under = 100", 'flipsnack_exclude = ["50: our proxy hides it"]']
    project.write("pyproject.toml", "\n".join([f"[tool.{table}]", *lines]))

    result = project.run()

    assert result.ret == 0
    assert gate_line(result) == "Flipsnack gate passed: 18 of 18 codes exercised, 100 % required"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["flipsnack_require = 31 99"], f"flipsnack_require: {UNKNOWN_99}"),
        (
            ["flipsnack_require = forever"],
            "flipsnack_require: 'forever' is neither a status code nor a group; known groups: all, "
            "errors, retryable, permanent, rate_limit, upload, request, credentials, flipbook, "
            "server, deprecated, local",
        ),
        (
            ["flipsnack_exclude = 37"],
            "flipsnack_exclude: '37' gives no reason; write the code, group or action, a colon and "
            "why, as in '37: deprecated by Flipsnack'",
        ),
        (["flipsnack_exclude = 99: why not"], f"flipsnack_exclude: {UNKNOWN_99}"),
        (
            ["flipsnack_require = 50", "flipsnack_exclude = 50: no"],
            "flipsnack_require, flipsnack_exclude: 50 Operation failed is both required and "
            "excluded; choose one",
        ),
        (
            ["flipsnack_exclude = all: no"],
            "flipsnack_require, flipsnack_exclude: every code is excluded; leave at least one to "
            "exercise",
        ),
        (
            ["flipsnack_requests_per_second = fast"],
            "flipsnack_requests_per_second: 'fast' is not a number",
        ),
        (
            ["flipsnack_check_signature = maybe"],
            "flipsnack_check_signature: 'maybe' is not true or false",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_key_with_a_wrong_value_is_a_usage_error(
    project: Project, lines: list[str], message: str
) -> None:
    project.write("test_acme.py", TESTS)
    project.ini(*lines)

    result = project.run()

    assert result.ret == 4
    assert f"ERROR: {message}" in result.errlines
    assert not any("passed" in line for line in result.outlines)


def test_two_workers_refuse_a_required_code_that_does_not_exist(pytester: pytest.Pytester) -> None:
    project = Project(pytester, ("-p", "xdist", "-n2"))
    project.write("test_acme.py", TESTS)
    project.ini("flipsnack_require = 99")

    result = project.run()

    assert result.ret == 4
    assert f"ERROR: flipsnack_require: {UNKNOWN_99}" in result.errlines


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("pytest.ini_options", 'flipsnack_api_key = "our-key"\nflipsnack_secret = "our-secret"'),
        pytest.param("pytest", 'flipsnack_api_key = 1234\nflipsnack_secret = "s"', marks=native),
    ],
    ids=["ini", "native"],
)
def test_the_credentials_of_the_file_are_those_of_the_fake(
    project: Project, table: str, key: str
) -> None:
    project.write("pyproject.toml", f"[tool.{table}]\n{key}\n")
    expected = ("our-key", "our-secret") if "our" in key else ("1234", "s")
    project.test(f"""
        def test_it(flipsnack, client, flipsnack_context):
            assert (flipsnack.api_key, flipsnack.secret) == {expected}
            client.ask()

        def test_context(flipsnack_context):
            with flipsnack_context() as flipsnack:
                assert (flipsnack.api_key, flipsnack.secret) == {expected}
    """)

    result = project.run()

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("place", ["plugin", "conftest", "module"])
def test_a_project_may_override_the_credentials(project: Project, place: str) -> None:
    own = """
        @pytest.fixture(scope="session")
        def flipsnack_credentials(flipsnack_credentials):
            return (f"{place}, not {flipsnack_credentials[0]}", "our-secret")
    """
    project.ini("flipsnack_api_key = file")
    project.write("house.py", f"import pytest\nplace = {place!r}\n{dedent(own)}")
    if place == "plugin":
        project.hooks('pytest_plugins = ["house"]')
    if place == "conftest":
        project.hooks("from house import flipsnack_credentials")
    project.test(f"""
        {"from house import flipsnack_credentials" if place == "module" else ""}
        def test_it(flipsnack, client):
            assert (flipsnack.api_key, flipsnack.secret) == ("{place}, not file", "our-secret")
            client.ask()
    """)

    result = project.run()

    result.assert_outcomes(passed=1)


def test_every_setting_is_a_key() -> None:
    assert setting_names() == tuple(SETTING_HELP)


def test_the_help_of_each_setting_has_its_default() -> None:
    for name, text in SETTING_HELP.items():
        default = getattr(Settings(), name)
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        assert text.endswith(f"({shown})"), name


@native
def test_a_file_of_pytests_own_may_hold_numbers_though_warnings_are_errors(
    project: Project,
) -> None:
    """`config.inicfg` would read them, and warns since pytest 9.2."""
    project.write("test_acme.py", BUT_50)
    lines = ["[pytest]", 'filterwarnings = ["error"]', "flipsnack_fail_under = 94.7"]
    project.write("pytest.toml", "\n".join(lines))

    result = project.run()

    assert result.ret == 0
    assert "Flipsnack gate passed: 18 of 19 codes exercised, 94.7 % required" in gate_line(result)


@native
def test_a_setting_in_a_native_table_may_be_of_its_own_type(project: Project) -> None:
    project.write(
        "pyproject.toml",
        "[tool.pytest]\nflipsnack_check_signature = false\nflipsnack_http_status = 400\n",
    )
    project.test("""
        import requests
        def test_it(flipsnack):
            client = acme.Client(flipsnack.api_key, "not the secret")
            client.ask()
            flipsnack.respond(31)
            params = {"action": "user.getStats", "apiKey": flipsnack.api_key, "signature": "no"}
            url = "https://api.flipsnack.com/v1/"
            assert requests.get(url, params=params, timeout=1).status_code == 400
    """)

    result = project.run()

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("line", "page"),
    [
        ("flipsnack_level = high", "coverage.md"),
        ("flipsnack_max_pages = many", "guide.md#what-the-documentation-leaves-open"),
        ("flipsnack_catalogue = none.toml", "howto/catalogue.md"),
        ("flipsnack_levle = asserted", "guide.md"),
    ],
)
def test_an_error_of_usage_ends_with_its_page(project: Project, line: str, page: str) -> None:
    project.ini(line)
    lines = [one for one in project.run().errlines if one]
    assert lines[0].startswith("ERROR: flipsnack_")
    assert lines[-1] == f"    more: docs/{page}"
    assert (Path(__file__).parents[2] / "docs" / page.partition("#")[0]).exists()


def test_a_wrong_call_and_a_wrong_mark_end_with_their_page(project: Project) -> None:
    project.test("""
        def test_call(flipsnack): flipsnack.respond(39)

        @pytest.mark.flipsnack(39)
        def test_mark(): pass
    """)
    result = project.run()
    result.stdout.fnmatch_lines_random(
        [
            "E*ValueError: 39 is not a Flipsnack status code; *",
            "E       more: docs/guide.md#the-fake",
            "    more: docs/guide.md#stubs-marks-and-expect",
        ]
    )

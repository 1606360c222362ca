"""Capital hex digits are unsound, and no refusal: no page says that they fail."""

from __future__ import annotations

import pytest

from tests.contract.suite.smallest_contract import ADAPTER
from tests.downstream import Project

CAPITALS = """
class Capitals(acme.Client):
    def ask(self, *args, **params):
        kept = acme.requests.get

        def capital(url, params, timeout):
            params["signature"] = params["signature"].upper()
            return kept(url, params=params, timeout=timeout)

        acme.requests.get = capital
        try:
            return super().ask(*args, **params)
        finally:
            acme.requests.get = kept


@pytest.fixture
def client(flipsnack):
    return Capitals(flipsnack.api_key, flipsnack.secret)

"""


def test_upper_case_hex_are_a_finding(project: Project) -> None:
    project.test(CAPITALS + ADAPTER)
    result = project.run("-k", "test_request")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the client signs in upper-case hex, and every page shows lower case",
            "E*allowed: the MD5 in lower-case hex, as in 26e781d3d1751d82ec284acf4a019def",
            "E*seen:    t=0.0 s 20",
            "E*way out: fix the client, or turn the check off: without = [[]'signature_case']",
        ]
    )


@pytest.mark.parametrize("way", ["without", "check_signature"])
def test_upper_case_hex_can_be_declared(project: Project, way: str) -> None:
    if way == "check_signature":
        project.ini("flipsnack_check_signature = false")
    practices = '"clean_errors", "signature_case"' if way == "without" else '"clean_errors"'
    project.test(CAPITALS + ADAPTER.replace('"clean_errors"', practices))
    assert project.run("-k", "test_request").ret == 0

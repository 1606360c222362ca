"""Contracts that fail throughout, and what their runs say of one fault."""

from __future__ import annotations

import re

from tests.contract.suite.smallest_contract import ADAPTER as CONTRACT
from tests.downstream import Project

__all__ = ["CONTRACT"]

TWO_CALLS = (
    CONTRACT
    + """
    @call("collection.getEmbed")
    def embed(self, client, flipsnack_hash):
        return client.ask("collection.getEmbed", collectionHash=flipsnack_hash)
"""
)
CLIENT = """
@pytest.fixture
def client(flipsnack):
    {body}
"""
WRONG_KEY = CLIENT.format(body="return acme.Client('another', flipsnack.secret)")
WRONG_SECRET = CLIENT.format(body="return acme.Client(flipsnack.api_key, 'another')")
QUIET = ("-p", "no:cacheprovider")
SOME = "test_request or test_wire or test_recovery"
REFUSED = "user.getStats: its request was refused (44), see test_request[user.getStats]"


def fails(project: Project, chosen: str = SOME) -> tuple[int, str, list[str]]:
    """Run some tests of a project; return how many failed, the output, and the referring lines."""
    result = project.run(*QUIET, "-k", chosen)
    assert result.ret == 1
    outcomes = result.parseoutcomes()
    count = outcomes.get("failed", 0) + outcomes.get("errors", 0)
    referred = [line for line in result.outlines if re.match(r"[a-z]+\.\w+: .*, see test_", line)]
    return count, result.stdout.str(), referred


def is_told_once(count: int, text: str, referred: list[str], sign: str, workers: object) -> bool:
    """Return whether each process shows a fault once, and every other test says where."""
    shown = len(re.findall(sign, text, re.MULTILINE))
    return count == shown + len(referred) and (1 <= shown <= 2 if workers else shown == 1)

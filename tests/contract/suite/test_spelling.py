"""A misspelt declaration is named with the one that it is nearest to; a name of one's own is not."""

from __future__ import annotations

from tests.contract.suite.smallest_contract import ADAPTER
from tests.downstream import Project

UNDECLARED = ADAPTER.replace("    error = acme.FlipsnackError\n", "").replace(
    '    without = ["clean_errors"]\n', ""
)


MISSPELT = [
    ("errors = KeyError", "errors", "error"),
    ("Error = acme.FlipsnackError", "Error", "error"),
    ("retrys = {31: 3}", "retrys", "retries"),
    ("reties: dict[int, int] = {31: 3}", "reties", "retries"),
    ('with_out = ["timeout"]', "with_out", "without"),
    ('wihtout = ["timeout"]', "wihtout", "without"),
    ('polling = ["collection.downloadHTML"]\n    polles = []', "polles", "polls"),
    ("rasies = {31: acme.FlipsnackError}", "rasies", "raises"),
    ("max_request = 1000", "max_request", "max_requests"),
    ("waits_out38 = []", "waits_out38", "waits_out_38"),
    ("def faild(self, outcome): return False", "faild", "failed"),
    ("is_failed = lambda self, outcome: False", "is_failed", "failed"),
    ("def codeof(self, outcome): return outcome", "codeof", "code_of"),
]


def test_a_misspelt_declaration_is_named_with_the_nearest(project: Project) -> None:
    for number, (written, _, _) in enumerate(MISSPELT):
        project.test(f"{UNDECLARED}\n    {written}\n", f"test_{number}.py")
    result = project.run()
    assert result.ret == 2
    for number, (_, name, meant) in enumerate(MISSPELT):
        line = f"TestAcme: TestAcme.{name} is not a declaration; did you mean {meant}?"
        result.stdout.fnmatch_lines([f"ERROR test_{number}.py::TestAcme - Failed: {line}"])


def test_a_misspelt_declaration_of_a_common_base_is_named_as_well(project: Project) -> None:
    project.test(
        UNDECLARED.replace("class TestAcme(ClientContract)", "class TestAcme(Base)").replace(
            "class TestAcme",
            "class Base(ClientContract):\n    retrys = {31: 3}\n\n\nclass TestAcme",
        )
    )
    result = project.run("-k", "TestAcme")
    assert result.ret == 2
    result.stdout.fnmatch_lines(["TestAcme: TestAcme.retrys is not a declaration; did you mean *"])


OWN = [
    "page_size = 50",
    "entries = {31: 3}",
    "_retries = {31: 3}",
    "error_texts = {31: 'too fast'}",
    "class Pages: ...",
    "retries = {31: 0}\n    retrys = 3",
    "@property\n    def retry(self): return 3",
    "@pytest.fixture\n    def url(self): return 'https://example.org/'",
    "@pytest.fixture\n    def faild(self, flipsnack): return flipsnack",
    "def failed(self, outcome): return False\n    def is_failed(self, outcome): return True",
    "def fails(self): return True",
    "def code_off(self, outcome, other): return 1",
    "def retrys(self, outcome): return 1",
    '@call("user.getStats")\n    def faild(self, client): return client.ask()',
]


def test_a_name_of_ones_own_is_left_alone(project: Project) -> None:
    for number, own in enumerate(OWN):
        project.test(f"{UNDECLARED}\n    {own}\n", f"test_{number}.py")
    result = project.run("-k", "test_request")
    assert result.ret == 0
    assert set(result.parseoutcomes()) == {"passed", "deselected"}


def test_a_contract_that_is_a_unittest_class_too_is_told_what_to_do(project: Project) -> None:
    project.test(
        "import unittest\n"
        + ADAPTER.replace("(ClientContract)", "(unittest.TestCase, ClientContract)")
    )
    result = project.run()
    assert result.ret == 2
    result.stdout.fnmatch_lines(
        [
            "E*TypeError: TestAcme cannot be a unittest.TestCase as well, whose tests take no "
            "arguments; write class TestAcme(ClientContract) and let a fixture do what setUp does",
        ]
    )

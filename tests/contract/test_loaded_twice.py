"""Two exception classes of one name, as a package that is imported by two paths has them."""

from __future__ import annotations

import importlib

import pytest

from tests.contract.suite.smallest_contract import ADAPTER
from tests.downstream import CLIENT, Project

TWICE = (
    "hint:    RateLimited was loaded twice, as src.shop.RateLimited and as shop.RateLimited; import "
    "the client by one path, and reload nothing"
)
SHOP = (
    CLIENT
    + """

class RateLimited(FlipsnackError):
    pass


class Limiting(Client):
    def ask(self, *args):
        try:
            return super().ask(*args)
        except FlipsnackError as error:
            raise (RateLimited if error.code == 31 else FlipsnackError)(error.code) from None
"""
)
CONFTEST = """
import pytest
from src import shop


@pytest.fixture
def client(flipsnack):
    return shop.Limiting(flipsnack.api_key, flipsnack.secret)
"""
CONTRACT = ADAPTER.replace("from pytest_flipsnack", "import shop\nfrom pytest_flipsnack", 1)


@pytest.fixture
def shop(project: Project) -> Project:
    """A project whose tests import `shop`, and its client `src.shop`."""
    project.write("src/shop.py", SHOP)
    project.write("conftest.py", CONFTEST)
    project.ini("pythonpath = . src")
    return project


def test_a_contract_shows_both_modules_of_a_declared_class(shop: Project) -> None:
    shop.test(CONTRACT.replace("error = acme.FlipsnackError", "raises = {31: shop.RateLimited}"))
    result = shop.run("-k", "test_code and 31")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: user.getStats answered 31 and the client raised "
            "src.shop.RateLimited: Flipsnack answered 31",
            "E*    allowed: it raises shop.RateLimited (31 Requests per second limit exceeded)",
            "E*    seen:    t=0.0 s 31",
            f"E*    {TWICE}",
        ]
    )


def test_a_contract_shows_both_modules_of_the_base(shop: Project) -> None:
    adapter = CONTRACT.replace("acme.FlipsnackError", "shop.FlipsnackError")
    shop.test(adapter.replace('without = ["clean_errors"]', ""))
    result = shop.run("-k", "test_code and 31")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: user.getStats answered 31, and the client raised "
            "src.shop.RateLimited: Flipsnack answered 31",
            "E*    allowed: shop.FlipsnackError, as in error = FlipsnackError",
            "E*    hint:    FlipsnackError was loaded twice, as src.shop.FlipsnackError and as "
            "shop.FlipsnackError; import the client by one path, and reload nothing",
            "E*    way out: fix the client, or turn the check off: without = ?'clean_errors'?",
        ]
    )


def test_expect_shows_both_modules(shop: Project) -> None:
    shop.test(
        """
        import shop

        def test_it(flipsnack, client):
            with flipsnack.expect(31, raises=(KeyError, shop.RateLimited)):
                client.ask()
        """
    )
    result = shop.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the client raised src.shop.RateLimited after 31 Requests per second *",
            "E*    allowed: it raises KeyError or shop.RateLimited",
            f"E*    {TWICE}",
        ]
    )


def test_two_classes_of_one_name_that_are_no_copies_get_no_hint(project: Project) -> None:
    project.write("conftest.py", CONFTEST.replace("from src import shop", "import shop"))
    project.write("shop.py", SHOP)
    project.test(
        """
        class RateLimited(Exception):
            pass

        def test_it(flipsnack, client):
            with flipsnack.expect(31, raises=RateLimited):
                client.ask()
        """
    )
    result = project.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the client raised shop.RateLimited after 31 Requests per second *",
            "E*    allowed: it raises test_acme.RateLimited",
        ]
    )
    assert "hint:" not in result.stdout.str()


def test_a_class_that_was_loaded_anew_is_told_by_the_hint(project: Project) -> None:
    project.write("conftest.py", CONFTEST.replace("from src import shop", "import shop"))
    project.write("shop.py", SHOP)
    project.test(
        """
        import sys

        def test_it(flipsnack, client):
            del sys.modules["shop"]
            import shop

            with flipsnack.expect(31, raises=shop.FlipsnackError):
                client.ask()
        """
    )
    result = project.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["E*hint: *FlipsnackError was loaded twice, as shop.FlipsnackError and as shop.Flip*"]
    )


def test_other_names_are_short(project: Project) -> None:
    assert importlib.import_module("acme").FlipsnackError.__name__ == "FlipsnackError"
    project.test(
        """
        def test_it(flipsnack, client):
            with flipsnack.expect(31, raises=KeyError):
                client.ask()
        """
    )
    result = project.run()
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the client raised FlipsnackError after 31 Requests per second *",
            "E*    allowed: it raises KeyError",
        ]
    )

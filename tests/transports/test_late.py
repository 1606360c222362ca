"""A client may import its HTTP library only when it asks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from pytest_flipsnack.transports.patches import OnImport
from tests.downstream import Project

LIBRARY = "flipsnack_late_library"
LAZY = """
import hashlib


def ask(flipsnack):
    import httpx
    params = {"action": "user.getStats", "apiKey": flipsnack.api_key}
    text = flipsnack.secret + "".join(name + params[name] for name in sorted(params))
    params["signature"] = hashlib.md5(text.encode()).hexdigest()
    return httpx.get("https://api.flipsnack.com/v1/", params=params, timeout=5).json()["code"]
"""


class Noted:
    """A transport that says what becomes of it."""

    def __init__(self, name: str, log: list[str]) -> None:
        self._name, self._log = name, log

    def start(self) -> None:
        self._log.append(f"{self._name} starts with {sys.modules[LIBRARY].VALUE}")

    def stop(self) -> None:
        self._log.append(f"{self._name} stops")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A library that can be imported and has not been."""
    (tmp_path / f"{LIBRARY}.py").write_text("VALUE = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield LIBRARY
    sys.modules.pop(LIBRARY, None)


def test_a_library_that_is_there_is_joined_at_once(library: str) -> None:
    __import__(library)
    log: list[str] = []
    late = OnImport(library, lambda: Noted("it", log))

    late.start()
    late.stop()

    assert log == ["it starts with 1", "it stops"]


def test_a_library_that_comes_later_is_joined_when_it_is_whole(library: str) -> None:
    log: list[str] = []
    late = OnImport(library, lambda: Noted("it", log))

    late.start()
    assert log == []
    __import__(library)
    assert log == ["it starts with 1"]
    late.stop()

    assert log == ["it starts with 1", "it stops"]
    assert late not in sys.meta_path


def test_a_library_that_never_comes_leaves_nothing_behind(library: str) -> None:
    log: list[str] = []
    before = list(sys.meta_path)
    late = OnImport(library, lambda: Noted("it", log))

    late.start()
    late.stop()
    __import__(library)

    assert log == []
    assert sys.meta_path == before


def test_pyfakefs_takes_out_its_own_finder_and_not_ours(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes out whichever is first, also when it only pauses amid a test."""
    theirs = type("DynamicPatcher", (), {"__module__": "pyfakefs.fake_filesystem_unittest"})()
    before = list(sys.meta_path)
    late = OnImport(library, lambda: Noted("it", []))

    monkeypatch.setattr(sys, "meta_path", [theirs, *before])
    late.start()
    assert sys.meta_path.pop(0) is theirs
    assert sys.meta_path == [late, *before]
    late.stop()

    assert sys.meta_path == before


def test_the_inner_of_two_is_joined_last(library: str) -> None:
    log: list[str] = []
    outer, inner = (OnImport(library, partial(Noted, name, log)) for name in "oi")

    outer.start()
    inner.start()
    __import__(library)
    inner.stop()
    outer.stop()

    assert log == ["o starts with 1", "i starts with 1", "i stops", "o stops"]


def test_a_library_that_is_not_installed_is_still_missing() -> None:
    late = OnImport("flipsnack_no_library", lambda: Noted("it", []))
    late.start()

    with pytest.raises(ModuleNotFoundError):
        __import__("flipsnack_no_library")

    late.stop()


def test_a_library_that_breaks_breaks_as_ever(library: str, tmp_path: Path) -> None:
    (tmp_path / f"{LIBRARY}.py").write_text("VALUE = 1 / 0\n", encoding="utf-8")
    log: list[str] = []
    late = OnImport(library, lambda: Noted("it", log))
    late.start()

    with pytest.raises(ZeroDivisionError):
        __import__(library)

    late.stop()
    assert log == []


@pytest.mark.parametrize(
    "test",
    [
        "def test_it(flipsnack):\n    import lazy",
        "def test_it(flipsnack_context):\n    import lazy\n    with flipsnack_context() as flipsnack:",
    ],
    ids=["fixture", "block"],
)
def test_a_client_that_imports_httpx_when_it_asks_reaches_the_fake(
    project: Project, test: str
) -> None:
    project.write("conftest.py", "")
    project.write("lazy.py", LAZY)
    indent = "        " if "with" in test else "    "
    project.write(
        "test_lazy.py",
        f"import sys\n{test}\n"
        f"{indent}assert 'httpx' not in sys.modules\n"
        f"{indent}flipsnack.respond(31)\n"
        f"{indent}assert [lazy.ask(flipsnack), lazy.ask(flipsnack)] == [31, 20]\n\n"
        f"{test.replace('test_it', 'test_next')}\n"
        f"{indent}assert lazy.ask(flipsnack) == 20\n",
    )

    result = project.run_apart("-p", "pytest_flipsnack")

    result.assert_outcomes(passed=2)

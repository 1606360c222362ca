"""`pytest-flipsnack --catalogue FILE`: each command knows what the file adds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.catalogue.codes import Code, known_codes
from tests.downstream import Project

OWN = """
[codes.51]
message = "Too many products"
actions = ["products.create"]

[actions."user.getStats".fields]
seats = "number"
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    return str(tmp_path / "own.toml")


def test_codes_explains_it(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--catalogue", own, "codes", "51"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("51 Too many products (local)\nToo many products\n")
    assert "Source of the code: local (your own catalogue).\nActions: products.create.\n" in out
    assert known_codes() == tuple(Code)


def test_it_may_be_given_behind_the_command(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["codes", "--catalogue", own, "51"]) == 0
    assert cli.main(["--catalogue", own, "codes", "--catalogue", own, "51"]) == 0
    assert capsys.readouterr().out.count("51 Too many products (local)") == 2
    assert cli.main(["codes", "51"]) == 2
    assert capsys.readouterr().err.endswith("47, 50; codes of your own: --catalogue FILE\n")
    assert known_codes() == tuple(Code)


@pytest.mark.parametrize("form", ["json", "openapi", "markdown"])
def test_the_catalogue_has_it(own: str, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--catalogue", own, "codes", "--format", form]) == 0
    assert "Too many products" in capsys.readouterr().out


def test_drift_knows_code_and_field(
    own: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stats = {"code": 20, "status": "OK", "data": {"seats": 3}}
    many = {"code": 51, "status": "Too many products"}
    rows = [
        {"action": "user.getStats", "reply": stats},
        {"action": "products.create", "reply": many},
    ]
    (tmp_path / "recorded.json").write_text(json.dumps(rows), encoding="utf-8")
    assert cli.main(["--catalogue", own, "drift", str(tmp_path / "recorded.json")]) == 0
    assert cli.main(["drift", str(tmp_path / "recorded.json")]) == 1
    assert [line.rpartition(": ")[2] for line in capsys.readouterr().out.splitlines()] == [
        "0 found in 2 replies",
        "data.seats",
        "51 Too many products",
        "2 found in 2 replies",
    ]


def test_data_of_a_run_needs_it(
    own: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.write("flipsnack.toml", OWN)
    project.ini("flipsnack_catalogue = flipsnack.toml")
    project.test("""
        def test_it(flipsnack, client):
            flipsnack.respond(51)
            assert client.try_to_ask() == 51
    """)
    assert project.run("--flipsnack-data=data.json").ret == 0
    data = str(project.path / "data.json")
    assert cli.main(["--catalogue", own, "report", data, "--require", "51"]) == 0
    assert "  51  Too many products (local)                  1      1" in capsys.readouterr().out
    assert cli.main(["report", data]) == 1
    assert (
        "data.json cannot be read: it counts code 51, which is not in the table; a code of your own "
        "needs your catalogue: pytest-flipsnack --catalogue FILE, or flipsnack_catalogue in pytest"
    ) in "".join(capsys.readouterr())


def test_a_wrong_file_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--catalogue", str(tmp_path / "none.toml"), "codes"])
    assert caught.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"pytest-flipsnack: error: argument --catalogue: {tmp_path / 'none.toml'}: it cannot be read: "
        "No such file or directory"
    )

"""A catalogue of a project's own, in its runs: stubbed, refused, demanded and reported."""

from __future__ import annotations

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.catalogue.codes import Code, known_codes
from tests.downstream import Project, with_two_workers

CATALOGUE = """
[codes.51]
message = "Too many products"
actions = ["user.getStats"]

[codes.52]
message = "Queue full"
handling = "retry"

[actions."collection.duplicate"]
upload = false
parameters = { collectionHash = { required = true } }
fields = { collectionHash = "string", copies = "integer" }

[actions."user.getStats".fields]
seats = "number"
"""
KEY = "flipsnack_catalogue = flipsnack.toml"


@pytest.fixture(autouse=True)
def _catalogue(merging: Project) -> None:
    merging.write("flipsnack.toml", CATALOGUE)
    merging.ini(KEY)


def test_its_actions_and_fields_are_answered(merging: Project) -> None:
    merging.test("""
        def test_it(flipsnack, client):
            flipsnack.collections.add("fxh4k89")
            made = client.ask("collection.duplicate", collectionHash="fxh4k89")
            assert made == {"collectionHash": "fxh4k89", "copies": 1}
            assert client.ask()["seats"] == 1
            assert client.ask()["views"] == 1240
    """)
    assert merging.run().ret == 0


def test_a_parameter_that_it_requires_is_demanded(merging: Project) -> None:
    merging.test("""
        def test_it(flipsnack, client):
            client.ask("collection.duplicate")
    """)
    result = merging.run()
    result.stdout.fnmatch_lines(
        [
            "*collection.duplicate was refused with 30 Missing mandatory parameter, and the test "
            "did not expect 30",
            "    rule:     collection.duplicate needs collectionHash; local (your own catalogue)",
        ]
    )
    assert result.ret == 1


def test_data_is_held_to_its_schema(merging: Project) -> None:
    merging.test("""
        def test_it(flipsnack):
            flipsnack.respond(20, action="user.getStats", data={"seats": "many"})
    """)
    result = merging.run()
    result.stdout.fnmatch_lines(
        ["E*ValueError: data does not satisfy the schema of user.getStats:",
         "E*seats: 'many' is not of type 'number'"],
    )  # fmt: skip
    assert result.ret == 1


EACH = """
    @pytest.mark.flipsnack_codes("local")
    def test_each(flipsnack, client, flipsnack_code):
        with flipsnack.expect(flipsnack_code, raises=acme.FlipsnackError):
            client.ask()

    def test_works(flipsnack, client):
        client.ask()
"""


@with_two_workers
def test_its_codes_are_demanded_and_reported_as_local(merging: Project) -> None:
    merging.test(EACH)
    flags = [f"--flipsnack-report={name}" for name in ("term", "json", "markdown", "junit", "html")]
    result = merging.run(*flags, "--flipsnack-fail-under=14", "--flipsnack-require=51")
    result.stdout.fnmatch_lines(
        [
            "  51  Too many products (local)                  1      1         1",
            "  52  Queue full (local)                         1      1         1",
            "3 of 21 codes exercised (14.2 %), 2 of 21 codes asserted (9.5 %)",
            "Flipsnack gate passed: 3 of 21 codes exercised, 14 % required; missing: 22, *",
        ]
    )
    assert result.ret == 0
    report = merging.report()
    assert report["codes"]["51"]["local"] is True
    assert "local" not in report["codes"]["20"]
    assert report["verdict"]["exercised"] == [20, 51, 52]
    shown = {
        name: (merging.path / f"flipsnack-coverage.{name}").read_text("utf-8")
        for name in ("md", "html")
    }
    assert "| 51 | Too many products (local) | 1 | 1 | 1 | asserted |" in shown["md"]
    assert "<td>Too many products (local)</td>" in shown["html"]
    assert 'name="51 Too many products (local)"' in (
        merging.path / "flipsnack-junit.xml"
    ).read_text("utf-8")


def test_missing_ones_are_named(merging: Project) -> None:
    merging.test("def test_it(flipsnack, client): client.ask()")
    result = merging.run("--flipsnack-require=local")
    result.stdout.fnmatch_lines(
        ["*required but not exercised: 51 Too many products (local), 52 Queue full (local)*"]
    )
    assert result.ret == 1


def test_its_cells_are_those_of_its_actions(merging: Project) -> None:
    merging.test("def test_it(flipsnack, client): client.ask()")
    result = merging.run("--flipsnack-require=user.getStats:51")
    result.stdout.fnmatch_lines(["*required but not exercised: user.getStats:51*"])
    result = merging.run("--flipsnack-require=collection.getList:51")
    result.stderr.fnmatch_lines(
        ["*collection.getList is not known to answer 51; it answers 20, 22, *"]
    )
    assert result.ret == 4


def test_a_contract_tries_its_codes_with_its_handling(merging: Project) -> None:
    merging.test("""
        from pytest_flipsnack import ClientContract, call

        class TestContract(ClientContract):
            error = acme.FlipsnackError

            @call("collection.duplicate")
            def duplicate(self, client, flipsnack_hash):
                return client.ask("collection.duplicate", collectionHash=flipsnack_hash)
    """)
    result = merging.run("-v", "-k", "test_code and (51 or 52) or test_recovery and 52")
    names = [f"*::test_code[[]collection.duplicate-{code}[]] PASSED*" for code in (51, 52)]
    result.stdout.fnmatch_lines_random([*names, "*::test_recovery[[]collection.duplicate-52[]] *"])


WAITING = """
    import time
    from pytest_flipsnack import ClientContract, call

    class TestContract(ClientContract):
        error = acme.FlipsnackError

        @call("user.getStats")
        def stats(self, client):
            for wait_s in {waits}:
                try:
                    return client.ask()
                except acme.FlipsnackError as error:
                    if error.code not in {{52, 53}}:
                        raise
                time.sleep(wait_s)
            return client.ask()
"""


@pytest.mark.parametrize(
    ("waits", "finding"),
    [
        ("(1, 2, 4)", ""),
        ("(0.001, 0.001, 0.001)", "*answered 52 and the client retried 3 times within 0.003 s"),
        ("(8, 4, 2, 1)", "*answered 52 and the client retried after ever shorter waits: *"),
        ("[0.05] * 40", "*answered 53 and the client polled 5 times within 0.25 s"),
    ],
)
def test_waits_after_its_codes_are_judged(merging: Project, waits: str, finding: str) -> None:
    merging.write("flipsnack.toml", CATALOGUE + POLLED)
    merging.test(WAITING.format(waits=waits))
    result = merging.run("-k", "test_code and (52 or 53)")
    assert (result.ret == 1) == bool(finding)
    result.stdout.fnmatch_lines([f"E*AssertionError: user.getStats {finding}"] if finding else [])


POLLED = """
[codes.53]
message = "Not ready"
handling = "poll"
"""


def test_a_flip_turns_into_them(merging: Project) -> None:
    merging.test("""
        def test_it(flipsnack, client):
            flipsnack.respond(41)
            assert client.try_to_ask() in {41, 51}
    """)
    result = merging.run("--flipsnack-flip=all")
    result.stdout.fnmatch_lines(["*test_it passes when 41 of user.getStats becomes 51*"])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "[codes.20]\nmessage = 'Fine'",
            "ERROR: flipsnack_catalogue: flipsnack.toml: codes.20: Flipsnack documents 20 OK, and *",
        ),
        ("codes", "ERROR: flipsnack_catalogue: flipsnack.toml: it is no TOML: *"),
    ],
)
def test_a_wrong_file_is_a_usage_error(merging: Project, text: str, line: str) -> None:
    merging.write("flipsnack.toml", text)
    result = merging.run()
    result.stderr.fnmatch_lines([line])
    assert result.ret == 4


def test_a_missing_file_is_a_usage_error(merging: Project) -> None:
    (merging.path / "flipsnack.toml").unlink()
    result = merging.run()
    result.stderr.fnmatch_lines(
        ["ERROR: flipsnack_catalogue: flipsnack.toml: it cannot be read: No such file or directory"]
    )
    assert result.ret == 4


def test_the_next_run_knows_nothing_of_it(merging: Project) -> None:
    merging.test("def test_it(flipsnack): flipsnack.respond(51); flipsnack.fake.stubs.__init__()")
    assert merging.run().ret == 0
    merging.ini()
    result = merging.run()
    result.stdout.fnmatch_lines(["E*ValueError: 51 is not a Flipsnack status code; known codes: *"])
    assert result.ret == 1


def test_a_baseline_holds_its_codes(merging: Project) -> None:
    merging.ini(KEY, "flipsnack_baseline = baseline.json")
    merging.test(EACH)
    assert merging.run("--flipsnack-data=data.json").ret == 1  # there is no baseline yet
    command = ["--catalogue", "flipsnack.toml", "baseline", "data.json", "-o", "baseline.json"]
    assert cli.main(command) == 0
    assert merging.run().ret == 0
    merging.test("def test_works(flipsnack, client): client.ask()")
    result = merging.run()
    result.stdout.fnmatch_lines(["*lost since baseline.json: *user.getStats:51*"])
    assert result.ret == 1


def test_a_run_that_cannot_begin_leaves_nothing_of_it(merging: Project) -> None:
    merging.ini(KEY, "flipsnack_level = high")
    assert merging.run().ret == 4
    assert known_codes() == tuple(Code)

"""All that is wrong with a request is named by its one test, so that it is mended in one go."""

from __future__ import annotations

from tests.contract.suite.referring import (
    CONTRACT,
    QUIET,
)
from tests.downstream import Project

FIVE = """
import warnings, requests, hashlib
from pytest_flipsnack import ClientContract, call

class TestAcme(ClientContract):
    without = ["clean_errors"]

    @call("collection.update")
    def update(self, flipsnack, flipsnack_hash):
        params = {"action": "collection.update", "apiKey": flipsnack.api_key, "collectionTitle": "T"}
        params |= {"collectionhash": flipsnack_hash, "visibility": "T"}
        text = "".join(map("".join, sorted(params.items()))) + flipsnack.secret
        params["signature"] = hashlib.md5(text.encode()).hexdigest()
        answer = requests.post("http://upload.flipsnack.com/v1/", params=params).json()
        if answer["code"] != 20:
            raise acme.FlipsnackError(answer["code"])
"""


def test_all_slips_of_a_request_are_named_in_one_run(merging: Project) -> None:
    merging.test(FIVE)
    result = merging.run(*QUIET, "-k", "test_request")
    assert result.ret == 1
    also = [line.removeprefix("E").strip() for line in result.outlines]
    named = [line.removeprefix("also:").strip() for line in also if line.startswith("also:")]
    assert (
        "AssertionError: collection.update was refused with 40 Bad request, and the test did not expect 40"
        in also
    )
    assert named == [
        "40 Bad request: uploads go to upload.flipsnack.com, every other call to api.flipsnack.com",
        "44 Invalid signature: signature is the MD5 of the secret, then name and value of every "
        "parameter except signature and file, sorted by name",
        "30 Missing mandatory parameter: collection.update needs collectionHash",
        "collection.update was sent with the parameter 'collectionTitle', which no page lists",
        "the client sent a request without a timeout",
        "the client sent its key and a signature in clear text, over http",
    ]
    result.stdout.fnmatch_lines(
        [
            "E * expected: the MD5 of (secret)*; hint: the secret was put at the end instead of *",
            "E * hint: collectionhash was sent; is it meant to be collectionHash?",
            "E * allowed: title; way out: fix the client, or turn the check off: without = ?'parameters'?",
        ]
    )


def test_all_that_is_unsound_in_a_right_request_is_named(project: Project) -> None:
    project.test(
        CONTRACT.replace(
            "return client.ask()",
            "acme.requests.get = lambda *a, timeout, **kw: GET(*a, verify=False, **kw)\n"
            "        try:\n"
            "            return client.ask()\n"
            "        finally:\n"
            "            acme.requests.get = GET",
        ).replace("class TestAcme", "GET = acme.requests.get\n\n\nclass TestAcme")
    )
    result = project.run(*QUIET, "-k", "test_request", "-W", "ignore")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E * AssertionError: the client sent a request without a timeout",
            "E           allowed: a timeout on every request, or a deadline of asyncio around the call",
            "E           seen:    t=0.0 s 20",
            "E           also:    the client does not check the certificate of the server",
            "E                    allowed: verify=True, the default, or the file of your own "
            "authority; way out: fix the client, or turn the check off: without = ?'tls'?",
            "E           way out: fix the client, or turn the check off: without = ?'timeout'?",
        ],
        consecutive=True,
    )


def test_milliseconds_for_the_seconds_of_a_timeout_are_named(project: Project) -> None:
    project.test(CONTRACT.replace("return client.ask()", SLOW))
    result = project.run(*QUIET, "-k", "test_request")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E * AssertionError: the client sent a request with a timeout of 10000 s",
            "E * allowed: a timeout in seconds, at most 3600",
        ]
    )


SLOW = """ask, GET = client.ask, acme.requests.get
        acme.requests.get = lambda *a, timeout, **kw: GET(*a, timeout=10_000, **kw)
        try:
            return ask()
        finally:
            acme.requests.get = GET"""

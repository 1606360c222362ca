"""What a typed suite writes: every public name and every declaration, clean for a type checker."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pytest_flipsnack import (
    ActionName,
    Call,
    ClientContract,
    Code,
    FaultName,
    File,
    Flipsnack,
    Handling,
    LateRequestWarning,
    Live,
    LiveReply,
    PracticeName,
    RealWait,
    RealWaitWarning,
    Retry,
    RetryMode,
    RetryRule,
    Settings,
    SettingValues,
    Sleep,
    Urls,
    VirtualClock,
    call,
    session_urls,
)


class FlipsnackError(Exception):
    def __init__(self, code: int) -> None:
        self.code = code


class RateLimited(FlipsnackError):
    def __init__(self, code: int, after_s: float) -> None:
        self.after_s = after_s


class Lost(OSError):
    pass


class Codes(IntEnum):
    RATE = 31


class TestUnannotated(ClientContract):
    error = FlipsnackError
    raises = {31: RateLimited, 41: FlipsnackError, 46: (FlipsnackError, Lost)}
    retries = {31: 3, 32: "forbidden", 22: Retry(at_most=5), 50: RetryMode.ALLOWED, 38: True}
    polls = ["collection.downloadHTML"]
    waits_out_38 = ["collection.update"]
    pages = {"collection.getList": 50}
    returns = {46: None, 47: lambda value: value is None}
    urls = ["https://api.flipsnack.com/v1/"]
    max_requests = 1000
    without = ["timeout", "bound"]

    @call("collection.getList")
    def get_list(self, client: Any) -> object:
        return client.list_collections()

    @call("collection.getEmbed", gives="embedCode")
    async def embed(self, client: Any, flipsnack_hash: str) -> object:
        return await client.embed(flipsnack_hash)

    @call("collection.create", gives={"title": "collectionTitle"})
    def create(self, client: Any, flipsnack_document: Path, flipsnack_text: str) -> object:
        return client.create(flipsnack_document, flipsnack_text)

    def failed(self, outcome: Any) -> bool:
        return not outcome.ok

    def code_of(self, outcome: Any) -> object:
        return outcome.code


class TestTuples(ClientContract):
    error = (FlipsnackError, Lost)
    raises = MappingProxyType({31: RateLimited})
    retries = {Code.REQUESTS_PER_SECOND: "required", Codes.RATE: False}
    polls = ("collection.downloadHTML", "collection.create")
    urls = {"https://api.flipsnack.com/v1/"}
    without = ("timeout",)


class TestAnnotated(ClientContract):
    error: type[Exception] = FlipsnackError
    raises: dict[int, type[FlipsnackError]] = {31: RateLimited}
    retries: dict[int, int] = {31: 3}
    polls: list[ActionName] = ["collection.downloadHTML"]
    waits_out_38: tuple[ActionName, ...] = ("collection.update",)
    pages: dict[ActionName, int] = {"collection.getList": 50}
    returns: dict[int, None] = {46: None}
    urls: list[str] = ["https://api.flipsnack.com/v1/"]
    max_requests: int = 1000
    without: set[PracticeName] = {"timeout"}


class TestRules(TestAnnotated):
    retries: dict[int, int] = {32: 3}


class TestWideRules(ClientContract):
    retries: dict[int, RetryRule] = {31: "required", 32: 3}


def test_steering(flipsnack: Flipsnack, flipsnack_clock: VirtualClock) -> None:
    flipsnack.respond(31, Code.OK, action="collection.getList")
    flipsnack.respond(20, action="collection.getStats", data={"views": 1})
    flipsnack.always(50, action="user.getStats")
    flipsnack.fail("reset", action="user.getStats")
    flipsnack.fail("maintenance_page")
    flipsnack.configure(processing_s=1, signature_order="ascii", unknown_hash=47, file_types="pdf")
    flipsnack.collections.add("fxh4k89", title="Annual report")
    with flipsnack.expect(31, raises=(RateLimited, Lost), retries=Retry(at_most=1, wait_s=1)):
        pass
    with flipsnack.expect(31, returns=None, retries="required", action="user.getStats") as seen:
        seen.value = None


def pytest_configure(config: Any) -> None:
    urls: Urls = session_urls(config)
    assert urls.upload_url != urls.url


def use(fault: FaultName, action: ActionName, settings: SettingValues) -> list[object]:
    with Flipsnack("key", "secret", Settings(http_status=400, first_record=1)) as flipsnack:
        flipsnack.fail(fault, action)
        flipsnack.configure(**settings)
        calls: list[Call] = flipsnack.calls
        files: list[File] = [file for call in calls for file in call.files.values()]
        sleeps: list[Sleep] = [*flipsnack.clock.sleeps]
        waits: list[RealWait] = [*flipsnack.clock.real_waits]
        return [*files, *sleeps, *waits, Code(31).handling is Handling.RETRY]


def test_live(flipsnack_live: Live) -> None:
    replies: list[LiveReply] = flipsnack_live.replies
    assert [reply.code for reply in replies] == []
    assert flipsnack_live.url != flipsnack_live.upload_url
    assert flipsnack_live.api_key != flipsnack_live.secret


IGNORED = (RealWaitWarning, LateRequestWarning)

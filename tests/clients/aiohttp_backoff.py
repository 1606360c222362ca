"""aiohttp style: a session for every request, backoff decorators on coroutines."""

from __future__ import annotations

import json
from hashlib import md5
from typing import Any, TypedDict

import aiohttp
import backoff

Fields = dict[str, str]


class Envelope(TypedDict, total=False):
    code: int
    status: str
    data: dict[str, Any]


class FlipsnackError(Exception):
    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code


class LostConnection(FlipsnackError):
    pass


class Refused(FlipsnackError):
    pass


ERROR = FlipsnackError


def has_no_second_chance(exc: Exception) -> bool:
    return getattr(exc, "code", None) not in (22, 31, 32, 50)


def is_not_38(exc: Exception) -> bool:
    return getattr(exc, "code", None) != 38


def still_processing(data: dict[str, Any]) -> bool:
    return "processing" in (data.get("collectionStatus"), str(data.get("status")).lower())


# full jitter, the default, may wait 0 s; without jitter the waits are 1, 2, 4, ...
once_more = backoff.on_exception(
    backoff.expo, Refused, giveup=has_no_second_chance, max_tries=5, max_value=8, jitter=None
)
after_processing = backoff.on_exception(
    backoff.constant, Refused, giveup=is_not_38, max_tries=10, interval=5, jitter=None
)
while_processing = backoff.on_predicate(
    backoff.constant, still_processing, max_tries=10, interval=5, jitter=None
)


class FlipsnackClient:
    timeout = aiohttp.ClientTimeout(sock_connect=5, sock_read=20)

    def __init__(self, api_key: str, secret: str, api_url: str, upload_url: str) -> None:
        self.__api_key = api_key
        self.__secret = secret
        self.api_url = api_url
        self.upload_url = upload_url

    async def create(
        self, file: bytes, *, filename: str = "book.pdf", title: str | None = None
    ) -> dict[str, Any]:
        return await self._post({} if title is None else {"title": title}, filename, file)

    async def create_from_url(self, url: str) -> dict[str, Any]:
        return await self._post({"fileUrl": url})

    async def get(self, hash: str) -> dict[str, Any]:
        return await self._get("collection.getCollection", {"collectionHash": hash})

    @after_processing
    async def update(self, hash: str, **settings: Any) -> dict[str, Any]:
        return await self._get("collection.update", {**settings, "collectionHash": hash})

    async def delete(self, hash: str) -> None:
        await self._get("collection.deleteCollection", {"collectionHash": hash})

    async def embed(self, hash: str) -> dict[str, Any]:
        return await self._get("collection.getEmbed", {"collectionHash": hash})

    async def stats(self, hash: str) -> dict[str, Any]:
        return await self._get("collection.getStats", {"collectionHash": hash})

    async def user_stats(self) -> dict[str, Any]:
        return await self._get("user.getStats", {})

    async def list(self, **filters: Any) -> list[dict[str, Any]]:
        return (await self._get("collection.getList", filters)).get("collections") or []

    async def download(self, hash: str) -> str:
        data = await self._downloaded(hash)
        if data.get("status") != "COMPLETE" or not data.get("resourceUrl"):
            raise FlipsnackError(f"{hash} cannot be downloaded, state {data.get('status')}")
        return str(data["resourceUrl"])

    async def wait_until_ready(self, hash: str) -> dict[str, Any]:
        collection = await self._settled(hash)
        if collection.get("collectionStatus") == "processing":
            raise FlipsnackError(f"{hash} is still processing")
        return collection

    async def aclose(self) -> None:
        """Do nothing: no session outlives its request."""

    @while_processing
    @after_processing
    async def _downloaded(self, hash: str) -> dict[str, Any]:
        return await self._get("collection.downloadHTML", {"collectionHash": hash})

    @while_processing
    @after_processing
    async def _settled(self, hash: str) -> dict[str, Any]:
        return await self.get(hash)

    @once_more
    async def _get(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        fields = self._signed(action, params)
        return self._data(action, *await self._fetch("GET", self.api_url, params=fields))

    @once_more
    async def _post(
        self, params: dict[str, Any], filename: str = "", file: bytes | None = None
    ) -> dict[str, Any]:
        with aiohttp.MultipartWriter("form-data") as writer:
            for name, value in self._signed("collection.create", params).items():
                writer.append(value).set_content_disposition("form-data", name=name)
            if file is not None:
                pdf = writer.append(file, {"Content-Type": "application/pdf"})
                pdf.set_content_disposition("form-data", name="file", filename=filename)
        answer = await self._fetch("POST", self.upload_url, data=writer)
        return self._data("collection.create", *answer)

    async def _fetch(self, verb: str, url: str, **content: Any) -> tuple[int, bytes]:
        fault = "no answer"
        try:
            session = aiohttp.ClientSession(timeout=self.timeout, middlewares=(self._never_resend,))
            async with session, session.request(verb, url, **content) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, OSError) as exc:
            fault = type(exc).__name__
        raise LostConnection(f"{verb} failed: {fault}")

    @staticmethod
    async def _never_resend(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Hide a lost connection from aiohttp, which would repeat a GET at once."""
        try:
            return await handler(request)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as exc:
            raise LostConnection(f"{request.method} failed: {type(exc).__name__}") from None

    def _data(self, action: str, http_status: int, raw: bytes) -> dict[str, Any]:
        envelope: Envelope
        try:
            envelope = json.loads(raw.decode("utf-8"))
            code: Any = envelope["code"]
        except (ValueError, TypeError, KeyError, RecursionError):
            code = None
        if not isinstance(code, int) or isinstance(code, bool):
            raise FlipsnackError(f"{action}: HTTP {http_status}, but not an envelope")
        if code != 20:
            raise Refused(f"{action}: refused with code {code}", code)
        return envelope["data"] if isinstance(envelope.get("data"), dict) else {}

    def _signed(self, action: str, params: dict[str, Any]) -> Fields:
        fields: Fields = {"action": action, "apiKey": self.__api_key}
        fields |= {k: self._plain(v) for k, v in params.items() if v is not None}
        text = "".join([self.__secret, *(k + fields[k] for k in sorted(fields))])
        fields["signature"] = md5(text.encode()).hexdigest()
        return fields

    @staticmethod
    def _plain(value: Any) -> str:
        return json.dumps(value) if isinstance(value, bool) else str(value)


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> FlipsnackClient:
    return FlipsnackClient(
        api_key,
        secret,
        api_url or "https://api.flipsnack.com/v1",
        upload_url or "https://upload.flipsnack.com/v1",
    )

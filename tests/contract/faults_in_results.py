"""Planted faults in what a call returns, and in errors that say nothing."""

from __future__ import annotations

from tests.contract.faults import Fault

FAULTS = (
    Fault(
        "title-and-description-swapped",
        "requests_raising",
        "the title is the description, and the other way round",
        '        return self._call("collection.getCollection", {"collectionHash": hash})\n',
        '        found = self._call("collection.getCollection", {"collectionHash": hash})\n'
        '        names = {"title": "collectionDescription", "description": "collectionTitle"}\n'
        "        return {name: found.get(field) for name, field in names.items()}\n",
        "test_result[collection.getCollection]",
        "and the client returned title 'About it', which is collectionDescription",
    ),
    Fault(
        "clicks-for-views",
        "httpx_sync_result",
        "the views are read as clicks",
        '        return self._get("collection.getStats", collectionHash=hash)\n',
        '        result = self._get("collection.getStats", collectionHash=hash)\n'
        '        return result._replace(data={"views": (result.data or {}).get("clicks")})\n',
        "test_result[collection.getStats]",
        "collection.getStats answered views '1240', and the client returned views None",
    ),
    Fault(
        "time-spent-in-camel-case",
        "requests_result",
        "the time spent is read in camel case, into an attribute",
        '        return self._call("GET", "collection.getStats", {"collectionHash": hash})\n',
        '        result = self._call("GET", "collection.getStats", {"collectionHash": hash})\n'
        "        from types import SimpleNamespace\n"
        '        spent = (result.data or {}).get("timeSpent", 0)\n'
        "        return replace(result, data=SimpleNamespace(time_spent=spent))\n",
        "test_result[collection.getStats]",
        "collection.getStats answered time_spent '12345678', and the client returned time_spent 0",
    ),
    Fault(
        "uploads-left-in-camel-case",
        "urllib_loop",
        "what is left of the month's uploads is read in camel case",
        '        return self._get("user.getStats", {})\n',
        '        return {"uploads_left": self._get("user.getStats", {}).get("apiUploadsLeft", 0)}\n',
        "test_result[user.getStats]",
        "and the client returned uploads_left 0",
    ),
    Fault(
        "figures-in-the-wrong-order",
        "httpx_sync_stamina",
        "a named tuple is filled in another order",
        '        return self._query("user.getStats", {})\n',
        "        from collections import namedtuple\n"
        '        found = self._query("user.getStats", {})\n'
        '        figures = [found.get(name) for name in ("impressions", "views", "downloads")]\n'
        '        return namedtuple("Stats", "views impressions downloads")(*figures)\n',
        "test_result[user.getStats]",
        "user.getStats answered views '1240', and the client returned views 723, which is impressions",
    ),
    Fault(
        "figures-swapped",
        "httpx_async_tenacity",
        "downloads and impressions change places",
        '        return await self.wire.query("user.getStats")\n',
        '        found = await self.wire.query("user.getStats")\n'
        '        swapped = {"downloads": "impressions", "impressions": "downloads"}\n'
        "        return {swapped.get(name, name): value for name, value in found.items()}\n",
        "test_result[user.getStats]",
        "user.getStats answered downloads '4', and the client returned downloads 723, which is impressions",
    ),
    Fault(
        "hash-under-a-short-name",
        "aiohttp_loop",
        "the hash of each flipbook is read under a short name",
        '        return data.get("collections") or []\n',
        '        found = data.get("collections") or []\n'
        '        return [{"hash": one.get("hash"), **one} for one in found]\n',
        "test_result[collection.getList]",
        "and the client returned hash None",
    ),
    Fault(
        "list-under-another-name",
        "requests_tenacity",
        "the list is looked for under items",
        'self._get("collection.getList", **filters).get("collections") or []',
        'self._get("collection.getList", **filters).get("items") or []',
        "test_result[collection.getList]",
        "collection.getList answered with data, and the client returned []",
    ),
    Fault(
        "state-for-url",
        "requests_adapter",
        "the download returns its state",
        '                return str(data["resourceUrl"])\n',
        "                return str(state)\n",
        "test_result[collection.downloadHTML]",
        "collection.downloadHTML answered COMPLETE with a resourceUrl, and the client returned 'COMPLETE'",
    ),
    Fault(
        "url-made-up",
        "urllib3_loop",
        "the download makes up its URL from the hash",
        '                return str(answer["resourceUrl"])\n',
        '                return f"https://www.flipsnack.com/{hash}/download"\n',
        "test_result[collection.downloadHTML]",
        "collection.downloadHTML answered COMPLETE with a resourceUrl, and the client returned 'https:",
    ),
    Fault(
        "url-under-a-short-name",
        "httpx_async_stamina",
        "the download reads its URL under a short name",
        '                return str(data["resourceUrl"])\n',
        '                return str(data.get("url"))\n',
        "test_result[collection.downloadHTML]",
        "collection.downloadHTML answered COMPLETE with a resourceUrl, and the client returned 'None'",
    ),
    Fault(
        "list-of-a-default",
        "requests_raising",
        "the list is a default of the method, made once",
        "    def list(self, **filters: object) -> list[Collection]:\n"
        '        return self._call("collection.getList", filters).get("collections") or []\n',
        "    def list(self, found=[], **filters):\n"
        '        found += self._call("collection.getList", filters).get("collections") or []\n'
        "        return found\n",
        "test_result_twice[collection.getList]",
        "answered the same to two calls, and the client returned 2 records and then 4",
    ),
    Fault(
        "list-of-the-client",
        "aiohttp_backoff",
        "the client keeps the list that it fills",
        '        return (await self._get("collection.getList", filters)).get("collections") or []\n',
        '        found = (await self._get("collection.getList", filters)).get("collections")\n'
        '        self.__dict__.setdefault("found", []).extend(found or [])\n'
        "        return self.found\n",
        "test_result_twice[collection.getList]",
        "answered the same to two calls, and the client returned 2 records and then 4",
    ),
    Fault(
        "list-of-the-class",
        "requests_result",
        "all clients share one list of records",
        "    def list(self, **filters: Any) -> Result:\n"
        '        result = self._call("GET", "collection.getList", filters)\n'
        '        return replace(result, data=result.data.get("collections") or []) if result.ok else result\n',
        "    records = []\n\n"
        "    def list(self, **filters: Any) -> Result:\n"
        '        result = self._call("GET", "collection.getList", filters)\n'
        '        self.records += (result.data or {}).get("collections") or []\n'
        "        return replace(result, data=self.records)\n",
        "test_result_twice[collection.getList]",
        "answered the same to two calls, and the client returned 2 records and then ",
    ),
    Fault(
        "list-of-the-module",
        "requests_functions",
        "the module has one list of records",
        "def list_collections(handle: Handle, **filters: Any) -> list[dict[str, Any]]:\n"
        '    return query(handle, "collection.getList", **filters).get("collections") or []\n',
        "RECORDS = []\n\n\n"
        "def list_collections(handle: Handle, **filters: Any) -> list[dict[str, Any]]:\n"
        '    RECORDS.extend(query(handle, "collection.getList", **filters).get("collections") or [])\n'
        "    return tuple(RECORDS)\n",
        "test_result_twice[collection.getList]",
        "answered the same to two calls, and the client returned 2 records and then 4",
    ),
    Fault(
        "urls-are-kept",
        "requests_raising",
        "the URL of an archive is kept by its hash",
        "    def download(self, hash: str) -> str:\n"
        "        for _ in range(self.polls):\n"
        '            data = self._once_ready("collection.downloadHTML", hash, {})\n'
        '            if data.get("status") == "COMPLETE" and data.get("resourceUrl"):\n'
        '                return str(data["resourceUrl"])\n',
        "    def download(self, hash: str) -> str:\n"
        '        kept = self.__dict__.setdefault("_urls", {})\n'
        "        for _ in range(self.polls):\n"
        "            if hash in kept:\n"
        "                return kept[hash]\n"
        '            data = self._once_ready("collection.downloadHTML", hash, {})\n'
        '            if data.get("status") == "COMPLETE" and data.get("resourceUrl"):\n'
        '                kept[hash] = str(data["resourceUrl"])\n'
        "                return kept[hash]\n",
        "test_expiry[collection.downloadHTML]",
        "the client returned the resourceUrl of a call 120 s ago, without a request",
    ),
    Fault(
        "url-cached-by-a-decorator",
        "urllib_loop",
        "functools caches the download",
        "    def download(self, hash: str) -> str:\n        polls = 1\n",
        "    from functools import cache\n\n"
        "    @cache\n"
        "    def download(self, hash: str) -> str:\n        polls = 1\n",
        "test_expiry[collection.downloadHTML]",
        "the client returned the resourceUrl of a call 120 s ago, without a request",
    ),
    Fault(
        "replies-kept-for-ten-minutes",
        "httpx_async_loop",
        "one cache keeps every reply for ten minutes, that of a download too",
        "        fields = self._sign(action, params)\n"
        '        return await self._send(action, "GET", self._api_url, params=fields)\n',
        "        fields = self._sign(action, params)\n"
        "        now = asyncio.get_running_loop().time()\n"
        '        kept, until = self.__dict__.get(fields["signature"], ({}, now - 1))\n'
        '        if until < now or kept.get("status") == "PROCESSING":\n'
        '            kept = await self._send(action, "GET", self._api_url, params=fields)\n'
        '            self.__dict__[fields["signature"]] = kept, now + 600\n'
        "        return kept\n",
        "test_expiry[collection.downloadHTML]",
        "the client returned the resourceUrl of a call 120 s ago, without a request",
    ),
    Fault(
        "result-kept-for-an-hour",
        "httpx_sync_result",
        "the result of a download is kept for an hour",
        '            return result._replace(data=result.data["resourceUrl"])\n'
        "        return Result(None, f\"no download, it is {result.data.get('status')}\")\n",
        '            result = result._replace(data=result.data["resourceUrl"])\n'
        "            end = time.monotonic() + 3600\n"
        "            self.download = lambda hash: result if time.monotonic() < end else None\n"
        "            return result\n"
        "        return Result(None, f\"no download, it is {result.data.get('status')}\")\n",
        "test_expiry[collection.downloadHTML]",
        "the client returned the resourceUrl of a call 120 s ago, without a request",
    ),
    Fault(
        "text-not-handed-on",
        "requests_raising",
        "the base class gets no text",
        "        super().__init__(message)\n        self.code = code\n",
        "        super().__init__()\n        self.code = code\n",
        "test_code[user.getStats-30]",
        "user.getStats answered 30 and the client raised MissingParameter without a text",
    ),
    Fault(
        "text-only-without-a-code",
        "httpx_async_tenacity",
        "an error with a code prints as nothing",
        '        return self.what if self.code is None else f"{self.what} (Flipsnack code {self.code})"\n',
        '        return self.what if self.code is None else ""\n',
        "test_code[user.getStats-43]",
        "user.getStats answered 43 and the client raised FlipsnackError without a text",
    ),
    Fault(
        "text-left-out",
        "requests_functions",
        "an error with a code is made without its text",
        '    failure = FlipsnackFailure(text if code is None else f"{text}: code {code}")\n',
        "    failure = FlipsnackFailure(*([text] if code is None else []))\n",
        "test_code[user.getStats-46]",
        "user.getStats answered 46 and the client raised FlipsnackFailure without a text",
    ),
    Fault(
        "text-of-three-dots",
        "aiohttp_loop",
        "the text of every refusal is three dots",
        "raise kind(f\"{fields['action']}: code {code} in request {attempt}\", code)",
        'raise kind("...", code)',
        "test_code[user.getStats-41]",
        "user.getStats answered 41 and the client raised FlipsnackError: ... without a text",
    ),
)

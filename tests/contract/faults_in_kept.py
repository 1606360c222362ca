"""Planted faults in what a client keeps: records, URLs, replies, and the patience of a poll."""

from __future__ import annotations

from tests.contract.faults import Fault

FAULTS = (
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
        "gave the same answer to two calls, and the client returned 2 records and then 4",
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
        "gave the same answer to two calls, and the client returned 2 records and then 4",
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
        "gave the same answer to two calls, and the client returned 2 records and then ",
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
        "gave the same answer to two calls, and the client returned 2 records and then 4",
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
        "first-hash-wins",
        "requests_adapter",
        "the first hash that a client is given is the one it keeps",
        '        return self.session.call("collection.getCollection", {"collectionHash": hash})\n',
        '        hash = self.__dict__.setdefault("_hash", hash)\n'
        '        return self.session.call("collection.getCollection", {"collectionHash": hash})\n',
        "test_hash[collection.getCollection-digits]",
        "collection.getCollection was given '1234567890', and the client sent ",
    ),
    Fault(
        "deadline-of-the-client",
        "requests_raising",
        "the deadline of the polls begins with the first call and is kept",
        "        for _ in range(self.polls):\n"
        '            data = self._once_ready("collection.downloadHTML", hash, {})\n',
        '        end = self.__dict__.setdefault("_end", time.monotonic() + 60)\n'
        "        while time.monotonic() < end:\n"
        '            data = self._once_ready("collection.downloadHTML", hash, {})\n',
        "test_processing[collection.downloadHTML-again]",
        "as in an earlier call, and the client raised ConversionFailed: download of fxh4k89 is still",
    ),
    Fault(
        "polls-of-the-client",
        "urllib_loop",
        "the polls are counted on the client",
        "        polls = 1\n"
        '        data = self._get_ready("collection.downloadHTML", {"collectionHash": hash})\n'
        '        while data.get("status") == "PROCESSING" and polls < self.max_polls:\n'
        "            time.sleep(self.poll_wait)\n"
        "            polls += 1\n",
        '        polls = getattr(self, "polls", 1)\n'
        '        data = self._get_ready("collection.downloadHTML", {"collectionHash": hash})\n'
        '        while data.get("status") == "PROCESSING" and polls < self.max_polls:\n'
        "            time.sleep(self.poll_wait)\n"
        "            polls = self.polls = polls + 1\n",
        "test_processing[collection.downloadHTML-again]",
        "as in an earlier call, and the client raised FlipsnackError: download of fxh4k89: PROCESSING",
    ),
    Fault(
        "turns-used-up",
        "aiohttp_loop",
        "the turns of a poll are an iterator of the client",
        "        for _ in range(self._max_polls):\n"
        "            try:\n"
        '                data = await self._about("collection.downloadHTML", hash)\n',
        '        for _ in self.__dict__.setdefault("turns", iter(range(self._max_polls))):\n'
        "            try:\n"
        '                data = await self._about("collection.downloadHTML", hash)\n',
        "test_processing[collection.downloadHTML-again]",
        "as in an earlier call, and the client raised Processing: fxh4k89: the download stays",
    ),
    Fault(
        "patience-used-up",
        "httpx_async_loop",
        "each poll takes from the patience of the client",
        "        for poll in range(1, self._poll_times):\n"
        "            await asyncio.sleep(self._poll_every)\n",
        "        while self._poll_times > 1:\n"
        "            poll = self._poll_times = self._poll_times - 1\n"
        "            await asyncio.sleep(self._poll_every)\n",
        "test_processing[collection.getCollection-again]",
        "as in an earlier call, and the client raised FlipsnackError: fxh4k89 stays in processing",
        method="ready",
    ),
    Fault(
        "seconds-added-up",
        "requests_result",
        "the seconds that it has waited are added up over all calls",
        '            if result.ok and result.data.get("collectionStatus") != "processing":\n'
        "                return result\n",
        '            if result.ok and result.data.get("collectionStatus") != "processing":\n'
        "                return result\n"
        '            self.waited = getattr(self, "waited", 0.0) + self.poll_interval\n'
        "            if self.waited > 30:\n"
        '                return failure("waited for too long")\n',
        "test_processing[collection.getCollection-again]",
        "as in an earlier call, and the client returned Result(ok=False, code=None",
        method="ready",
    ),
    Fault(
        "replies-kept-without-their-hash",
        "requests_raising",
        "one flipbook is kept for all",
        '        return self._call("collection.getCollection", {"collectionHash": hash})\n',
        "        if not hasattr(self, '_book'):\n"
        '            self._book = self._call("collection.getCollection", {"collectionHash": hash})\n'
        "        return self._book\n",
        "test_hash[collection.getCollection-digits]",
        "was given '1234567890', and the client returned what it kept of 'fxh4k89'",
    ),
    Fault(
        "flipbook-kept-after-an-update",
        "httpx_sync_stamina",
        "a flipbook that was read is kept, whatever is changed",
        '        return self._query("collection.getCollection", {"collectionHash": hash})\n',
        '        kept = self.__dict__.setdefault("kept", {})\n'
        "        if hash not in kept:\n"
        '            kept[hash] = self._query("collection.getCollection", {"collectionHash": hash})\n'
        "        return kept[hash]\n",
        "test_stale[collection.getCollection]",
        "returned the kept reply of collection.getCollection after its own collection.update",
        also=("update", "embed"),
    ),
    Fault(
        "flipbook-kept-after-a-deletion",
        "aiohttp_backoff",
        "a flipbook that was read is kept, even when it is gone",
        '        return await self._get("collection.getCollection", {"collectionHash": hash})\n',
        '        kept = self.__dict__.setdefault("kept", {})\n'
        "        if hash not in kept:\n"
        '            kept[hash] = await self._get("collection.getCollection", {"collectionHash": hash})\n'
        "        return kept[hash]\n",
        "test_stale[collection.getCollection]",
        "returned the kept reply of collection.getCollection after its own collection.deleteCollection",
        also=("delete",),
    ),
)

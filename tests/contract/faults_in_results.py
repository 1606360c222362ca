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
    Fault(
        "zeros-left-out",
        "httpx_sync_result",
        "what is 0 is left out of the result",
        '        return self._get("user.getStats")\n',
        '        result = self._get("user.getStats")\n'
        "        figures = {name: value for name, value in (result.data or {}).items() if value}\n"
        "        return result._replace(data=figures)\n",
        "test_result[user.getStats-zeros]",
        "user.getStats answered impressions 0, and the client left it out",
    ),
    Fault(
        "figures-without-zeros",
        "requests_functions",
        "an attribute is set for a number that is true",
        '    return query(handle, "collection.getStats", collectionHash=hash)\n',
        '    found = query(handle, "collection.getStats", collectionHash=hash)\n'
        "    made = SimpleNamespace()\n"
        "    for name in found:\n"
        "        found[name] and setattr(made, name, found[name])\n"
        "    return made\n",
        "test_result[collection.getStats-zeros]",
        "collection.getStats answered impressions 0, and the client left it out",
    ),
    Fault(
        "hash-of-the-caller",
        "aiohttp_loop",
        "the hash that was asked with covers the one of the reply",
        '        return await self._about("collection.getCollection", hash)\n',
        '        found = await self._about("collection.getCollection", hash)\n'
        '        return {**found, "collectionHash": hash}\n',
        "test_result[collection.getCollection-final-hash]",
        "answered with the final hash 'f1nal77', and the client returned 'fxh4k89'",
    ),
    Fault(
        "record-of-the-caller",
        "requests_adapter",
        "a record is made with the hash that was asked with",
        '        return self.session.call("collection.getCollection", {"collectionHash": hash})\n',
        '        found = self.session.call("collection.getCollection", {"collectionHash": hash})\n'
        "        from collections import namedtuple\n"
        '        made = namedtuple("Flipbook", "hash title status get")\n'
        '        title, status = found.get("collectionTitle"), found.get("collectionStatus")\n'
        "        return made(hash, title, status, found.get)\n",
        "test_result[collection.getCollection-final-hash]",
        "answered with the final hash 'f1nal77', and the client returned 'fxh4k89'",
    ),
)

"""Planted faults in how a request is signed."""

from __future__ import annotations

from tests.contract.faults import Fault

_OLD = "hint:     an earlier signature was signed with the parameters"
_CAPITALS = "the client signs in upper-case hex, and every page shows lower case"

FAULTS = (
    Fault(
        "windows-letters-signed",
        "requests_result",
        "the text is signed as Windows writes it",
        'md5(f"{self._secret}{text}".encode())',
        'md5(f"{self._secret}{text}".encode("cp1252", "replace"))',
        "test_request[collection.update]",
        "hint:     the text was signed as Latin-1, not in UTF-8",
    ),
    Fault(
        "only-ascii-signed",
        "urllib3_loop",
        "letters that are not ASCII are not signed",
        'plain.encode("utf-8")',
        'plain.encode("ascii", "ignore")',
        "test_request[collection.update]",
        "hint:     the text was signed without the letters that are not ASCII, not in UTF-8",
    ),
    Fault(
        "letters-replaced",
        "httpx_sync_stamina",
        "letters that are not ASCII are signed as question marks",
        'signer.update(f"{name}{fields[name]}".encode())',
        'signer.update(f"{name}{fields[name]}".encode("ascii", "replace"))',
        "test_request[collection.update]",
        "hint:     the text was signed with ? for the letters that are not ASCII, not in UTF-8",
    ),
    Fault(
        "True-signed",
        "requests_raising",
        "a flag is signed as Python writes it, and sent in lower case",
        '        base = self._secret + "".join(name + fields[name] for name in sorted(fields))\n',
        '        fields["includePageStats"] = _text(True)\n'
        '        flags = {**fields, "includePageStats": str(True)}\n'
        '        base = self._secret + "".join(name + flags[name] for name in sorted(flags))\n',
        "test_request[collection.getStats]",
        "hint:     includePageStats was signed as 'True' and sent as 'true'",
    ),
    Fault(
        "1-signed",
        "httpx_async_loop",
        "a flag is signed as 1, and httpx sends true",
        '        text = self._secret + "".join(k + v for k, v in sorted(fields.items()))\n',
        '        text = "".join(k + v for k, v in sorted({**fields, "https": str(int(True))}.items()))\n'
        "        text, fields = self._secret + text, {**fields, 'https': 'true'}\n",
        "test_request[collection.getEmbed]",
        "hint:     https was signed as '1' and sent as 'true'",
    ),
    Fault(
        "True-sent",
        "urllib_loop",
        "a flag is signed in lower case, and urlencode sends it as Python writes it",
        '        fields["signature"] = md5(text.encode("utf-8")).hexdigest()\n',
        '        named = {**fields, "responsive": "true"}\n'
        '        text = self._secret + "".join(name + named[name] for name in sorted(named))\n'
        '        fields["responsive"] = str(True)\n'
        '        fields["signature"] = md5(text.encode("utf-8")).hexdigest()\n',
        "test_request[collection.getEmbed]",
        "hint:     responsive was signed as 'true' and sent as 'True'",
    ),
    Fault(
        "None-signed",
        "requests_cautious",
        "an optional parameter is signed as None, and not sent",
        "        ordered = sorted(fields.items())\n",
        '        ordered = sorted({"startDate": "None", **fields}.items())\n',
        "test_request[collection.getStats]",
        "hint:     startDate was signed as 'None' and not sent",
    ),
    Fault(
        "signature-kept",
        "requests_raising",
        "the session keeps its parameters, the last signature among them",
        '        base = self._secret + "".join(name + fields[name] for name in sorted(fields))\n'
        '        fields["signature"] = hashlib.md5(base.encode("utf-8")).hexdigest()\n',
        '        kept = self.__dict__.setdefault("kept", {})\n'
        "        kept.update(fields)\n"
        '        base = self._secret + "".join(name + kept[name] for name in sorted(kept))\n'
        '        kept["signature"] = hashlib.md5(base.encode("utf-8")).hexdigest()\n'
        '        fields["signature"] = kept["signature"]\n',
        "test_recovery[user.getStats-50]",
        _OLD,
    ),
    Fault(
        "signature-kept-async",
        "aiohttp_loop",
        "common parameters are kept, and the first signature becomes one of them",
        '        return {**fields, "signature": hashlib.md5(text.encode("utf-8")).hexdigest()}\n',
        '        text = self._secret + "".join(\n'
        "            k + v for k, v in sorted({**self.__dict__.get('kept', {}), **fields}.items())\n"
        "        )\n"
        '        signature = hashlib.md5(text.encode("utf-8")).hexdigest()\n'
        "        self.__dict__['kept'] = {'signature': signature}\n"
        '        return {**fields, "signature": signature}\n',
        "test_next_call[user.getStats-error]",
        _OLD,
    ),
    Fault(
        "signed-twice",
        "httpx_sync_result",
        "what is signed already is signed once more",
        '    return md5((secret + text).encode("utf-8")).hexdigest()\n',
        '    first = md5((secret + text).encode("utf-8")).hexdigest()\n'
        '    text = "".join(sorted(n + v for n, v in {**fields, "signature": first}.items()))\n'
        '    return md5((secret + text).encode("utf-8")).hexdigest()\n',
        "test_request[user.getStats]",
        _OLD,
    ),
    Fault(
        "empty-signature-signed",
        "urllib3_loop",
        "the place of the signature is signed as well",
        '        plain = secret + "".join(f"{name}{value}" for name, value in sorted(fields.items()))\n',
        '        fields["signature"] = ""\n'
        '        plain = secret + "".join(f"{name}{value}" for name, value in sorted(fields.items()))\n',
        "test_request[user.getStats]",
        "hint:     an empty signature was signed with the parameters",
    ),
    Fault(
        "capital-hex",
        "requests_tenacity",
        "the signature is written in upper case",
        '.encode("utf8")).hexdigest()',
        '.encode("utf8")).hexdigest().upper()',
        "test_request[user.getStats]",
        _CAPITALS,
    ),
    Fault(
        "capital-hex-by-format",
        "httpx_async_stamina",
        "the signature is formatted with %X",
        'md5(f"{self.secret}{pairs}".encode()).hexdigest()',
        '"%032X" % int.from_bytes(md5(f"{self.secret}{pairs}".encode()).digest(), "big")',
        "test_request[collection.getList]",
        _CAPITALS,
    ),
    Fault(
        "capital-hex-in-forms",
        "urllib_loop",
        "bytes are written in hex by a table of upper-case digits",
        'md5(text.encode("utf-8")).hexdigest()',
        '"".join(f"{byte:02X}" for byte in md5(text.encode("utf-8")).digest())',
        "test_request[collection.create]",
        _CAPITALS,
    ),
    Fault(
        "sorted-in-reverse",
        "requests_adapter",
        "the names are sorted in reverse",
        "for n in sorted(fields))",
        "for n in sorted(fields, reverse=True))",
        "test_request[collection.update]",
        "hint:     the parameters were sorted in reverse",
    ),
    Fault(
        "sorted-by-length",
        "httpx_async_tenacity",
        "the names are sorted by their length",
        "        for name in sorted(fields):\n",
        "        for name in sorted(sorted(fields), key=len):\n",
        "test_request[collection.update]",
        "hint:     the parameters were sorted by the length of their names",
    ),
    Fault(
        "sorted-by-value",
        "urllib3_loop",
        "the pairs are sorted by value",
        "for name, value in sorted(fields.items()))",
        "for name, value in sorted(fields.items(), key=lambda pair: pair[1]))",
        "test_request[collection.update]",
        "hint:     the parameters were sorted by value, not by name",
    ),
    Fault(
        "action-last",
        "aiohttp_backoff",
        "action is signed after the others, apiKey before them",
        "*(k + fields[k] for k in sorted(fields))",
        "*(k + fields[k] for k in sorted(fields, key=lambda k: (k != 'apiKey', k == 'action', k)))",
        "test_request[collection.update]",
        "hint:     the parameters were signed as apiKey, collectionHash, description, title, action",
    ),
    Fault(
        "common-last",
        "requests_functions",
        "the common parameters are signed after those of the method",
        "for name in sorted(fields))\n",
        "for name in sorted(fields, key=lambda n: (n in ('action', 'apiKey'), n)))\n",
        "test_request[collection.update]",
        "hint:     action and apiKey were signed last, the others by name, not all sorted by name",
    ),
)

"""Planted faults in requests: of other calls, with names that no page lists, to any server."""

from __future__ import annotations

from tests.contract.faults import Fault

FAULTS = (
    Fault(
        "title-as-replies-name-it",
        "requests_raising",
        "update sends the title under its name in replies",
        '        return self._once_ready("collection.update", hash, settings)\n',
        '        settings["collectionTitle"] = settings.pop("title")\n'
        '        return self._once_ready("collection.update", hash, settings)\n',
        "test_request[collection.update]",
        "collection.update was sent with the parameter 'collectionTitle', which no page lists",
    ),
    Fault(
        "parameter-in-the-plural",
        "httpx_async_loop",
        "a name has one letter too many",
        'self._query("collection.getStats", collectionHash=hash)',
        'self._query("collection.getStats", collectionHash=hash, includePagesStats=True)',
        "test_request[collection.getStats]",
        "collection.getStats was sent with the parameter 'includePagesStats', which no page lists",
    ),
    Fault(
        "parameter-in-snake-case",
        "urllib_loop",
        "a filter is sent in snake case",
        'self._get("collection.getList", filters)',
        'self._get("collection.getList", {"collection_status": "public", **filters})',
        "test_request[collection.getList]",
        "collection.getList was sent with the parameter 'collection_status', which no page lists",
    ),
    Fault(
        "field-as-a-parameter",
        "aiohttp_loop",
        "what the reply holds is asked for by its name",
        'return await self._about("collection.getStats", hash)',
        'return await self._about("collection.getStats", hash, {"pages": True})',
        "test_request[collection.getStats]",
        "collection.getStats was sent with the parameter 'pages', which no page lists",
    ),
    Fault(
        "parameter-with-a-dash",
        "requests_functions",
        "a setting of the embed has a dash in its name",
        'query(handle, "collection.getEmbed", collectionHash=hash)',
        'query(handle, "collection.getEmbed", collectionHash=hash, **{"start-page": 1})',
        "test_request[collection.getEmbed]",
        "collection.getEmbed was sent with the parameter 'start-page', which no page lists",
    ),
    Fault(
        "session-keeps-parameters",
        "requests_raising",
        "the session keeps the parameters of earlier calls",
        "                    answer = self._session.get(url, params=fields, timeout=self.timeout_s)\n",
        "                    self._session.params = {**self._session.params, **fields}\n"
        "                    answer = self._session.get(url, timeout=self.timeout_s)\n",
        "test_other_calls[collection.getList]",
        "collection.getList was refused with 44 Invalid signature",
        also=("get",),
    ),
    Fault(
        "client-keeps-parameters",
        "httpx_sync_result",
        "the httpx client keeps the parameters of earlier calls",
        '        return self._insist(lambda: self._client.get("", params=fields, auth=self._auth))\n',
        "        self._client.params = self._client.params.merge(fields)\n"
        '        return self._insist(lambda: self._client.get("", auth=self._auth))\n',
        "test_other_calls[collection.getList]",
        "after other calls, and with no collectionHash, no description, no title before them",
        also=("update",),
    ),
    Fault(
        "one-dictionary-for-all-calls",
        "urllib3_loop",
        "all calls fill one dictionary",
        '        fields = {"action": action, "apiKey": api_key}\n',
        '        fields = self.__dict__.setdefault("_fields", {})\n'
        '        fields |= {"action": action, "apiKey": api_key}\n',
        "test_other_calls[user.getStats]",
        "user.getStats was sent with collectionHash='fxh4k89' after other calls",
        also=("embed",),
    ),
    Fault(
        "settings-of-a-default",
        "aiohttp_backoff",
        "a default that is made once collects all settings",
        "    def _signed(self, action: str, params: dict[str, Any]) -> Fields:\n"
        '        fields: Fields = {"action": action, "apiKey": self.__api_key}\n',
        "    def _signed(self, action, given, params={}):\n"
        "        params.update(given)\n"
        '        fields: Fields = {"action": action, "apiKey": self.__api_key}\n',
        "test_other_calls[collection.getStats]",
        "description='', title='of another call' after other calls",
        also=("update",),
    ),
    Fault(
        "last-hash-sent-along",
        "httpx_async_stamina",
        "a call without a hash sends the last one",
        '        fields = {"action": action, "apiKey": self.api_key}\n',
        '        self.last = params.get("collectionHash", getattr(self, "last", None))\n'
        '        params["collectionHash"] = self.last\n'
        '        fields = {"action": action, "apiKey": self.api_key}\n',
        "test_other_calls[collection.getList]",
        "collection.getList was sent with collectionHash='0ther99' after other calls",
        also=("get",),
    ),
    Fault(
        "call-before-wins",
        "urllib_loop",
        "what the call before was given wins",
        "        query = urllib.parse.urlencode(self._signed(action, params))\n",
        '        before, self.before = getattr(self, "before", {}), params\n'
        "        query = urllib.parse.urlencode(self._signed(action, {**params, **before}))\n",
        "test_other_calls[collection.getStats]",
        "was sent with collectionHash='0ther99' after other calls, and with collectionHash='fxh4k89'",
        also=("get",),
    ),
    Fault(
        "session-without-verification",
        "requests_raising",
        "the session takes any certificate, whatever the environment says",
        "        self._session = requests.Session()\n",
        # with an authority in REQUESTS_CA_BUNDLE requests checks against it all the same
        "        self._session = requests.Session()\n"
        "        self._session.verify = self._session.trust_env = False\n",
        "test_request[user.getStats]",
        "the client does not check the certificate of the server",
    ),
    Fault(
        "upload-without-verification",
        "requests_functions",
        "uploads take any certificate",
        "functools.partial(requests.post, handle.upload_url, files=parts, timeout=handle.timeout)",
        "functools.partial(requests.post, handle.upload_url, files=parts, verify=False, timeout=9)",
        "test_request[collection.create]",
        "the client does not check the certificate of the server",
    ),
    Fault(
        "adapter-without-verification",
        "requests_adapter",
        "the adapter turns the check of certificates off",
        '        if kwargs.get("timeout") is None:\n',
        '        kwargs["verify"] = False\n        if kwargs.get("timeout") is None:\n',
        "test_request[collection.getList]",
        "the client does not check the certificate of the server",
    ),
    Fault(
        "httpx-without-verification",
        "httpx_sync_stamina",
        "httpx takes any certificate",
        "httpx.Client(timeout=httpx.Timeout(15.0, connect=5.0, write=60.0))",
        "httpx.Client(timeout=httpx.Timeout(15.0, connect=5.0, write=60.0), verify=False)",
        "test_request[collection.getEmbed]",
        "the client does not check the certificate of the server",
    ),
    Fault(
        "context-without-verification",
        "httpx_async_tenacity",
        "the TLS context of the client takes any certificate",
        "        self._http = httpx.AsyncClient(timeout=30, limits=limits, follow_redirects=False)\n",
        "        import ssl\n\n"
        "        any_server = ssl.create_default_context()\n"
        "        any_server.check_hostname = False\n"
        "        any_server.verify_mode = ssl.CERT_NONE\n"
        "        self._http = httpx.AsyncClient(timeout=30, limits=limits, verify=any_server)\n",
        "test_request[collection.create]",
        "the client does not check the certificate of the server",
    ),
)

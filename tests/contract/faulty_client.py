"""A client whose faults are switched on one by one, for the tests of `expect`."""

from __future__ import annotations

import hashlib
import logging
import time
from typing import Any

import requests

from pytest_flipsnack import Flipsnack

log = logging.getLogger("acme")


class FlipsnackError(Exception):
    def __init__(self, text: str, code: object = None) -> None:
        super().__init__(text)
        self.code = code


class RateLimited(FlipsnackError):
    pass


class Client:
    """Right as it stands; every keyword is a way to be wrong."""

    def __init__(
        self,
        flipsnack: Any,
        *,
        retry_on: tuple[int, ...] = (22, 31, 32, 50),
        waits_s: tuple[float, ...] = (1, 2),
        tells: bool = True,
        text: str = "",
        logs: str = "",
        forever: bool = False,
        wait_s: float | None = None,
    ) -> None:
        self.api_key, self.secret = flipsnack.api_key, flipsnack.secret
        self.retry_on, self.waits_s, self.wait_s = retry_on, waits_s, wait_s
        self.tells, self.text, self.logs, self.forever = tells, text, logs, forever

    def signed(self, params: dict[str, str]) -> dict[str, str]:
        params = {**params, "apiKey": self.api_key}
        text = self.secret + "".join(name + params[name] for name in sorted(params))
        return {**params, "signature": hashlib.md5(text.encode()).hexdigest()}

    def ask(self, action: str = "user.getStats", **params: str) -> Any:
        signed = self.signed({"action": action, **params})
        answer = requests.get("https://api.flipsnack.com/v1/", params=signed, timeout=5).json()
        if self.logs:
            log.info("%s", signed[self.logs] if self.logs in signed else getattr(self, self.logs))
        return answer

    def call(self, **params: str) -> Any:
        waits = list(self.waits_s)
        while True:
            answer = self.ask(**params)
            code = answer["code"]
            if code == 20:
                return answer.get("data")
            if code not in self.retry_on or not (waits or self.forever):
                kind = RateLimited if code in (31, 32) else FlipsnackError
                text = getattr(self, self.text) if self.text else "refused"
                raise kind(text, code if self.tells else None)
            wait_s = waits.pop(0) if waits else 1.0
            time.sleep(wait_s if self.wait_s is None else self.wait_s)


def complaint(flipsnack: Flipsnack, client: Client, *codes: int, **how: Any) -> str:
    """Return what an expectation says of a client, or an empty text."""
    how.setdefault("raises", FlipsnackError)
    try:
        with flipsnack.expect(*codes, **how):
            client.call()
    except AssertionError as error:
        return str(error)
    return ""

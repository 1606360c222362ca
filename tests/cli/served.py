"""A served fake in a process of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any, Self

from pytest_flipsnack.fake.signing import sign

KEY, SECRET = "key-of-this-test", "secret-of-this-test"


class Served:
    """A running server and what was typed to start it; `shell` is what a shell does first."""

    def __init__(self, *args: str, shell: str = "", lines: int = 2) -> None:
        command = [sys.executable, "-m", "pytest_flipsnack", "serve", *args]
        command += ["--api-key", KEY, "--secret", SECRET]
        if shell:
            command = ["sh", "-c", f'{shell}; exec "$@"', "sh", *command]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        said = [self.process.stdout.readline() for _ in range(lines)]
        self.url, self.upload_url = [line.split()[-1] for line in said] or ["", ""]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(60)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def ask(self, action: str = "user.getStats", **params: str) -> Any:
        params |= {"action": action, "apiKey": KEY}
        params["signature"] = sign(SECRET, params)
        with urllib.request.urlopen(f"{self.url}/?{urllib.parse.urlencode(params)}") as answer:
            return json.load(answer)

    def control(self, verb: str, name: str, body: bytes = b"{}") -> tuple[int, Any]:
        url = self.url.removesuffix("/v1") + f"/_flipsnack/{name}"
        data = body if verb == "POST" else None
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, method=verb)) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=60)
        return self.process.returncode, err

    def raw(
        self, verb: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, bytes]:
        """Send a request with these headers; return the HTTP status and the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(verb, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @contextlib.contextmanager
    def held(self) -> Iterator[socket.socket]:
        """Hold a connection that the server has begun to read, and have it answered then."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(
                b"POST /v1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\n"
                b"Content-Length: 9\r\n\r\n"
            )
            assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue")
            yield connection
            connection.sendall(b"x" * 9)
            while connection.recv(1000):
                pass

    @property
    def port(self) -> int:
        return urllib.parse.urlsplit(self.url).port or 0

"""Uploads of 1, 20 and 100 MB, in process and over `serve`: time, and the most memory held."""

from __future__ import annotations

import http.client
import io
import json
import os
import re
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import requests
from pypdf import PdfWriter
from urllib3 import encode_multipart_formdata

from benchmarks.machine import Row, environment, row
from pytest_flipsnack import Flipsnack
from pytest_flipsnack.fake.signing import sign

URL = "https://upload.flipsnack.com/v1/"
SIZES_MB = (1, 20, 100)
ROUNDS = 5
TARGETS = {20: "<= 500 ms, 3 times its size", 100: "a few seconds"}


def measure(home: Path, *, quick: bool) -> Iterator[Row]:
    rounds = 1 if quick else ROUNDS
    for size in SIZES_MB:
        content = pdf(size)
        for name, post in (("requests", requests.post), ("httpx", httpx.post)):
            with Flipsnack() as fake:
                fields = signed(fake.api_key, fake.secret)

                upload = partial(send, post, fields, content)
                times = [{"ms": milliseconds(upload)} for _ in range(rounds + 1)][1:]
                peak = traced_mb(upload) / size
            what = f"{size} MB over {name}, the client's part included"
            yield made(what, times, size, f"at most {peak:.1f} times its size held")
    yield from _served(home, rounds)


def _served(home: Path, rounds: int) -> Iterator[Row]:
    key, secret = "key-of-the-uploads", "secret-of-the-uploads"
    command = [sys.executable, "-m", "pytest_flipsnack.cli", "serve", "--quiet"]
    command += ["--port", "0", "--api-key", key, "--secret", secret]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment(home), cwd=home
    ) as server:
        assert server.stdout is not None
        lines = [server.stdout.readline() for _ in range(2)]
        port = int(lines[1].split(":")[3].split("/")[0])
        for size in SIZES_MB:
            file = ("a.pdf", pdf(size))
            body, kind = encode_multipart_formdata({**signed(key, secret), "file": file})

            def upload(body: bytes = body, kind: str = kind) -> None:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("POST", "/v1/", body, {"Content-Type": kind})
                assert json.load(connection.getresponse())["code"] == 20
                connection.close()

            times = [{"ms": milliseconds(upload)} for _ in range(rounds + 1)][1:]
            note = f"the server has held at most {most_mb(server.pid):.0f} MB since it began"
            yield made(f"{size} MB over serve", times, size, note)
        server.terminate()


def pdf(size_mb: int) -> bytes:
    """Return a whole PDF of this size, with bytes in it that no reader makes sense of."""
    writer = PdfWriter()
    for _ in range(100):
        writer.add_blank_page(72, 72)
    writer.add_attachment("noise", os.urandom(size_mb * 1_000_000))
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def send(post: Callable[..., Any], fields: dict[str, str], content: bytes) -> None:
    answer = post(URL, data=fields, files={"file": ("a.pdf", content)}, timeout=60)
    assert answer.json()["code"] == 20


def signed(key: str, secret: str) -> dict[str, str]:
    params = {"action": "collection.create", "apiKey": key}
    return {**params, "signature": sign(secret, params)}


def made(what: str, times: list[dict[str, float]], size: int, note: str) -> Row:
    return row(what, times, lambda one: one["ms"], TARGETS.get(size, "-"), note, unit="ms")


def milliseconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def traced_mb(act: Callable[[], None]) -> float:
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def most_mb(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) * 1024 / 1e6

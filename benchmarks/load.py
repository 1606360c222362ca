"""64 clients at once, 20,000 requests, every hit counted once: `python -m benchmarks.load`.

Bounded in requests and time, on the loopback interface only. Prints the rate, and the memory of
the server after a tenth and after all of the requests.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

from pytest_flipsnack.fake.signing import sign

CLIENTS, REQUESTS, LIMIT_S = 64, 20_000, 300
KEY, SECRET = "key-of-the-load", "secret-of-the-load"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "hits.json")
        command = [sys.executable, "-m", "pytest_flipsnack.cli", "serve", "--quiet"]
        command += ["--api-key", KEY, "--secret", SECRET, "--coverage", str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            port = int(server.stdout.readline().split()[-1].split(":")[2].split("/")[0])
            early = time.perf_counter()
            send(port, REQUESTS // 10)
            tenth = resident_mb(server.pid)
            send(port, REQUESTS - REQUESTS // 10)
            took_s = time.perf_counter() - early
            whole = resident_mb(server.pid)
            server.terminate()
            server.wait(timeout=30)
        counted = json.loads(path.read_text(encoding="utf-8"))["codes"]["20"]["deliveries"]
    print(f"{CLIENTS} clients, {REQUESTS} requests in {took_s:.0f} s, {counted} hits counted")
    print(f"server: {tenth:.1f} MB after {REQUESTS // 10}, {whole:.1f} MB after {REQUESTS}")
    if counted != REQUESTS:
        sys.exit("hits were lost or counted twice")


def send(port: int, requests: int) -> None:
    params = {"action": "user.getStats", "apiKey": KEY}
    params["signature"] = sign(SECRET, params)
    path = f"/v1/?{urllib.parse.urlencode(params)}"
    left = iter(range(requests))
    lock, deadline = threading.Lock(), time.monotonic() + LIMIT_S

    def client() -> None:
        while time.monotonic() < deadline:
            with lock:
                if next(left, None) is None:
                    return
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", path)
            assert json.loads(connection.getresponse().read())["code"] == 20
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()

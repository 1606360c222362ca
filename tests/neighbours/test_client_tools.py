"""Packages that a client uses itself, or that change what it stands on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.downstream import Project

Run = Callable[..., pytest.RunResult]
Delivered = Callable[[], dict[int, int]]

HEAD = """
import hashlib, io, json, requests, urllib.parse, urllib.request

API = "https://api.flipsnack.com/v1/"

def signed(flipsnack, action="user.getStats", **params):
    params |= {"action": action, "apiKey": flipsnack.api_key}
    text = flipsnack.secret + "".join(name + params[name] for name in sorted(params))
    return params | {"signature": hashlib.md5(text.encode()).hexdigest()}

def codes(flipsnack, get):
    return [get(API, params=signed(flipsnack), timeout=5).json()["code"] for _ in range(3)]
"""
CACHED_SESSION = """
import requests_cache

def succeeded(answer):
    return answer.json()["code"] == 20

def test_a_cache_keeps_every_code(flipsnack):
    flipsnack.respond(31)
    session = requests_cache.CachedSession(backend="memory")
    assert codes(flipsnack, session.get) == [31, 31, 31]
    assert len(flipsnack.calls) == 1

def test_a_cache_that_keeps_successes(flipsnack):
    flipsnack.respond(31)
    session = requests_cache.CachedSession(backend="memory", filter_fn=succeeded)
    assert codes(flipsnack, session.get) == [31, 20, 20]
    assert len(flipsnack.calls) == 2
"""
INSTALLED_CACHE = """
import requests_cache

UNCACHED = {"*.flipsnack.com": requests_cache.DO_NOT_CACHE}

@pytest.fixture(params=["before", "after"])
def cached(request):
    def install(**settings):
        requests_cache.install_cache(backend="memory", **settings)
    if request.param == "before":
        install()
    request.getfixturevalue("flipsnack")
    install()
    yield install
    requests_cache.uninstall_cache()

def test_installed(cached, flipsnack):
    flipsnack.respond(41)
    assert codes(flipsnack, requests.get) == [41, 41, 41]

def test_left_out(cached, flipsnack):
    cached(urls_expire_after=UNCACHED)
    flipsnack.respond(42, 43)
    assert codes(flipsnack, requests.get) == [42, 43, 20]

def test_disabled(cached, flipsnack):
    flipsnack.respond(44, 45)
    with requests_cache.disabled():
        assert codes(flipsnack, requests.get) == [44, 45, 20]
"""
TOOLBELT = """
from requests_toolbelt import MultipartEncoder, MultipartEncoderMonitor
from requests_toolbelt.sessions import BaseUrlSession

@pytest.mark.parametrize("server", [False, True])
@pytest.mark.parametrize("monitored", [False, True])
def test_upload(flipsnack, server, monitored):
    fields = signed(flipsnack, "collection.create", title="report")
    fields["file"] = ("report.pdf", io.BytesIO(b"%PDF-1.4"), "application/pdf")
    body = MultipartEncoder(fields)
    if monitored:
        read = []
        body = MultipartEncoderMonitor(body, lambda monitor: read.append(monitor.bytes_read))
    url = flipsnack.upload_url if server else "https://upload.flipsnack.com/v1/"
    headers = {"Content-Type": body.content_type}
    assert requests.post(url, data=body, headers=headers, timeout=5).json()["code"] == 20
    assert bytes(flipsnack.calls[0].files["file"]) == b"%PDF-1.4"
    assert not monitored or read[-1] == body.len

def test_base_url(flipsnack):
    flipsnack.respond(31)
    session = BaseUrlSession(API)
    assert session.get("", params=signed(flipsnack), timeout=5).json()["code"] == 31
"""
PYFAKEFS = """
import time

def asked(flipsnack):
    url = f"{API}?{urllib.parse.urlencode(signed(flipsnack))}"
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)["code"]

def use(flipsnack, path):
    with open(path, "wb") as file:
        file.write(b"%PDF-1.4")
    fields = signed(flipsnack, "collection.create", title="report")
    with open(path, "rb") as file:
        url = "https://upload.flipsnack.com/v1/"
        answer = requests.post(url, data=fields, files={"file": file}, timeout=5)
    assert answer.json()["code"] == 20
    with flipsnack.expect(50):
        while requests.get(API, params=signed(flipsnack), timeout=5).json()["code"] == 50:
            time.sleep(60)
    flipsnack.respond(41)
    assert asked(flipsnack) == 41

@pytest.mark.usefixtures("flipsnack_urls")
def test_before_the_fake(fs, flipsnack):
    use(flipsnack, "/report.pdf")

def test_after_the_fake(flipsnack, fs):
    use(flipsnack, "/report.pdf")

def test_a_real_file(flipsnack, flipsnack_document, fs):
    fs.add_real_file(flipsnack_document)
    assert flipsnack_document.read_bytes().startswith(b"%PDF")

def test_without(flipsnack, tmp_path):
    import colorsys  # finders are as they were
    use(flipsnack, tmp_path / "report.pdf")
"""


def test_a_cached_session_reaches_the_fake_for_what_it_does_not_hold(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.test(HEAD + CACHED_SESSION)

    result = run()

    result.assert_outcomes(passed=2)
    assert delivered() == {20: 1, 31: 2}


def test_an_installed_cache_leaves_calls_out_where_it_is_told_to(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.test(HEAD + INSTALLED_CACHE)

    result = run()

    result.assert_outcomes(passed=6)
    assert delivered() == {20: 4, 41: 2, 42: 2, 43: 2, 44: 2, 45: 2}


def test_uploads_and_sessions_of_requests_toolbelt_reach_the_fake(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.test(HEAD + TOOLBELT)

    result = run()

    result.assert_outcomes(passed=5)
    assert delivered() == {20: 4, 31: 1}


def test_files_of_pyfakefs_are_uploaded_and_leave_the_next_test_alone(
    project: Project, delivered: Delivered
) -> None:
    project.test(HEAD + PYFAKEFS)
    flags = ("-p", "pytest_flipsnack", "--flipsnack-report=json", "-p", "pyfakefs.pytest_plugin")

    result = project.run_apart(*flags)  # it reloads modules, and forgets those that come meanwhile

    result.assert_outcomes(passed=4)
    assert delivered() == {20: 6, 41: 3, 50: 3}

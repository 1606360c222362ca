"""Rules that look at the request alone; they refuse it whatever is stubbed."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote_plus

from pytest_flipsnack.catalogue.action import API_HOST, BASE_PATH, UPLOAD_HOST
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import documented
from pytest_flipsnack.fake import documents, meant, near_misses, signing
from pytest_flipsnack.fake.checks import Check, Refusals, Subject
from pytest_flipsnack.fake.finding import nearest
from pytest_flipsnack.fake.request import Request

_R0 = documented("SEED", "R0", "M")
_COMMON = documented("SEED", "H1", "R0", "M")
_SIGNING = documented("H1", "R0", "M")
_FILES = documented("SEED", "HELP")
_HIDDEN = "(secret)"
_HOSTS = {API_HOST, UPLOAD_HOST}


def _malformed(subject: Subject) -> Refusals:
    reason = subject.request.malformed
    if reason:
        yield subject.refuse(
            Code.BAD_REQUEST,
            "a request that is incorrectly formatted is a bad request",
            f"a readable request; {reason}",
        )


def _url(subject: Subject) -> Refusals:
    request = subject.request
    if request.host not in _HOSTS or not request.right_path:
        yield subject.refuse(
            Code.BAD_REQUEST,
            "an invalid URL is a bad request",
            f"https://{API_HOST}{BASE_PATH} or https://{UPLOAD_HOST}{BASE_PATH}",
            _url_hint(request),
        )


def _url_hint(request: Request) -> str:
    if f"{request.path}/".startswith(f"{BASE_PATH * 2}/"):
        return (
            f"the path has {BASE_PATH} twice; the base URL, as flipsnack.url, ends with it already: "
            f"give the client the URL without {BASE_PATH}, or let it add none"
        )
    return ""


def _common(subject: Subject) -> Refusals:
    params = subject.request.params
    for name in () if subject.request.malformed else ("apiKey", "signature", "action"):
        if name not in params:
            yield subject.refuse(
                Code.MISSING_PARAMETER,
                f"every request needs apiKey, signature and action; {name} is missing",
                f"a parameter {name}",
                _hint(name, params),
                _COMMON,
            )


def _key(subject: Subject) -> Refusals:
    sent = meant.value_of("apiKey", subject.request.params)
    if sent is None or sent == subject.account.api_key:
        return
    hint = "the key has white space around it" if sent.strip() == subject.account.api_key else ""
    if sent == subject.account.secret:
        hint = "the secret was sent as the API key; only Flipsnack and you may know it"
    yield subject.refuse(
        Code.INVALID_CREDENTIALS,
        "apiKey must be the key of an account",
        "flipsnack.api_key (or the key of the fixture flipsnack_credentials)",
        hint
        or f"a key of {len(sent)} characters was sent; a client that was made at import, or for "
        "several tests, takes its key from flipsnack_credentials, or give the fake the client's: "
        "flipsnack_api_key and flipsnack_secret in the configuration",
        _COMMON,
    )


def _action(subject: Subject) -> Refusals:
    sent = meant.value_of("action", subject.request.params)
    if sent is None or sent in ACTIONS:
        return
    close = nearest(sent, list(ACTIONS))
    yield subject.refuse(
        Code.INVALID_ACTION,
        f"action must be a method of the API, not {sent!r}",
        ", ".join(name for name, action in ACTIONS.items() if action.state == "current"),
        f"did you mean {close}?" if close else "",
    )


def _verb(subject: Subject) -> Refusals:
    action, method = meant.action_of(subject), subject.request.method
    if action is not None and action.verb not in {None, method}:
        yield subject.refuse(
            Code.BAD_REQUEST,
            "uploads are POST, every other call is GET",
            f"{action.verb} for {action.name}",
        )


def _host(subject: Subject) -> Refusals:
    action, host = meant.action_of(subject), subject.request.host
    if action is not None and action.host not in {None, host} and host in _HOSTS:
        yield subject.refuse(
            Code.BAD_REQUEST,
            f"uploads go to {UPLOAD_HOST}, every other call to {API_HOST}",
            f"https://{action.host}{BASE_PATH} for {action.name}",
            source=_R0,
        )


def _signature(subject: Subject) -> Refusals:
    account, params = subject.account, subject.request.params
    given = params.get("signature")
    if (
        given is None
        or subject.request.malformed
        or not account.settings.check_signature
        or signing.accepts(account.secret, params, given, account.settings)
        or meant.is_signed_as(subject, given)
    ):
        return
    text = signing.signed_text(_HIDDEN, params, account.settings)
    files = [upload.filename or "" for upload in subject.request.uploads]
    sent = near_misses.Sent(
        account.secret, params, given, account.settings, subject.signatures, files
    )
    yield subject.refuse(
        Code.INVALID_SIGNATURE,
        "signature is the MD5 of the secret, then name and value of every parameter except "
        "signature and file, sorted by name",
        f"the MD5 of {text.replace(quote_plus(_HIDDEN), _HIDDEN)}",
        near_misses.near_miss(sent),
        _SIGNING,
    )


def _required(subject: Subject) -> Refusals:
    action, request = meant.action_of(subject), subject.request
    if action is None or request.malformed:
        return
    sent = {*request.params, *(upload.field for upload in request.uploads)}
    if not request.uploads:
        sent.discard("file")  # as text it is no upload
    missing = [name for name in action.required if name not in request.params]
    # the file of an upload by GET may be in a body that nobody reads
    unread = action.upload and request.method == "GET"
    if action.one_of and not unread and not sent.intersection(action.one_of):
        missing.append(" or ".join(action.one_of))
    for wanted in missing:
        yield subject.refuse(
            Code.MISSING_PARAMETER,
            f"{action.name} needs {wanted}",
            f"a parameter {wanted}",
            "file was sent as text, not as a file of a multipart form"
            if wanted not in action.required and "file" in request.params
            else _hint(wanted, sent),
            action.source,
        )


def _files(subject: Subject) -> Refusals:
    if len(subject.uploads) > 1:
        yield subject.refuse(
            Code.MULTIPLE_FILES, "one file per upload request", "one file", source=_FILES
        )


def _format(subject: Subject) -> Refusals:
    types = subject.account.settings.file_types.split()
    for upload in subject.uploads:
        if documents.type_of(upload) not in types:
            yield subject.refuse(
                Code.INVALID_FILE_FORMAT,
                f"an upload is of type {', '.join(types)}",
                "a file that begins like one of these types",
                f"{len(upload)} bytes were sent, beginning {upload.head[:12]!r}"
                if upload.head
                else "0 bytes were sent; the file was already read: reopen or rewind it",
                documented("SEED", "R0", "HELP"),
            )


def _size(subject: Subject) -> Refusals:
    allowed = subject.account.settings.max_file_mb
    for upload in subject.uploads:
        if allowed and len(upload) > allowed * 1_000_000:
            yield subject.refuse(
                Code.FILE_TOO_LARGE,
                "a file has a largest size",
                f"at most {allowed} MB (setting max_file_mb)",
                f"{len(upload) / 1e6:.1f} MB were sent",
            )


def _pages(subject: Subject) -> Refusals:
    allowed = subject.account.settings.max_pages
    for upload in subject.uploads:
        pages = documents.page_count(upload) if allowed else None
        if pages is not None and pages > allowed:
            yield subject.refuse(
                Code.TOO_MANY_PAGES,
                "a document has a largest number of pages",
                f"at most {allowed} pages (setting max_pages)",
                f"{pages} pages were sent",
            )


def _hint(name: str, sent: Iterable[str]) -> str:
    close = meant.similar(name, sent)
    return f"{close} was sent; is it meant to be {name}?" if close else ""


# 41 before 40, as a public client suggests; no page says in which order Flipsnack looks
REQUEST: dict[str, Check] = {
    "malformed": _malformed,
    "url": _url,
    "common": _common,
    "key": _key,
    "action": _action,
    "verb": _verb,
    "host": _host,
    "signature": _signature,
    "required": _required,
    "files": _files,
    "format": _format,
    "size": _size,
    "pages": _pages,
}

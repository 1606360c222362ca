"""What each action answers when it succeeds, and what it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pytest_flipsnack.catalogue.action import SETTABLE_STATUSES, Action
from pytest_flipsnack.catalogue.schemas import example
from pytest_flipsnack.fake.account import Account
from pytest_flipsnack.fake.collections import Collection
from pytest_flipsnack.fake.request import Request

Data = Mapping[str, object]
Answer = Callable[[Request, Account, float], Data | None]

_STATS = {"impressions": 723, "views": 1240, "time_spent": 53, "downloads": 4}
_PAGES = [
    {"page": 1, "time_spent": 127443, "clicks": 392, "views": 4529},
    {"page": 2, "time_spent": 89382, "clicks": 171, "views": 4130},
]
_TRUE = {"true", "1", "yes", "on"}


def succeed(action: Action, request: Request, account: Account, now: float) -> Data | None:
    """Carry the action out and return its `data`, or None where it has none.

    Fields of the project's own catalogue have a value that fits their schema.
    """
    data = _ANSWERS.get(action.name, _nothing)(request, account, now)
    if not action.fields:
        return data
    local = {name: example(schema) for name, schema in action.fields.items()}
    sent = {name: request.params[name] for name in local if name in request.params}
    return {**(data or {}), **local, **{name: sent[name] for name in _echoed(action, sent)}}


def _echoed(action: Action, sent: Mapping[str, str]) -> Iterator[str]:
    """Yield the fields that a request gave a value for, as a title or a hash."""
    return (name for name in sent if action.fields[name] == {"type": "string"})


def _create(request: Request, account: Account, now: float) -> Data:
    account.limits.uploads += 1
    made = account.collections.add(processing_s=account.settings.processing_s)
    _apply(made, request.params)
    return made.data(now)


def _collection(request: Request, account: Account) -> Collection:
    return account.collections.assume(request.params["collectionHash"])


def _get(request: Request, account: Account, now: float) -> Data:
    return _collection(request, account).data(now)


def _update(request: Request, account: Account, now: float) -> Data:
    collection = _collection(request, account)
    _apply(collection, request.params)
    return collection.data(now)


def _delete(request: Request, account: Account, now: float) -> None:
    _collection(request, account).deleted = True


def _embed(request: Request, account: Account, now: float) -> Data:
    name = _collection(request, account).hash
    return {"embedCode": f'<iframe src="https://player.flipsnack.com?hash={name}"></iframe>'}


def _stats(request: Request, account: Account, now: float) -> Data:
    wants_pages = request.params.get("includePageStats", "").lower() in _TRUE
    return {**_STATS, "pages": _PAGES} if wants_pages else _STATS


def _list(request: Request, account: Account, now: float) -> Data:
    params = request.params
    wanted, query = params.get("collectionStatus"), params.get("query", "").lower()
    found = [
        collection.data(now)
        for collection in account.collections
        if not (collection.deleted or collection.foreign)
        and query in f"{collection.title}\n{collection.description}".lower()
    ]
    if wanted is not None:
        found = [data for data in found if data["collectionStatus"] == wanted]
    if params.get("orderBy"):
        found.sort(
            key=lambda data: str(data["collectionTitle"]),
            reverse=params.get("orderMode", "").lower() == "desc",
        )
    first = account.settings.first_record
    start = max(0, int(_number(params.get("from"), first)) - first)
    stop = int(_number(params.get("to"), len(found) + first)) - first + 1
    if account.settings.records_per_page:
        stop = min(stop, start + int(account.settings.records_per_page))
    return {"collectionCount": len(found), "collections": found[start : max(start, stop)]}


def _download(request: Request, account: Account, now: float) -> Data:
    collection = _collection(request, account)
    if collection.download_at is None:
        collection.download_at = now + account.settings.download_s
    if now < collection.download_at:
        return {"status": "PROCESSING"}
    url = account.downloads.offer(request, collection.hash, now)
    return {"status": "COMPLETE", "resourceUrl": url}


def _user(request: Request, account: Account, now: float) -> Data:
    return {**_STATS, "api_uploads_left": account.limits.uploads_left(account.settings)}


def _nothing(request: Request, account: Account, now: float) -> None:
    return None


def _empty(request: Request, account: Account, now: float) -> Data:
    return {}


def _apply(collection: Collection, params: Mapping[str, str]) -> None:
    collection.title = params.get("title", collection.title)
    collection.description = params.get("description", collection.description)
    if params.get("collectionStatus") in SETTABLE_STATUSES:
        collection.status = params["collectionStatus"]
    collection.width = _number(params.get("collectionWidth"), collection.width)
    collection.height = _number(params.get("collectionHeight"), collection.height)


def _number(text: str | None, default: float) -> float:
    try:
        value = float(text or "")
    except ValueError:
        return default
    return value if abs(value) < 1e9 else default


_ANSWERS: dict[str, Answer] = {
    "collection.create": _create,
    "collection.getCollection": _get,
    "collection.update": _update,
    "collection.deleteCollection": _delete,
    "collection.getEmbed": _embed,
    "collection.getStats": _stats,
    "collection.getList": _list,
    "collection.downloadHTML": _download,
    "user.getStats": _user,
    "zapier.getZapierLeadFormSample": _empty,
    "products.create": _empty,
    "products.update": _empty,
    "products.delete": _empty,
    "flipbook.add": _get,
    "flipbook.delete": _nothing,
    "flipbook.getStats": _empty,
    "collection.setLogo": _get,
    "collection.setBackgroundImage": _get,
    "collection.deleteLogo": _get,
    "collection.deleteBackgroundImage": _get,
}

"""The flipbooks a fake account holds, and how they come to life."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from pytest_flipsnack.catalogue.action import SETTABLE_STATUSES


@dataclass(slots=True)
class Collection:
    """One collection. Times are in seconds of the fake's clock."""

    hash: str
    title: str = ""
    description: str = ""
    status: str = "public"
    width: float = 650
    height: float = 385
    ready_at: float = 0.0
    download_at: float | None = None
    deleted: bool = False
    foreign: bool = False

    def is_processing(self, now: float) -> bool:
        """Return whether the conversion is still running."""
        return now < self.ready_at

    def data(self, now: float) -> dict[str, object]:
        """Return the collection object of the API, as far as its fields are known."""
        return {
            "collectionHash": self.hash,
            "collectionTitle": self.title,
            "collectionDescription": self.description,
            "collectionStatus": "processing" if self.is_processing(now) else self.status,
            "collectionWidth": self.width,
            "collectionHeight": self.height,
        }


class Collections:
    """The account's collections, by hash.

    Until a test adds or creates the first one, the fake cannot know which hashes exist and takes
    any; from then on (`judging`) a hash that is not here is unknown.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._held: dict[str, Collection] = {}
        self._assumed: dict[str, Collection] = {}
        self._made = 0
        self.judging = False
        self._assumed_s = 0.0

    def add(
        self,
        hash: str | None = None,
        *,
        title: str = "",
        description: str = "",
        status: str = "public",
        processing_s: float = 0.0,
        deleted: bool = False,
        foreign: bool = False,
    ) -> Collection:
        """Seed a collection and return it; `processing_s` is how long it stays in processing.

        Raises `ValueError` for a status that the API does not take, or a hash already held.
        """
        if status not in SETTABLE_STATUSES:
            raise ValueError(
                f"{status!r} is not a collectionStatus to set; allowed: "
                f"{', '.join(SETTABLE_STATUSES)} (for processing, give processing_s)"
            )
        name = self._new_hash() if hash is None else hash
        if not isinstance(name, str):
            raise TypeError(f"{name!r} is not a collection hash; a hash is text")
        if name in self._held:
            raise ValueError(f"{name!r} is already in flipsnack.collections; change that one")
        ready_at = self._now() + processing_s if processing_s else 0.0
        made = Collection(name, title, description, status, ready_at=ready_at)
        made.deleted, made.foreign = deleted, foreign
        self._held[name] = made
        self.judging = True
        return made

    def clear(self) -> None:
        """Forget every collection; from now on any hash is unknown."""
        self._held.clear()
        self._assumed.clear()
        self.judging = True

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Let what happens inside of the block be forgotten after it."""
        held, judging = {name: replace(one) for name, one in self._held.items()}, self.judging
        yield
        self._held, self.judging = held, judging
        self._assumed.clear()

    def forget_assumed(self) -> None:
        """Forget what was done to collections that were only taken for granted."""
        self._assumed.clear()

    def assume_processing(self, seconds: float) -> None:
        """Let collections that are taken for granted stay in processing for so long."""
        self._assumed_s = seconds

    def settle(self) -> None:
        """End all processing, that of collections not yet asked for included."""
        self._assumed_s = 0.0
        for collection in (*self._held.values(), *self._assumed.values()):
            collection.ready_at = 0.0
            collection.download_at = 0.0

    def process(self, hash: str, ready_at: float) -> None:
        """Let a collection be in processing, as a client that now polls it must see."""
        self.assume(hash).ready_at = ready_at

    def find(self, hash: str) -> Collection | None:
        """Return the collection of that hash, or None if it is known not to exist."""
        found = self._held.get(hash)
        return found if found is not None or self.judging or not hash else self.assume(hash)

    def assume(self, hash: str) -> Collection:
        """Return the collection of that hash, made up where the account holds none."""
        found = self._held.get(hash)
        if found is None and hash not in self._assumed:
            ready_at = self._now() + self._assumed_s if self._assumed_s else 0.0
            self._assumed[hash] = Collection(hash, title="Untitled", ready_at=ready_at)
        return found or self._assumed[hash]

    def __getitem__(self, hash: str) -> Collection:
        return self._held[hash]

    def __iter__(self) -> Iterator[Collection]:
        return iter(list(self._held.values()))

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, hash: object) -> bool:
        return hash in self._held

    def _new_hash(self) -> str:
        self._made += 1
        digest = hashlib.md5(str(self._made).encode(), usedforsecurity=False).hexdigest()
        return f"f{digest[:9]}"

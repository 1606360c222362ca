"""What a request with slips was meant to be, so that one slip is not told as several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice, product

from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.fake import signing
from pytest_flipsnack.fake.checks import Subject
from pytest_flipsnack.fake.finding import nearest

_ALIKE = 0.8
_COMPARED = 100


def similar(name: str, sent: Iterable[str]) -> str:
    """Return the name that was sent for another, or an empty text."""
    # a request may have thousands of names, and each is compared letter by letter
    return nearest(name, [other for other in islice(sent, _COMPARED) if other != name])


def action_of(subject: Subject) -> Action | None:
    """Return the action that a request names, or else the one that it was meant to name."""
    if subject.action is not None:
        return subject.action
    sent = _renamed(subject.request.params).get("action", "")
    return ACTIONS.get(sent) or ACTIONS.get(nearest(sent, tuple(ACTIONS), _ALIKE))


def is_signed_as(subject: Subject, given: str) -> bool:
    """Return whether a signature fits once the key, the action and their names are put right."""
    account, action = subject.account, action_of(subject)
    params = subject.request.params
    right = {"apiKey": account.api_key} | ({"action": action.name} if action else {})
    changes: list[dict[str, str]] = [{}, *({name: value} for name, value in right.items()), right]
    return any(
        signing.accepts(account.secret, {**sent, **change}, given, account.settings)
        for sent, change in product((params, _renamed(params)), changes)
    )


def _renamed(params: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters under their names, where those of key and action are misspelt."""
    meant = {similar(name, params): name for name in ("apiKey", "action") if name not in params}
    return {meant.get(name, name): value for name, value in params.items()}

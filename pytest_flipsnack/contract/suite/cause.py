"""Why a call fails its tests, whatever the reply: the finding need not be shown with each of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.fake.finding import Refusal

CAUSE_ATTRIBUTE = "flipsnack_cause"
"""The attribute of an exception that carries the cause of the finding it was raised for."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What is wrong, as a sentence, and `same`, which is equal where the cause is.

    `of_class` says that it is so for the other calls of the class as well, `general` that other
    tests of the call send the same: only these may be referred to one that has shown it.
    """

    what: str
    same: Hashable
    of_class: bool = True
    general: bool = True


def of_refusal(refusal: Refusal, params: Mapping[str, str], *, general: bool) -> Cause:
    """Return the cause of a refusal; `general` ones are of what the call sends in every test.

    Wrong signatures that no usual slip explains may have a reason for each call, unless it is
    already wrong without parameters, as with another secret.
    """
    told = all(slip.hint or slip.code is not Code.INVALID_SIGNATURE for slip in refusal.slips)
    same = tuple((slip.code, slip.rule, slip.hint) for slip in refusal.slips)
    what = f"its request was refused ({refusal.code.value})"
    return Cause(what, same, told or not params, general)

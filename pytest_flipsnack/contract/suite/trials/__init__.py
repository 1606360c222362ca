"""The suite as one table: a row is a generated test of every contract."""

from __future__ import annotations

from typing import Any

from pytest_flipsnack.contract.suite.trials import (
    arguments,
    bodies,
    cancelling,
    codes,
    documents,
    kept,
    pages,
    processing,
    requests,
    results,
    sequences,
)
from pytest_flipsnack.contract.suite.trials.trial import Trial

TRIALS: dict[str, Trial[Any]] = {
    trial.name: trial
    for trial in (
        *requests.TRIALS,
        *arguments.TRIALS,
        *documents.TRIALS,
        *codes.TRIALS,
        *processing.TRIALS,
        *pages.TRIALS,
        *bodies.TRIALS,
        *results.TRIALS,
        *kept.TRIALS,
        *cancelling.TRIALS,
        *sequences.TRIALS,
    )
}
"""Every trial, by the name of its test."""

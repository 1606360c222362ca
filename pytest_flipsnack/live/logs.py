"""What is logged while a live test runs: without secrets, and without the recorder's own requests."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

_RECORDERS = "urllib3.connectionpool"


class MaskedLogs:
    """Masks each log record as it is made; those of threads that are `ours` are dropped."""

    def __init__(self, hide: Callable[[str], str], ours: Callable[[], bool]) -> None:
        self._hide = hide
        self._ours = ours
        self._real = logging.getLogRecordFactory()

    def start(self) -> None:
        """Begin to mask."""
        self._real = logging.getLogRecordFactory()
        logging.setLogRecordFactory(self._make)
        logging.getLogger(_RECORDERS).addFilter(self._is_the_clients)

    def stop(self) -> None:
        """Make records as before."""
        logging.getLogger(_RECORDERS).removeFilter(self._is_the_clients)
        logging.setLogRecordFactory(self._real)

    def _make(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._real(*args, **kwargs)
        try:
            text = record.getMessage()
        except Exception:  # logging itself reports a wrong format
            return record
        hidden = self._hide(text)
        if hidden != text:
            record.msg, record.args = hidden, ()
        return record

    def _is_the_clients(self, record: logging.LogRecord) -> bool:
        return not self._ours()
